"""What is told about model versions: their figures, what people made of judgements, where they disagreed most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from common.vocabulary import HandlingClass
from intake.model_rows import ModelAct, ModelVersion, Teaching
from intake.shadows import LookedOn, looked_on

MOST_VERSIONS = 20
MOST_ACTS = 20
MOST_DISAGREEMENTS = 20

_DECIDED = text("""
SELECT ticket.handling_class AS judged, decided.kind AS decided, count(*) AS number
FROM ticket
JOIN LATERAL (
    SELECT coalesce(
        (SELECT to_class FROM correction c WHERE c.ticket_id = ticket.ticket_id
         ORDER BY corrected_at DESC, correction_id DESC LIMIT 1),
        (SELECT ticket.handling_class FROM step
         WHERE step.ticket_id = ticket.ticket_id AND step.type = 'ticket.resolved' LIMIT 1)
    ) AS kind
) AS decided ON decided.kind IS NOT NULL
WHERE ticket.received_at >= :since
GROUP BY 1, 2
""")
# The less chance the model gave to what a person made of it, the more they disagreed. The agent's name is the one
# their colleagues saw when they took a ticket.
_DISAGREEMENTS = text("""
SELECT c.corrected_at, ticket.ticket_id, ticket.reference, ticket.handling_class AS judged, c.to_class, c.reason,
       c.model_version, coalesce((ticket.judgement -> 'probabilities' ->> c.to_class)::float, 0) AS chance,
       (SELECT facts ->> 'agent_name' FROM step
        WHERE step.ticket_id = c.ticket_id AND type = 'ticket.assigned' AND facts ->> 'agent_id' = c.agent_id::text
        ORDER BY step_id DESC LIMIT 1) AS agent_name
FROM (SELECT * FROM correction WHERE corrected_at >= :since ORDER BY corrected_at DESC LIMIT 1000) AS c
JOIN ticket USING (ticket_id)
WHERE ticket.handling_class IS DISTINCT FROM c.to_class
ORDER BY chance, c.corrected_at DESC
LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A correction of a judgement that was sure of something else."""

    corrected_at: datetime
    ticket_id: UUID
    reference: str
    judged: HandlingClass | None  # None: it abstained
    decided: HandlingClass
    reason: str
    model_version: str
    chance: float  # what the model gave to the class that the person decided for
    agent_name: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done with a model; no name stands for the shipped one alone."""

    act: ModelAct
    name: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page about models shows, but the confusion and the disagreements."""

    state: Teaching | None
    versions: Sequence[ModelVersion]  # newest first
    live: ModelVersion | None
    shadow: ModelVersion | None
    seen: LookedOn | None  # what came of the shadow on live traffic
    history: Sequence[Done]  # newest first


async def overview(session: AsyncSession) -> Overview:
    """The versions, which one judges and which looks on, and what was done."""
    state = await session.scalar(select(Teaching))
    versions = (
        await session.scalars(select(ModelVersion).order_by(ModelVersion.made_at.desc()).limit(MOST_VERSIONS))
    ).all()
    live = await session.get(ModelVersion, state.live_id) if state and state.live_id else None
    shadow = await session.get(ModelVersion, state.shadow_id) if state and state.shadow_id else None
    seen = await looked_on(session, shadow.model_id) if shadow else None
    return Overview(state, versions, live, shadow, seen, await history(session))


async def history(session: AsyncSession) -> list[Done]:
    """What was done with models, the latest first."""
    now_judging, until_then = aliased(ModelVersion), aliased(ModelVersion)
    rows = await session.execute(
        select(ModelAct, now_judging.name, until_then.name)
        .outerjoin(now_judging, now_judging.model_id == ModelAct.model_id)
        .outerjoin(until_then, until_then.model_id == ModelAct.before_id)
        .order_by(ModelAct.act_id.desc())
        .limit(MOST_ACTS)
    )
    return [Done(*row) for row in rows]


async def decided(session: AsyncSession, since: datetime) -> dict[tuple[str | None, str], int]:
    """How often each class that was judged (None: abstained) became each class that people settled a ticket with."""
    rows = await session.execute(_DECIDED, {"since": since})
    return {(row.judged, row.decided): row.number for row in rows}


async def disagreements(session: AsyncSession, since: datetime) -> list[Disagreement]:
    """The corrections of the judgements that least expected them, worst first."""
    rows = await session.execute(_DISAGREEMENTS, {"since": since, "most": MOST_DISAGREEMENTS})
    return [_disagreement(row) for row in rows]


def _disagreement(row: Any) -> Disagreement:  # noqa: ANN401 - a row of a statement in words has no type
    return Disagreement(
        corrected_at=row.corrected_at,
        ticket_id=row.ticket_id,
        reference=row.reference,
        judged=HandlingClass(row.judged) if row.judged else None,
        decided=HandlingClass(row.to_class),
        reason=row.reason,
        model_version=row.model_version,
        chance=row.chance,
        agent_name=row.agent_name,
    )
