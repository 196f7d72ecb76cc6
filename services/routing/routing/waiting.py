"""Work that stands still until somebody does something, and goes on."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.events import TicketWaiting
from common.outbox import emit
from routing import deadlines
from routing.acting import Deed, Intent, acting, recording
from routing.alarm import arm
from routing.replies import wake, wake_or_pass_on
from routing.tables import Ticket
from routing.transitions import Act, Party, move

LONGEST_WAIT = timedelta(days=366)


async def wait(session: AsyncSession, intent: Intent, party: Party, until: datetime | None) -> Ticket:
    """The ticket standing still, in the same hands, until the party acts or the moment comes."""
    if until and until <= intent.now:
        raise BadInput("The moment to wait for has passed already.")
    if until and until > intent.now + LONGEST_WAIT:
        raise BadInput("The moment to wait for is too far away; at most a year.")
    async with acting(session, intent, Act.WAIT, cause=party, party=party) as ticket:
        await stand_still(session, ticket, party, until, intent.now)
    return ticket


async def resume(session: AsyncSession, intent: Intent) -> Ticket:
    """The ticket worked on again by its holder."""
    async with acting(session, intent, Act.RESUME) as ticket:
        await wake(session, ticket, intent.now)
    return ticket


async def wait_is_over(session: AsyncSession, ticket: Ticket, now: datetime) -> datetime | None:
    """The moment came that a ticket waited for: its holder goes on. When it waits longer now, the moment it does."""
    if ticket.waiting_until is None or ticket.waiting_until > now:
        return ticket.waiting_until
    with recording(session, ticket, Deed(Act.RESUME, now, cause="the wait is over")):
        ticket.state = move(Act.RESUME, ticket.state)
        ticket.is_unread = True
        await wake_or_pass_on(session, ticket, now)
    return None


async def stand_still(
    session: AsyncSession, ticket: Ticket, party: Party, until: datetime | None, now: datetime
) -> None:
    """Nobody works on the ticket for now; the clocks stop only when it is the customer's turn."""
    ticket.lease_until = None
    ticket.waiting_until = until
    ticket.asked_queue_id = None
    await deadlines.resumed(session, ticket, now)
    if party is Party.CUSTOMER:
        await deadlines.paused(session, ticket, now)
    if until:
        await arm(session, ticket, "wake", until)
    emit(session, TicketWaiting(ticket_id=ticket.ticket_id, waits_for=party.value, until=until, waiting_since=now))
