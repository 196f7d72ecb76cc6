"""Copies of facts that other services own: columns are written and nothing is emitted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DeliveryRecorded, FeedbackGiven
from routing.tables import Delivery, Feedback


async def keep_deliveries(session: AsyncSession, events: Sequence[DeliveryRecorded], _now: datetime) -> None:
    """Remember how notices fare; an older state never replaces a newer one."""
    newest = {event.delivery_id: event.model_dump(exclude={"type"}) for event in events}
    adding = insert(Delivery).values(list(newest.values()))
    await session.execute(
        adding.on_conflict_do_update(
            index_elements=[Delivery.delivery_id],
            set_={name: adding.excluded[name] for name in ("state", "attempts", "detail", "recorded_at")},
            where=Delivery.recorded_at <= adding.excluded.recorded_at,
        )
    )


async def keep_feedback(session: AsyncSession, event: FeedbackGiven, _now: datetime) -> None:
    """Remember what a customer thought of how their ticket was handled."""
    row = event.model_dump(exclude={"type"})
    await session.execute(insert(Feedback).values(row).on_conflict_do_nothing())
