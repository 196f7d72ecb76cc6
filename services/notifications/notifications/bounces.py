"""Mails that came back: the address is marked, staff can see it, and the notice goes another way if there is one."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DeliveryRecorded, MailBounced
from common.outbox import emit
from common.vocabulary import Channel
from notifications import bad_addresses, deliveries

_BOUNCE = text("""
UPDATE delivery d SET state = 'bounced', detail = :detail, recorded_at = :now
FROM notice n, ticket t
WHERE d.delivery_id = :delivery_id AND d.ticket_id = :ticket_id AND d.state = 'sent' AND d.channel = 'email'
  AND n.notice_id = d.notice_id AND t.ticket_id = d.ticket_id
RETURNING d.delivery_id, d.notice_id, d.ticket_id, d.attempts, d.channel, n.kind, n.occurred_at, t.email
""")


async def keep(session: AsyncSession, event: MailBounced, now: datetime) -> None:
    """Write at the delivery that its mail came back for good, and let the notice go another way; a delay is nothing.

    The other services hear that it failed: that is how the agent who wrote it learns.
    """
    if not event.is_permanent:
        return
    detail = f"came back: {event.status or 'no reason given'}"
    told = {"delivery_id": event.delivery_id, "ticket_id": event.ticket_id, "detail": detail, "now": now}
    row = (await session.execute(_BOUNCE, told)).one_or_none()
    if row is None:
        return
    await bad_addresses.mark_address(session, Channel.EMAIL, row.email.lower(), detail, now)
    await deliveries.another_way(session, row, now)
    emit(
        session,
        DeliveryRecorded(
            ticket_id=event.ticket_id,
            delivery_id=event.delivery_id,
            notice=row.kind,
            channel=row.channel,
            state="failed",
            attempts=row.attempts,
            detail=detail,
            recorded_at=now,
        ),
    )
