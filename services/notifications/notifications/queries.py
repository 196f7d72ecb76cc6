"""Named reads of notifications."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from notifications.notices import NoticeKind
from notifications.tables import Delivery, EndedSession, Notice, Ticket

CHANNEL = "deliveries"

_WAKE = text("SELECT pg_notify('deliveries', '')")
_OLDEST = text("""
SELECT count(*) AS outstanding, min(due_at) AS oldest FROM delivery
WHERE state IN ('planned', 'sending', 'retrying') AND due_at <= :now
""")


async def wake_sender(session: AsyncSession) -> None:
    """Hint, once a transaction, that there is something to send."""
    if not session.info.get("sender_woken"):
        session.info["sender_woken"] = True
        await session.execute(_WAKE)


async def backlog(session: AsyncSession, now: datetime) -> tuple[int, timedelta]:
    """How many deliveries are due and not done, and how long the oldest has been."""
    outstanding, oldest = (await session.execute(_OLDEST, {"now": now})).one()
    return outstanding, now - oldest if oldest else timedelta()


STUCK_AFTER = timedelta(minutes=15)

_STUCK = text("""
SELECT channel, count(*) AS number FROM delivery
WHERE state IN ('sending', 'retrying', 'held') OR state = 'planned' AND due_at < :late
GROUP BY channel
""")


async def stuck(session: AsyncSession, now: datetime) -> dict[str, int]:
    """How many deliveries of each channel are late by a quarter of an hour, being tried again, or held."""
    rows = await session.execute(_STUCK, {"late": now - STUCK_AFTER})
    return {row.channel: row.number for row in rows}


async def is_ended(session: AsyncSession, session_id: UUID) -> bool:
    """Whether this staff session may no longer be honoured."""
    return await session.get(EndedSession, session_id) is not None


async def delivery_for(
    session: AsyncSession, delivery_id: UUID, *, lock: bool = False
) -> tuple[Delivery, Notice, Ticket | None]:
    """The delivery (locked until commit if `lock`), its notice, and its ticket once that is known. Raises NotFound."""
    wanted = (
        select(Delivery, Notice, Ticket)
        .join(Notice, Notice.notice_id == Delivery.notice_id)
        .outerjoin(Ticket, Ticket.ticket_id == Delivery.ticket_id)
        .where(Delivery.delivery_id == delivery_id)
    )
    row = (await session.execute(wanted.with_for_update(of=Delivery) if lock else wanted)).one_or_none()
    if row is None:
        raise NotFound("There is no such delivery.")
    delivery, notice, ticket = row
    return delivery, notice, ticket


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery as staff see it: without address or words."""

    delivery: Delivery
    kind: NoticeKind
    reference: str | None  # None while intake's word of the ticket is still on its way


async def deliveries_shown(
    session: AsyncSession,
    *,
    ticket_id: UUID | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> list[Shown]:
    """Deliveries in the order they were planned, from the one after `after`; of one ticket or in one state if given."""
    wanted = (
        select(Delivery, Notice.kind, Ticket.reference)
        .join(Notice, Notice.notice_id == Delivery.notice_id)
        .outerjoin(Ticket, Ticket.ticket_id == Delivery.ticket_id)
        .order_by(Delivery.delivery_id)
        .limit(limit)
    )
    if ticket_id is not None:
        wanted = wanted.where(Delivery.ticket_id == ticket_id)
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    if after is not None:
        wanted = wanted.where(Delivery.delivery_id > after)
    return [Shown(delivery, NoticeKind(kind), reference) for delivery, kind, reference in await session.execute(wanted)]
