"""What a candidate makes of live traffic: kept beside what was said, and counted against what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from intake.drafts import Judged
from intake.model_rows import ModelVersion, ShadowJudgement

SHADOWS_KEPT = timedelta(days=90)
ALLOWED_BEHIND = 0.01  # share of decided tickets by which a candidate may trail on live traffic

_LOOKED_ON = text("""
SELECT count(*) AS judged,
       count(*) FILTER (WHERE s.live_class <> s.shadow_class) AS differing,
       count(d.decided) AS decided,
       count(*) FILTER (WHERE d.decided = s.live_class) AS live_right,
       count(*) FILTER (WHERE d.decided = s.shadow_class) AS shadow_right
FROM shadow_judgement s
LEFT JOIN LATERAL (
    SELECT coalesce(
        (SELECT to_class FROM correction c WHERE c.ticket_id = s.ticket_id
         ORDER BY corrected_at DESC, correction_id DESC LIMIT 1),
        (SELECT t.handling_class FROM step JOIN ticket t USING (ticket_id)
         WHERE step.ticket_id = s.ticket_id AND step.type = 'ticket.resolved' LIMIT 1)
    ) AS decided
) AS d ON true
WHERE s.model_id = :model_id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedOn:
    """How a candidate did on live traffic, beside the model that judged."""

    judged: int
    differing: int
    decided: int  # by people
    live_right: int
    shadow_right: int

    @property
    def holds(self) -> bool:
        """Whether it was right about as often as the model that judged, where people decided."""
        return self.shadow_right >= self.live_right - max(1, ALLOWED_BEHIND * self.decided)


async def looked_on(session: AsyncSession, model_id: UUID) -> LookedOn:
    """How a candidate did on live traffic; people decided where they corrected, or solved a ticket as it was judged."""
    row = (await session.execute(_LOOKED_ON, {"model_id": model_id})).one()
    return LookedOn(**row._mapping)  # noqa: SLF001 - SQLAlchemy's name for a row as a mapping


async def keep_shadows(session: AsyncSession, judged: Sequence[tuple[UUID, Judged]], now: datetime) -> None:
    """Keep what a candidate said of these tickets, if one looked on."""
    shadows = [(ticket_id, each, each.shadow) for ticket_id, each in judged if each.shadow]
    if not shadows:
        return
    names = {seen.version for _, _, seen in shadows}
    known = await session.execute(select(ModelVersion.name, ModelVersion.model_id).where(ModelVersion.name.in_(names)))
    ids = {row.name: row.model_id for row in known}
    rows = [
        {
            "model_id": ids[seen.version],
            "ticket_id": ticket_id,
            "live_class": _likeliest(each.judgement.probabilities),
            "shadow_class": _likeliest(seen.probabilities),
            "probabilities": dict(seen.probabilities),
            "judged_at": now,
        }
        for ticket_id, each, seen in shadows
        if seen.version in ids
    ]
    if rows:
        await session.execute(insert(ShadowJudgement), rows)


async def forget_shadows(session: AsyncSession, now: datetime) -> None:
    """Give up what candidates said too long ago to matter."""
    await session.execute(delete(ShadowJudgement).where(ShadowJudgement.judged_at < now - SHADOWS_KEPT))


def _likeliest(probabilities: Mapping[str, float]) -> str:
    """The class with the highest probability."""
    return max(probabilities, key=lambda kind: probabilities[kind])
