"""Events that nobody could handle: leads list them, let them be tried again, or give them up."""

from uuid import UUID

from fastapi import APIRouter, Response

from common import parked
from common.clock import now
from common.db import Reading, Transaction
from routing.api.documented import refuses
from routing.api.shapes import DeadLetterShown
from routing.identity import ActingLead, LeadsActOnly, LeadsOnly

router = APIRouter(prefix="/api/dead", tags=["dead letters"])


@router.get("", responses=refuses(), dependencies=[LeadsOnly])
async def list_dead(session: Reading) -> list[DeadLetterShown]:
    """The dead letters of routing, the oldest first."""
    return [DeadLetterShown.model_validate(letter) for letter in await parked.dead_letters(session)]


@router.post("/{letter_id}/replay", status_code=204, responses=refuses(404, 409), dependencies=[LeadsActOnly])
async def replay(letter_id: UUID, session: Transaction) -> Response:
    """Let the event be handled again, under its old id."""
    await parked.replay(session, letter_id, now())
    return Response(status_code=204)


@router.post("/{letter_id}/discard", status_code=204, responses=refuses(404))
async def discard(letter_id: UUID, session: Transaction, lead: ActingLead) -> Response:
    """Give the event up; what waited behind it goes on."""
    await parked.discard(session, letter_id, lead.username, now())
    return Response(status_code=204)
