"""Events that nobody could handle: leads list them, let them be tried again, or give them up."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from common import parked
from common.clock import now
from common.db import Reading, Transaction
from common.errors import Forbidden
from routing.api.documented import refuses
from routing.api.shapes import DeadLetterShown
from routing.identity import Actor, Reader
from routing.viewer import Viewer

router = APIRouter(prefix="/api/dead", tags=["dead letters"])


def _lead(viewer: Viewer) -> Viewer:
    if not viewer.is_lead:
        raise Forbidden("Only team leads may do this.")
    return viewer


async def _reading_lead(viewer: Reader) -> Viewer:
    return _lead(viewer)


async def _acting_lead(viewer: Actor) -> Viewer:
    return _lead(viewer)


@router.get("", responses=refuses(), dependencies=[Depends(_reading_lead)])
async def list_dead(session: Reading) -> list[DeadLetterShown]:
    """The dead letters of routing, the oldest first."""
    return [DeadLetterShown.model_validate(letter) for letter in await parked.dead_letters(session)]


@router.post("/{letter_id}/replay", status_code=204, responses=refuses(404, 409), dependencies=[Depends(_acting_lead)])
async def replay(letter_id: UUID, session: Transaction) -> Response:
    """Let the event be handled again, under its old id."""
    await parked.replay(session, letter_id, now())
    return Response(status_code=204)


@router.post("/{letter_id}/discard", status_code=204, responses=refuses(404))
async def discard(letter_id: UUID, session: Transaction, lead: Annotated[Viewer, Depends(_acting_lead)]) -> Response:
    """Give the event up; what waited behind it goes on."""
    await parked.discard(session, letter_id, lead.username, now())
    return Response(status_code=204)
