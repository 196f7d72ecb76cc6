"""Copies of other services' facts: tickets, promises and ended staff sessions. Nothing here tells anybody anything."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.bulk import Bulk, plain
from common.events import Address, PromiseImproved, StaffSessionEnded, TicketRouted, TicketSubmitted
from notifications.queries import wake_sender
from notifications.tables import EndedSession, Promise, Ticket

NOWHERE = Address()


async def of_programs(session: AsyncSession, events: Sequence[TicketSubmitted]) -> list[TicketSubmitted]:
    """The events, in which a part of what a program wrote may be answered by a program no more than the whole."""
    from_ids = {event.split_from.ticket_id for event in events if event.split_from}
    if not from_ids:
        return list(events)
    wanted = select(Ticket.ticket_id).where(Ticket.ticket_id.in_(from_ids), ~Ticket.may_be_answered)
    loops = set(await session.scalars(wanted))
    return [
        event.model_copy(update={"may_be_answered": False})
        if event.split_from and event.split_from.ticket_id in loops
        else event
        for event in events
    ]


def copy_ticket(rows: Bulk, event: TicketSubmitted) -> None:
    """Keep what a notice needs of a ticket: not the name or the words, which no automatic mail may repeat."""
    email, address = event.customer.email or None, event.address or NOWHERE
    rows.add(
        plain(Ticket)(
            ticket_id=event.ticket_id,
            reference=event.reference,
            language=event.customer.language,
            email=email,
            domain=email.rpartition("@")[2].lower() if email else None,
            submitted_at=event.submitted_at,
            person_id=event.customer.person_id,
            phone=event.customer.phone,
            street=address.street,
            house_number=address.house_number,
            postcode=address.postcode,
            city=address.city,
            is_urgent=event.judgement.is_urgent,
            may_be_answered=event.may_be_answered,
            split_from=event.split_from.reference if event.split_from else None,
        )
    )


async def keep_promises(
    session: AsyncSession, events: Sequence[TicketRouted | PromiseImproved], _now: datetime
) -> None:
    """Keep what was promised; a notice that waits for it can leave."""
    rows = Bulk()
    for event in events:
        if isinstance(event, TicketRouted):
            at, incident = event.routed_at, event.incident
        else:
            at, incident = event.improved_at, None
        rows.add(
            plain(Promise)(
                promise_id=uuid7(),
                ticket_id=event.ticket_id,
                promised_at=at,
                answer_by=event.promise.answer_by,
                solve_by=event.promise.solve_by,
                incident=incident.words if incident else None,
            )
        )
    await rows.write(session)
    await wake_sender(session)


async def end_session(session: AsyncSession, event: StaffSessionEnded, _now: datetime) -> None:
    """Honour this session no longer."""
    session.add(EndedSession(session_id=event.session_id, ended_at=event.ended_at))


async def forget_sessions(session: AsyncSession, before: datetime) -> None:
    """Forget the sessions that ended before then."""
    await session.execute(delete(EndedSession).where(EndedSession.ended_at < before))
