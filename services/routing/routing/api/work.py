"""Tickets as work: found, taken, looked at."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading, Transaction
from routing import glass, queries
from routing.api.documented import refuses
from routing.api.shapes import TicketPage, TicketShown, WorkShown
from routing.conversation import thread_of
from routing.deciding import rulebook
from routing.identity import Actor, Reader
from routing.inputs import Opening, Sought
from routing.masking import fit_for, is_masked
from routing.people import names_of
from routing.permitted import permitted
from routing.searching import Search, found_by
from routing.tables import Ticket
from routing.viewer import Viewer

router = APIRouter(prefix="/api/work", tags=["work"])


@router.get("", responses=refuses())
async def find_work(viewer: Reader, session: Reading, sought: Annotated[Sought, Query()]) -> TicketPage:
    """Tickets found by words, reference or e-mail address; without any of these, what the viewer holds."""
    search = Search(sought.q, sought.reference, sought.email)
    if search.is_empty:
        found = await queries.held_by(session, viewer)
    else:
        found = await found_by(session, search, viewer, sought.limit)
    return TicketPage(tickets=await shown(session, found))


@router.get("/{ticket_id}", responses=refuses(404))
async def show_work(ticket_id: UUID, viewer: Reader, session: Reading) -> WorkShown:
    """A ticket and everything around it."""
    ticket = await queries.ticket_shown(session, ticket_id, viewer)
    return await _whole(session, viewer, ticket)


@router.post("/{ticket_id}/open", responses=refuses(404, 409, 423))
async def break_glass(ticket_id: UUID, sent: Opening, viewer: Actor, session: Transaction) -> WorkShown:
    """A confidential ticket of a partner's queue, readable to the caller for a while; the reason is kept for ever."""
    ticket = await glass.break_glass(session, viewer, ticket_id, sent.reason, now())
    return await _whole(session, viewer, ticket)


async def _whole(session: AsyncSession, viewer: Viewer, ticket: Ticket) -> WorkShown:
    tier = (await rulebook(session)).queues[ticket.queue_id].tier
    acts = permitted(viewer, ticket.state, ticket.holder_id, ticket.queue_id, tier)
    thread = fit_for(ticket, await thread_of(session, ticket))
    return WorkShown.of(
        (await shown(session, [ticket]))[0],
        thread,
        ["open"] if is_masked(ticket) else sorted(acts),
        is_lead=viewer.is_lead,
    )


async def shown(session: AsyncSession, tickets: Sequence[Ticket]) -> list[TicketShown]:
    """The tickets as the API shows them, with the names of who holds them."""
    names = await names_of(session, [ticket.holder_id for ticket in tickets])
    return [TicketShown.of(ticket, names) for ticket in tickets]
