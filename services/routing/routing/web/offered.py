"""What is offered to somebody at the desk: taken with one key, or declined with a reason and one more."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from common.clock import now
from common.db import Database, Transaction
from common.errors import Conflict, NotFound
from routing import offering
from routing.web.browser import OwnForm, Visitor, own_address, see

router = APIRouter(prefix="/desk/offers", include_in_schema=False)
LONGEST_REASON = 200


@router.post("/{offer_id}/accept")
async def accept(request: Request, viewer: Visitor, fields: OwnForm, offer_id: UUID) -> Response:  # noqa: ARG001
    """On to the ticket, which is theirs now; or a word that it went to somebody else."""
    database: Database = request.app.state.database
    try:
        async with database.transaction() as session:
            ticket = await offering.accept(session, viewer, offer_id, now())
    except (Conflict, NotFound):
        return see("/desk?done=offer_over")
    return see(f"/desk/tickets/{ticket.ticket_id}?done=take")


@router.post("/{offer_id}/decline")
async def decline(viewer: Visitor, fields: OwnForm, session: Transaction, offer_id: UUID) -> Response:
    """Back to where they were; the ticket is offered to the next."""
    await offering.decline(session, viewer, offer_id, now(), fields.get("reason", "")[:LONGEST_REASON])
    return see(own_address(fields.get("back", "/desk")))
