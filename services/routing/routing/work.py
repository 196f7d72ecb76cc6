"""Tickets on their way to somebody's hands: accepted, taken, kept, released."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Bulk, plain
from common.errors import Forbidden
from common.events import TicketReleased, TicketSubmitted
from common.outbox import emit
from common.vocabulary import TicketState
from routing import deadlines, incidents, queries, splitting, taking
from routing.acting import LEASE, Deed, Intent, acting, assign, check_holder, let_go, recording
from routing.choosing import Asked
from routing.deciding import Rulebook, place, promised, rulebook, tell_routed
from routing.policy import Verdict
from routing.promises import Told
from routing.tables import Audit, Message, Ticket
from routing.transitions import Act, move
from routing.viewer import Viewer


async def accept(session: AsyncSession, events: Sequence[TicketSubmitted], now: datetime) -> None:
    """Submitted tickets as work: decided, promised, waiting in their queues."""
    rules = await rulebook(session)
    sources = await splitting.sources_of(session, events)
    rows = Bulk()
    tickets = []
    for event in events:
        ticket = _ticket_of(event, now)
        tickets.append(ticket)
        if event.split_from and (source := sources.get(event.ticket_id)):
            splitting.carry_over(rows, ticket, source, event.split_from.said_at, event.submitted_at)
        rows.add_all((ticket, _first_message(event)))
        verdict = place(rows, ticket, rules, "accepted", now)
        told = _first_promise(ticket, rules, event)
        deadlines.start(rows, ticket, told, rules.times.of(ticket.queue_id), now)
        rows.add(_acceptance(ticket, verdict, now))
    known = await incidents.known(session, tickets)
    for ticket in tickets:
        tell_routed(session, ticket, rules, "accepted", now, known.get(ticket.ticket_id))
    await rows.write(session)
    await splitting.arrived(session, events)
    await incidents.keep(session, tickets, known, now)


async def take_next(
    session: AsyncSession, viewer: Viewer, queue_ids: Collection[str] | None, now: datetime
) -> Ticket | None:
    """The ticket that should be worked on first, now in the viewer's hands; None when nothing waits.

    From the queues named, or from all the viewer works. Raises NoSuchQueue, Forbidden. No two callers get the same.
    """
    [ticket] = await taking.take(session, [await asking(session, viewer, queue_ids)], now)
    return ticket


async def asking(session: AsyncSession, viewer: Viewer, queue_ids: Collection[str] | None) -> Asked:
    """Who asks for work out of which queues: those named, or all they work. Raises NoSuchQueue, Forbidden."""
    wanted = viewer.queue_ids if queue_ids is None else frozenset(queue_ids)
    for queue_id in sorted(wanted - viewer.queue_ids):
        await queries.queue_for(session, queue_id, viewer)
        _check_works(viewer, queue_id)
    return Asked(viewer, wanted)


async def take(session: AsyncSession, intent: Intent) -> Ticket:
    """The very ticket asked for, now in the viewer's hands. Raises Forbidden outside the queues they work."""
    async with acting(session, intent, Act.TAKE) as ticket:
        _check_works(intent.viewer, ticket.queue_id)
        await assign(session, ticket, intent.viewer, intent.now)
    return ticket


async def release(session: AsyncSession, intent: Intent) -> Ticket:
    """The ticket back in its queue, for anybody to take."""
    async with acting(session, intent, Act.RELEASE) as ticket:
        await let_go(session, ticket, Act.RELEASE, intent.now)
        await deadlines.resumed(session, ticket, intent.now)
        _tell_released(session, ticket, "released", intent.now)
    return ticket


async def expire(session: AsyncSession, ticket: Ticket, now: datetime) -> datetime | None:
    """The end of a lease: the ticket waits in its queue again. When the lease was extended, the moment it ends now."""
    if ticket.lease_until is None:
        return None
    if ticket.lease_until > now:
        return ticket.lease_until
    with recording(session, ticket, Deed(Act.EXPIRE, now, cause="lease expired")):
        ticket.state = move(Act.EXPIRE, ticket.state)
        await let_go(session, ticket, Act.EXPIRE, now)
        _tell_released(session, ticket, "lease_expired", now)
    return None


async def keep(session: AsyncSession, viewer: Viewer, ticket_id: UUID, now: datetime) -> Ticket:
    """The ticket with a longer lease: its holder is still at it. The version stays. Raises Locked, Conflict."""
    ticket = await queries.ticket_for(session, ticket_id, viewer, lock=True)
    await check_holder(session, ticket, viewer)
    if ticket.lease_until:
        ticket.lease_until = now + LEASE
    return ticket


def _first_promise(ticket: Ticket, rules: Rulebook, event: TicketSubmitted) -> Told:
    """Counted from when the customer wrote; from the split when a part was split off too late for that."""
    told = promised(ticket, rules, ticket.submitted_at)
    return told if told.answer_by > event.submitted_at else promised(ticket, rules, event.submitted_at)


def _acceptance(ticket: Ticket, verdict: Verdict, now: datetime) -> Audit:
    return plain(Audit)(
        ticket_id=ticket.ticket_id,
        version=ticket.version,
        actor_name="Loket",
        act=Act.ACCEPT,
        cause=verdict.rule,
        before={},
        after={"state": ticket.state.value, "queue_id": ticket.queue_id, "priority": ticket.priority},
        acted_at=now,
    )


def _tell_released(
    session: AsyncSession, ticket: Ticket, cause: Literal["released", "lease_expired"], now: datetime
) -> None:
    released = TicketReleased(ticket_id=ticket.ticket_id, queue_id=ticket.queue_id, cause=cause, released_at=now)
    emit(session, released)


def _check_works(viewer: Viewer, queue_id: str) -> None:
    if queue_id not in viewer.queue_ids and not viewer.is_lead:
        raise Forbidden("You do not work in the queue %(queue)s.", queue=queue_id)


def _ticket_of(event: TicketSubmitted, now: datetime) -> Ticket:
    judged, customer, address = event.judgement, event.customer, event.address
    return plain(Ticket)(
        ticket_id=event.ticket_id,
        reference=event.reference,
        person_id=customer.person_id,
        customer_name=customer.name,
        customer_email=customer.email,
        customer_phone=customer.phone,
        customer_language=customer.language,
        customer_number=customer.customer_number,
        postcode=address.postcode if address else None,
        house_number=address.house_number if address else None,
        street=address.street if address else None,
        city=address.city if address else None,
        channel=event.channel,
        subject=event.subject,
        submitted_at=event.submitted_at,
        judgement=judged.model_dump(mode="json"),
        handling_class=judged.handling_class,
        topic=judged.topic,
        task_type=judged.task_type,
        is_urgent=judged.is_urgent,
        sensitivity=judged.sensitivity,
        language=judged.language,
        state=TicketState.NEEDS_TRIAGE if judged.handling_class is None else TicketState.QUEUED,
        queue_id="",  # decided before it is stored, as are the next four
        priority=0,
        answer_by=now,
        solve_by=now,
        due_at=now,
        routed_at=now,
        linked_to=event.linked_to,
    )


def _first_message(event: TicketSubmitted) -> Message:
    return plain(Message)(
        message_id=event.message_id,
        ticket_id=event.ticket_id,
        kind="customer",
        author_name=event.customer.name,
        body=event.body,
        channel=event.channel,
        attachments=[each.model_dump(mode="json") for each in event.attachments],
        said_at=event.split_from.said_at if event.split_from else event.submitted_at,
        is_sender_verified=event.is_sender_verified,
    )
