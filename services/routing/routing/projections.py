"""Copies of facts that other services own: columns are written and nothing is emitted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DeliveryRecorded, FeedbackGiven
from routing.tables import Feedback

_COPIED = ("delivery_id", "ticket_id", "notice", "channel", "state", "attempts", "detail", "recorded_at")
_KEEP_DELIVERIES = text("""
INSERT INTO delivery AS d (delivery_id, ticket_id, notice, channel, state, attempts, detail, recorded_at)
SELECT * FROM unnest(cast(:delivery_ids AS uuid[]), cast(:ticket_ids AS uuid[]), cast(:notices AS text[]),
    cast(:channels AS text[]), cast(:states AS text[]), cast(:attemptss AS int[]), cast(:details AS text[]),
    cast(:recorded_ats AS timestamptz[]))
ON CONFLICT (delivery_id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
    detail = excluded.detail, recorded_at = excluded.recorded_at
WHERE d.recorded_at <= excluded.recorded_at
""")


async def keep_deliveries(session: AsyncSession, events: Sequence[DeliveryRecorded], _now: datetime) -> None:
    """Remember how notices fare; an older state never replaces a newer one."""
    newest = {event.delivery_id: event for event in events}.values()
    columns = {f"{name}s": [getattr(event, name) for event in newest] for name in _COPIED}
    await session.execute(_KEEP_DELIVERIES, columns)


async def keep_feedback(session: AsyncSession, event: FeedbackGiven, _now: datetime) -> None:
    """Remember what a customer thought of how their ticket was handled."""
    row = event.model_dump(exclude={"type"})
    await session.execute(insert(Feedback).values(row).on_conflict_do_nothing())
