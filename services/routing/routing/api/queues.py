"""Queues and what waits in them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import TypeAdapter

from common.clock import now
from common.db import Reading
from common.errors import BadInput
from routing import queries
from routing.api.documented import refuses
from routing.api.shapes import QueueShown, TicketPage, TicketShown
from routing.identity import Reader
from routing.inputs import Cursor
from routing.tables import Ticket

router = APIRouter(prefix="/api", tags=["queues"])
QueuePath = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_PLACE = TypeAdapter(queries.Place)


@router.get("/queues", responses=refuses())
async def list_queues(viewer: Reader, session: Reading) -> list[QueueShown]:
    """The queues that exist for the viewer."""
    return [QueueShown.model_validate(seen) for seen in await queries.queues_seen_by(session, viewer, now())]


@router.get("/queues/{queue_id}/tickets", responses=refuses(404))
async def list_waiting(
    queue_id: QueuePath,
    viewer: Reader,
    session: Reading,
    after: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TicketPage:
    """What waits in a queue, the next to be taken first."""
    place = place_of(after) if after else None
    found = await queries.open_queue(session, queue_id, viewer, after=place, most=limit + 1)
    tickets = found[:limit]
    more = cursor_after(tickets[-1]) if len(found) > limit else None
    return TicketPage(tickets=[TicketShown.of(ticket, {}) for ticket in tickets], after=more)


def cursor_after(ticket: Ticket) -> str:
    """Where the page after this ticket begins, as clients hand it back."""
    place = queries.Place(ticket.priority, ticket.due_at, ticket.submitted_at, ticket.ticket_id)
    return urlsafe_b64encode(_PLACE.dump_json(place)).decode().rstrip("=")


def place_of(cursor: str) -> queries.Place:
    """The place a cursor stands for. Raises BadInput when it is none of ours."""
    try:
        place = _PLACE.validate_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise BadInput("This is no place in a queue; start at its beginning.") from error
    if not (EARLIEST < place.due_at < LATEST and EARLIEST < place.submitted_at < LATEST):
        raise BadInput("This is no place in a queue; start at its beginning.")
    return place
