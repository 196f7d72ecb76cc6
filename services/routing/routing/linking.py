"""Tickets brought together: one goes up in another, or is answered together with it; and apart again."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from common.events import TicketClosed, TicketMerged
from common.outbox import emit
from common.vocabulary import Sensitivity, TicketState
from routing import deadlines, queries
from routing.acting import Deed, Intent, acting, check_holder, let_go, recording
from routing.links import comes_from, is_same_person
from routing.tables import Link, Ticket
from routing.transitions import OPEN, Act, move


async def merge(session: AsyncSession, intent: Intent, other_id: UUID) -> Ticket:
    """The ticket in hand, in which the other went up: what its customer writes from now on arrives here.

    Raises NoSuchTicket, Locked when a colleague works on the other, Conflict when it is no longer open, and BadInput
    when it is from somebody else, who must not read this one's answers.
    """
    _check_apart(intent, other_id)
    await _lock_both(session, intent, other_id)
    other = await queries.ticket_for(session, other_id, intent.viewer, lock=True)
    async with acting(session, intent, Act.MERGE, cause=other.reference) as ticket:
        if not is_same_person(ticket, other):
            raise BadInput("This is from somebody else; answer it together with this ticket instead.")
        await _check_no_circle(session, ticket, other)
        await _go_up(session, other, ticket, intent)
        if other.sensitivity is Sensitivity.CONFIDENTIAL:
            ticket.sensitivity = other.sensitivity
    return ticket


async def adopt(session: AsyncSession, intent: Intent, child_id: UUID) -> Ticket:
    """The ticket in hand as the parent of another: resolving it answers both customers. Raises as `merge` does."""
    _check_apart(intent, child_id)
    await _lock_both(session, intent, child_id)
    child = await queries.ticket_for(session, child_id, intent.viewer, lock=True)
    async with acting(session, intent, Act.ADOPT, cause=child.reference) as ticket:
        if child.state not in OPEN:
            raise Conflict("The other ticket is not open any more.")
        await _check_no_circle(session, ticket, child)
        if await _has(session, Link.ticket_id == ticket.ticket_id) or await _has(session, Link.to_id == child_id):
            raise Conflict("One of these is answered together with a third ticket; a family has one parent.")
        if await _has(session, Link.ticket_id == child_id):
            raise Conflict("The other ticket has a parent already.")
        with recording(session, child, Deed(Act.JOIN, intent.now, intent.viewer, ticket.reference)):
            child.state = move(Act.JOIN, child.state)
        session.add(_link(child_id, "child", intent))
    return ticket


async def part(session: AsyncSession, intent: Intent, child_id: UUID) -> Ticket:
    """The ticket in hand without this child, which is answered by itself again. Raises NotFound."""
    _check_apart(intent, child_id)
    await _lock_both(session, intent, child_id)
    child = await queries.ticket_for(session, child_id, intent.viewer, lock=True)
    async with acting(session, intent, Act.PART, cause=child.reference) as ticket:
        gone = await session.scalar(
            delete(Link)
            .where(Link.ticket_id == child_id, Link.kind == "child", Link.to_id == ticket.ticket_id)
            .returning(Link.ticket_id)
        )
        if gone is None:
            raise NotFound("That ticket is not answered together with this one.")
        with recording(session, child, Deed(Act.PART, intent.now, intent.viewer, ticket.reference)):
            child.is_unread = True
    return ticket


async def _go_up(session: AsyncSession, other: Ticket, into: Ticket, intent: Intent) -> None:
    """The other ticket is over; what belonged to it belongs to the one that stays."""
    now = intent.now
    if other.holder_id:
        await check_holder(session, other, intent.viewer)
    if other.state not in OPEN:
        raise Conflict("The other ticket is not open any more.")
    with recording(session, other, Deed(Act.MERGED, now, intent.viewer, into.reference)):
        other.state = move(Act.MERGED, other.state)
        await let_go(session, other, Act.MERGED, now)
        await deadlines.dropped(session, other, now)
        other.closed_at = now
    await _hand_on_links(session, other.ticket_id, into.ticket_id)
    session.add(_link(other.ticket_id, "merged", intent))
    emit(
        session,
        TicketMerged(
            ticket_id=other.ticket_id,
            into_ticket_id=into.ticket_id,
            into_reference=into.reference,
            agent_name=intent.viewer.name,
            merged_at=now,
        ),
    )
    emit(
        session,
        TicketClosed(ticket_id=other.ticket_id, final_state=TicketState.VOID, reason="duplicate_of", closed_at=now),
    )


async def _hand_on_links(session: AsyncSession, other_id: UUID, into_id: UUID) -> None:
    """What hung on the one hangs on the other, children on its parent when it has one: a family stays two deep."""
    of_both = Link.ticket_id.in_([other_id, into_id]) & Link.to_id.in_([other_id, into_id])
    is_old = (Link.ticket_id == other_id) | of_both
    await session.execute(delete(Link).where(is_old, Link.kind != "split"))  # where a ticket came from stays true
    parent_id = await session.scalar(select(Link.to_id).where(Link.ticket_id == into_id, Link.kind == "child"))
    for kind, to_id in (("merged", into_id), ("split", into_id), ("child", parent_id or into_id)):
        hung = update(Link).where(Link.to_id == other_id, Link.kind == kind)
        await session.execute(hung.values(to_id=to_id))


async def _check_no_circle(session: AsyncSession, above: Ticket, below: Ticket) -> None:
    """Nothing, unless the one that stays was split off the one that would go up in it or be answered with it."""
    if await comes_from(session, above.ticket_id, below.ticket_id):
        raise Conflict("This ticket was split off the other one; do this from there.")


def _check_apart(intent: Intent, other_id: UUID) -> None:
    if other_id == intent.ticket_id:
        raise BadInput("A ticket cannot be brought together with itself.")


async def _lock_both(session: AsyncSession, intent: Intent, other_id: UUID) -> None:
    """Both rows, always in the same order, so that two who bring the same two together do not wait for each other."""
    both = select(Ticket.ticket_id).where(Ticket.ticket_id.in_([intent.ticket_id, other_id])).order_by(Ticket.ticket_id)
    await session.execute(both.with_for_update())


async def _has(session: AsyncSession, *where: object) -> bool:
    wanted = select(Link.ticket_id).where(Link.kind == "child", *where)  # type: ignore[arg-type]
    return await session.scalar(wanted.limit(1)) is not None


def _link(ticket_id: UUID, kind: str, intent: Intent) -> Link:
    return Link(
        ticket_id=ticket_id,
        kind=kind,
        to_id=intent.ticket_id,
        linked_by=intent.viewer.agent_id,
        linked_at=intent.now,
    )
