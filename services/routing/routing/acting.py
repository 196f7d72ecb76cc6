"""What every act on a ticket shares: permission, lease, version, state, the lease's extension and the audit row."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import Conflict, Locked
from common.events import TicketAssigned
from common.outbox import emit
from common.vocabulary import TicketState
from routing import queries
from routing.alarm import arm
from routing.conversation import last_change, name_of
from routing.permitted import LEADS_MAY, NEEDS_NO_HOLDER
from routing.presence import put_down, took
from routing.stretches import hand_over, hands_of
from routing.tables import Assignment, Audit, Json, Queue, Ticket
from routing.transitions import IN_HAND, WAITING_IN_QUEUE, Act, Party, move
from routing.viewer import Viewer

LEASE = timedelta(minutes=30)  # how long a ticket stays with somebody who does nothing with it
_WATCHED = ("state", "queue_id", "priority", "holder_id", "handling_class", "topic", "outcome", "waiting_until")


@dataclass(frozen=True)
class Intent:
    """Who wants to do something with which ticket, as they last saw it, and when."""

    viewer: Viewer
    ticket_id: UUID
    version: int
    now: datetime


@dataclass(frozen=True)
class Deed:
    """An act as the audit tells it."""

    act: Act
    now: datetime
    by: Viewer | str = "Loket"  # a member of staff, or the name of who else made it happen
    cause: str = ""


@asynccontextmanager
async def acting(
    session: AsyncSession, intent: Intent, act: Act, *, cause: str = "", party: Party = Party.CUSTOMER
) -> AsyncIterator[Ticket]:
    """The ticket, locked and already in its new state, to be changed further inside; audited at the end.

    Raises NoSuchTicket, Locked when somebody else holds it, Conflict when it changed since or the act does not fit.
    """
    ticket = await queries.ticket_for(session, intent.ticket_id, intent.viewer, lock=True)
    await check_holder(session, ticket, intent.viewer, act)
    if ticket.version != intent.version:
        raise await _stale(session, ticket, intent.viewer)
    state = move(act, ticket.state, party)
    with recording(session, ticket, Deed(act, intent.now, intent.viewer, cause)):
        ticket.state = state
        yield ticket


@contextmanager
def recording(session: AsyncSession, ticket: Ticket, deed: Deed) -> Iterator[None]:
    """What is changed inside becomes one version, one audit row, and a longer lease when the holder did it."""
    before, hands = _facts(ticket), hands_of(ticket)
    with session.no_autoflush:  # a query halfway would write a ticket that is neither here nor there
        yield
    after = _facts(ticket)
    hand_over(session, ticket, hands, deed.now)
    ticket.version += 1
    viewer = deed.by if isinstance(deed.by, Viewer) else None
    if viewer and ticket.holder_id == viewer.agent_id:
        ticket.is_unread = False
        ticket.lease_until = deed.now + LEASE if ticket.state in IN_HAND else None
    changed = [name for name in _WATCHED if before[name] != after[name]]
    session.add(
        Audit(
            ticket_id=ticket.ticket_id,
            version=ticket.version,
            actor_id=viewer.agent_id if viewer else None,
            actor_name=viewer.name if viewer else str(deed.by),
            act=deed.act,
            cause=deed.cause,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            acted_at=deed.now,
        )
    )


async def assign(session: AsyncSession, ticket: Ticket, viewer: Viewer, now: datetime) -> None:
    """Put the ticket in the viewer's hands, under a lease."""
    await took(session, viewer.agent_id, ticket.topic, now)
    ticket.holder_id = viewer.agent_id
    ticket.lease_until = now + LEASE
    ticket.last_holder_id = viewer.agent_id
    session.add(
        Assignment(ticket_id=ticket.ticket_id, agent_id=viewer.agent_id, queue_id=ticket.queue_id, began_at=now)
    )
    await arm(session, ticket, "lease", ticket.lease_until)
    queue = await session.get_one(Queue, ticket.queue_id)
    emit(
        session,
        TicketAssigned(
            ticket_id=ticket.ticket_id,
            agent_id=viewer.agent_id,
            agent_name=viewer.name,
            tier=queue.tier,
            assigned_at=now,
        ),
    )


async def let_go(session: AsyncSession, ticket: Ticket, act: Act, now: datetime) -> None:
    """Nobody holds the ticket from now on."""
    if ticket.holder_id:
        await put_down(session, ticket.holder_id, now)
    ticket.holder_id = None
    ticket.lease_until = None
    ticket.waiting_until = None
    await session.execute(
        update(Assignment)
        .where(Assignment.ticket_id == ticket.ticket_id, Assignment.ended_at.is_(None))
        .values(ended_at=now, ended_by=act)
        .execution_options(synchronize_session=False)
    )


async def check_holder(session: AsyncSession, ticket: Ticket, viewer: Viewer, act: Act | None = None) -> None:
    """Nothing when the viewer may act on the ticket as it is held. Raises Locked, Conflict."""
    if ticket.holder_id == viewer.agent_id or (act in LEADS_MAY and viewer.is_lead):
        return
    if ticket.holder_id:
        raise Locked("%(name)s is working on this ticket.", name=await name_of(session, ticket.holder_id))
    if act not in NEEDS_NO_HOLDER and ticket.state in WAITING_IN_QUEUE:
        raise Conflict("Nobody works on this ticket yet; take it first.")


async def _stale(session: AsyncSession, ticket: Ticket, viewer: Viewer) -> Conflict:
    change = await last_change(session, ticket)
    if change is None:
        return Conflict("This ticket changed since you opened it; look at it again first.")
    if change.act == Act.RECEIVE:
        return Conflict("The customer wrote again since you opened this ticket; read that first.")
    if change.actor_id == viewer.agent_id:
        return Conflict("You changed this ticket in another window since; look at it again first.")
    return Conflict("%(name)s changed this ticket since you opened it; look at it again first.", name=change.actor_name)


def _facts(ticket: Ticket) -> Json:
    found = {name: getattr(ticket, name) for name in _WATCHED}
    return {
        name: value if value is None or isinstance(value, str | int | TicketState) else str(value)
        for name, value in found.items()
    }
