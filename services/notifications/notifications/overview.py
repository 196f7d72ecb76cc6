"""What staff see of notices: each with its state and proof, figures a channel, and what is stuck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Channel
from notifications.notices import NoticeKind
from notifications.queries import STUCK_AFTER
from notifications.retries import DeliveryState

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.LETTER)
DAY = timedelta(days=1)

_COLUMNS = """
SELECT d.delivery_id, d.ticket_id, t.reference, n.kind, d.channel, d.state, d.attempts, d.detail, d.planned_at,
    d.due_at, d.recorded_at, d.resend_of, d.instead_of, d.released_by,
    EXISTS (SELECT FROM bad_address b WHERE b.channel = 'email' AND b.address = lower(t.email)
        OR b.channel = 'sms' AND b.address = t.phone) AS has_bad_address
FROM delivery d JOIN notice n USING (notice_id) LEFT JOIN ticket t ON t.ticket_id = d.ticket_id
"""
_NEWEST = text(  # nothing of the reader's stands in the text: all of it is ours
    _COLUMNS
    + """
WHERE (cast(:channel AS text) IS NULL OR d.channel = :channel) AND (cast(:state AS text) IS NULL OR d.state = :state)
  AND (cast(:reference AS text) IS NULL OR t.reference = :reference)
  AND (cast(:before AS uuid) IS NULL OR d.delivery_id < :before)
ORDER BY d.delivery_id DESC LIMIT :most
"""
)
_STUCK = text(
    _COLUMNS
    + """
WHERE d.state IN ('sending', 'retrying', 'held') OR d.state = 'planned' AND d.due_at < :late
ORDER BY d.planned_at LIMIT :most
"""
)
_FIGURES = text("""
SELECT channel,
    count(*) FILTER (WHERE state IN ('planned', 'sending', 'retrying')) AS waiting,
    count(*) FILTER (WHERE state = 'held') AS held,
    count(*) FILTER (WHERE state = 'sent' AND recorded_at > :since) AS sent,
    count(*) FILTER (WHERE state IN ('failed', 'bounced') AND recorded_at > :since) AS failed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM recorded_at - planned_at))
        FILTER (WHERE state = 'sent' AND recorded_at > :since) AS usual_seconds
FROM delivery WHERE recorded_at > :since OR state IN ('planned', 'sending', 'retrying', 'held')
GROUP BY channel
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notices to list."""

    channel: Channel | None = None
    state: DeliveryState | None = None
    reference: str | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A delivery as staff see it: without address or words."""

    delivery_id: UUID
    ticket_id: UUID
    reference: str | None
    kind: NoticeKind
    channel: Channel
    state: DeliveryState
    attempts: int
    detail: str | None
    planned_at: datetime
    due_at: datetime
    recorded_at: datetime | None
    resend_of: UUID | None
    instead_of: UUID | None
    released_by: str | None
    has_bad_address: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """One channel, of the last day."""

    channel: Channel
    waiting: int = 0
    held: int = 0
    sent: int = 0
    failed: int = 0
    usual_seconds: float | None = None

    @property
    def usual(self) -> timedelta | None:
        """How long half of them took at most."""
        return None if self.usual_seconds is None else timedelta(seconds=float(self.usual_seconds))


async def newest(session: AsyncSession, wanted: Wanted, most: int) -> list[Seen]:
    """Deliveries, newest first."""
    values = {
        "channel": wanted.channel,
        "state": wanted.state,
        "reference": _canonical(wanted.reference),
        "before": wanted.before,
        "most": most,
    }
    return _seen((await session.execute(_NEWEST, values)).all())


async def stuck(session: AsyncSession, now: datetime, most: int) -> list[Seen]:
    """Deliveries that are late by a quarter of an hour, being tried again, or held; longest planned first."""
    return _seen((await session.execute(_STUCK, {"late": now - STUCK_AFTER, "most": most})).all())


async def figures(session: AsyncSession, now: datetime) -> list[Figures]:
    """Every channel, in their order."""
    rows = await session.execute(_FIGURES, {"since": now - DAY})
    found = {row.channel: Figures(Channel(row.channel), *row[1:]) for row in rows}
    return [found.get(channel, Figures(channel)) for channel in CHANNELS]


def _seen(rows: Sequence[Row[Any]]) -> list[Seen]:
    return [_one_seen(**row._mapping) for row in rows]  # noqa: SLF001 - the public way to the columns by name


def _one_seen(kind: str, channel: str, state: str, **others: Any) -> Seen:  # noqa: ANN401 - columns of a row
    return Seen(kind=NoticeKind(kind), channel=Channel(channel), state=DeliveryState(state), **others)


def _canonical(reference: str | None) -> str | None:
    return reference.upper().replace(" ", "") if reference else None
