"""What many hear of one incident: each person once when it is declared, once when it is over, at a pace."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.events import IncidentClosed, IncidentDeclared, IncidentSpread
from common.vocabulary import Channel
from notifications import broadcasts
from notifications.notices import NoticeKind
from notifications.queries import wake_sender
from notifications.retries import DeliveryState
from notifications.tables import Broadcast, Delivery, Notice

_KEEP = text("""
INSERT INTO affected (incident_id, person_id, ticket_id, is_told)
SELECT :incident_id, person_id, ticket_id, :is_told
FROM (
    SELECT DISTINCT ON (person_id) person_id, ticket_id
    FROM unnest(cast(:people AS uuid[]), cast(:tickets AS uuid[])) WITH ORDINALITY AS t (person_id, ticket_id, nth)
    ORDER BY person_id, nth DESC) newest
ORDER BY person_id
ON CONFLICT (incident_id, person_id) DO NOTHING
RETURNING ticket_id
""")
_CONCERNED = text("SELECT ticket_id FROM affected WHERE incident_id = :incident_id ORDER BY ticket_id")


async def declare(session: AsyncSession, event: IncidentDeclared, now: datetime) -> None:
    """Keep what is to be told of it; whom it concerns is told after, in order."""
    _add(session, event.incident_id, "declared", event.words, event.per_minute, (event.title, event.declared_by), now)


async def spread(session: AsyncSession, event: IncidentSpread, now: datetime) -> None:
    """Tell the customers of these tickets who were not told yet, after those who wait already."""
    broadcast = await _of(session, event.incident_id, "declared")
    rows = await session.scalars(
        _KEEP,
        {
            "incident_id": event.incident_id,
            "people": [each.person_id for each in event.tickets],
            "tickets": [each.ticket_id for each in event.tickets],
            "is_told": event.is_told,
        },
    )
    found = list(rows)
    if not event.is_told:
        await _tell(session, broadcast, found, now)


async def close(session: AsyncSession, event: IncidentClosed, now: datetime) -> None:
    """Tell everybody it concerned that it is over; who had not heard of it yet hears only this."""
    begun = await _of(session, event.incident_id, "declared")
    await broadcasts.stop(session, begun.broadcast_id, now)
    names = (begun.title, event.closed_by)
    broadcast = _add(session, event.incident_id, "closed", event.words, event.per_minute, names, now)
    await session.flush()
    concerned = await session.scalars(_CONCERNED, {"incident_id": event.incident_id})
    await _tell(session, broadcast, list(concerned), now)


def _add(  # noqa: PLR0913, PLR0917 - what a broadcast is made from
    session: AsyncSession,
    incident_id: UUID,
    stage: Literal["declared", "closed"],
    words: Mapping[str, str],
    per_minute: int,
    names: tuple[str, str],
    now: datetime,
) -> Broadcast:
    title, by = names
    broadcast = Broadcast(
        broadcast_id=uuid7(),
        title=title,
        words=dict(words),
        per_minute=per_minute,
        created_by=by,
        created_at=now,
        incident_id=incident_id,
        stage=stage,
    )
    session.add(broadcast)
    return broadcast


async def _of(session: AsyncSession, incident_id: UUID, stage: str) -> Broadcast:
    """What is told of the incident at this stage, locked until commit; it came before, under the same key."""
    wanted = select(Broadcast).where(Broadcast.incident_id == incident_id, Broadcast.stage == stage)
    return (await session.scalars(wanted.with_for_update())).one()


async def _tell(session: AsyncSession, broadcast: Broadcast, tickets: Sequence[UUID], now: datetime) -> None:
    """Plan one notice a ticket, one after the other; the reader's language is asked when it leaves."""
    if not tickets or broadcast.stopped_at:
        return
    apart = timedelta(minutes=1) / broadcast.per_minute
    begin = max(now, broadcast.paced_until or now)
    # It happens for each reader when their turn comes: an answer given meanwhile must not wait behind it.
    notices = [_notice(broadcast, ticket_id, begin + nth * apart) for nth, ticket_id in enumerate(tickets)]
    await session.execute(insert(Notice), notices)
    deliveries = [_delivery(notice, now) for notice in notices]
    await session.execute(insert(Delivery), deliveries)
    broadcast.paced_until = begin + len(tickets) * apart
    await wake_sender(session)


def _notice(broadcast: Broadcast, ticket_id: UUID, due_at: datetime) -> dict[str, object]:
    return {
        "notice_id": uuid7(),
        "ticket_id": ticket_id,
        "kind": NoticeKind.NEWS,
        "occurred_at": due_at,
        "broadcast_id": broadcast.broadcast_id,
    }


def _delivery(notice: Mapping[str, object], now: datetime) -> dict[str, object]:
    return {
        "delivery_id": uuid7(),
        "notice_id": notice["notice_id"],
        "ticket_id": notice["ticket_id"],
        "channel": Channel.EMAIL,
        "state": DeliveryState.PLANNED,
        "occurred_at": notice["occurred_at"],
        "planned_at": now,
        "due_at": notice["occurred_at"],
        "attempts": 0,
    }
