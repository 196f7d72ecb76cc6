"""What was taken and then came back: the address is marked, staff see it, and the notice goes another way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DeliveryRecorded, MailBounced
from common.outbox import emit
from common.vocabulary import Channel
from notifications import bad_addresses, deliveries

_BOUNCE = text("""
UPDATE delivery d SET state = 'bounced', detail = :detail, recorded_at = :now
FROM notice n, ticket t
WHERE d.delivery_id = :delivery_id AND d.ticket_id = coalesce(cast(:ticket_id AS uuid), d.ticket_id)
  AND d.state = 'sent' AND d.channel = :channel AND n.notice_id = d.notice_id AND t.ticket_id = d.ticket_id
RETURNING d.delivery_id, d.notice_id, d.ticket_id, d.attempts, d.channel, n.kind, n.occurred_at, t.email, t.phone
""")
_ARRIVED = text("""
UPDATE delivery SET detail = :detail WHERE delivery_id = :delivery_id AND state = 'sent' AND channel = :channel
""")


@dataclass(frozen=True, slots=True)
class Return:
    """Word of a delivery that did not reach its reader after all."""

    delivery_id: UUID
    channel: Channel
    detail: str
    ticket_id: UUID | None = None  # when the word says on which ticket


async def keep(session: AsyncSession, event: MailBounced, now: datetime) -> None:
    """Write at the delivery that its mail came back for good, and let the notice go another way; a delay is nothing."""
    if event.is_permanent:
        detail = f"came back: {event.status or 'no reason given'}"
        await take_back(session, Return(event.delivery_id, Channel.EMAIL, detail, event.ticket_id), now)


async def take_back(session: AsyncSession, word: Return, now: datetime) -> None:
    """The delivery bounced, once; the other services hear that it failed, and so does the agent who wrote it."""
    told = {"delivery_id": word.delivery_id, "ticket_id": word.ticket_id, "channel": word.channel.value}
    row = (await session.execute(_BOUNCE, told | {"detail": word.detail, "now": now})).one_or_none()
    if row is None:
        return
    address = row.email.lower() if word.channel is Channel.EMAIL else row.phone
    await bad_addresses.mark_address(session, word.channel, address, word.detail, now)
    await deliveries.another_way(session, row, now)
    emit(
        session,
        DeliveryRecorded(
            ticket_id=row.ticket_id,
            delivery_id=row.delivery_id,
            notice=row.kind,
            channel=word.channel,
            state="failed",
            attempts=row.attempts,
            detail=word.detail,
            recorded_at=now,
        ),
    )


async def confirm(session: AsyncSession, delivery_id: UUID, channel: Channel, detail: str) -> None:
    """Keep the provider's word that it arrived as the proof of the delivery."""
    await session.execute(_ARRIVED, {"delivery_id": delivery_id, "channel": channel.value, "detail": detail})
