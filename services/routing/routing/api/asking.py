"""The busiest route of the staff: whoever is done asks for the next ticket."""

from fastapi import APIRouter, Request, Response

from common.shortcut import LeanRoute
from routing.api.documented import body_of, refuses
from routing.api.reading import read
from routing.api.shapes import TicketShown
from routing.asking import Question, Questions
from routing.identity import told_by
from routing.inputs import Wish

router = APIRouter(prefix="/api/work", tags=["work"], route_class=LeanRoute)


@router.post(
    "/next",
    response_model=TicketShown,
    responses={**refuses(404), 204: {"description": "Nothing waits."}},
    openapi_extra=body_of(Wish),
)
async def take_next(request: Request) -> Response:
    """The ticket that should be worked on first, now leased to the caller."""
    questions: Questions = request.app.state.questions
    told = told_by(request)
    wish = await read(request, Wish)
    given = await questions.ask(Question(told, tuple(wish.queues) if wish.queues else None))
    if given is None:
        return Response(status_code=204)
    shown = TicketShown.of(given.ticket, {given.viewer.agent_id: given.viewer.name})
    return Response(shown.model_dump_json(by_alias=True), media_type="application/json")
