"""Mails that came back: the delivery that seemed to have succeeded did not, and staff can see it."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DeliveryRecorded, MailBounced
from common.outbox import emit

_FAIL = text("""
UPDATE delivery d SET state = 'failed', detail = :detail, recorded_at = :now
FROM notice n
WHERE d.delivery_id = :delivery_id AND d.ticket_id = :ticket_id AND d.state = 'sent' AND n.notice_id = d.notice_id
RETURNING d.attempts, d.channel, n.kind
""")


async def keep(session: AsyncSession, event: MailBounced, now: datetime) -> None:
    """Write at the delivery that its mail came back for good, and tell the other services; a delay changes nothing."""
    if not event.is_permanent:
        return
    detail = f"came back: {event.status or 'no reason given'}"
    told = {"delivery_id": event.delivery_id, "ticket_id": event.ticket_id, "detail": detail, "now": now}
    row = (await session.execute(_FAIL, told)).one_or_none()
    if row is None:
        return
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
