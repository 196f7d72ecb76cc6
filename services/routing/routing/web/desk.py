"""The desk: my work and the queues, one ticket, and what is known around it."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.auth import Seal, Staff
from common.clock import now
from common.db import Database, Reading, Transaction
from common.errors import BadInput, Conflict, NotFound, Refusal
from common.texts import words
from common.texts.labels import label
from common.vocabulary import HandlingClass, Topic
from routing import glass, work
from routing.acting import Intent
from routing.api.queues import cursor_after, place_of
from routing.asking import Question, Questions
from routing.finishing import VoidReason
from routing.inputs import Cursor
from routing.lifetimes import lifetime
from routing.viewer import Viewer
from routing.web import choices, offers, panes
from routing.web.browser import OwnForm, Visitor, language_for, see, show
from routing.web.files import files_of
from routing.web.reasons import why

router = APIRouter(prefix="/desk", include_in_schema=False)

NOTHING: Mapping[str, str] = {}
LONGEST_REASON = 200
QueueId = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Beside = Annotated[str | None, Query(alias="queue", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


@router.get("")
async def show_desk(request: Request, viewer: Visitor, session: Reading) -> Response:
    """My work, the queues, and a place to begin."""
    left = await panes.my_work(session, viewer, now())
    return _desk(request, viewer, left)


@router.get("/queues/{queue_id}")
async def show_queue(
    request: Request, viewer: Visitor, session: Reading, queue_id: QueueId, after: Cursor | None = None
) -> Response:
    """What waits in a queue."""
    left = await panes.waiting_in(session, viewer, queue_id, now(), place_of(after) if after else None)
    return _desk(request, viewer, left)


@router.get("/search")
async def search(
    request: Request, viewer: Visitor, session: Reading, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """What the words find."""
    return _desk(request, viewer, await panes.found(session, viewer, q.replace("\0", "").strip(), now()))


@router.post("/next")
async def take_next(request: Request, viewer: Visitor, fields: OwnForm) -> Response:
    """On to the ticket that should be worked on first."""
    questions: Questions = request.app.state.questions
    queue_id = fields.get("queue")
    staff = Staff(viewer.agent_id, viewer.session_id, viewer.role, viewer.username, viewer.language)
    given = await questions.ask(Question(staff, (queue_id,) if queue_id else None))
    return see(f"/desk/tickets/{given.ticket.ticket_id}" if given else "/desk?done=nothing")


@router.get("/tickets/{ticket_id}")
async def show_ticket(
    request: Request, viewer: Visitor, session: Reading, ticket_id: UUID, queue: Beside = None
) -> Response:
    """One ticket, beside my work or beside the queue it was opened from."""
    return await _ticket_page(request, viewer, session, ticket_id, {"beside": queue})


@router.post("/tickets/{ticket_id}")
async def act(request: Request, viewer: Visitor, fields: OwnForm, ticket_id: UUID) -> Response:
    """What a form asked for; when it is refused, the ticket as it stands now, with the typed text kept."""
    database: Database = request.app.state.database
    name = fields.get("act") or fields.get("mode", "")
    sent = {field: value for field, value in fields.items() if field not in {"act", "mode"}}
    try:
        offer, filled = offers.read(name, sent, _zone(request), now())
        async with database.transaction() as session:
            ticket = await offer.does(session, Intent(viewer, ticket_id, filled.version, now()), filled)
    except NotFound:
        raise
    except Refusal as refusal:
        said = words("routing", language_for(request, viewer)).gettext(refusal.sentence, **refusal.values)
        kept = {"refused": said, "refused_act": name, "typed": fields, "status": refusal.status}
        async with database.reading() as session:
            return await _ticket_page(request, viewer, session, ticket_id, kept)
    if ticket.holder_id == viewer.agent_id:
        return see(f"/desk/tickets/{ticket_id}?done={name}")
    return see(f"/desk?done={name}")


@router.post("/tickets/{ticket_id}/open")
async def break_glass(request: Request, viewer: Visitor, fields: OwnForm, ticket_id: UUID) -> Response:
    """The text of a confidential ticket for somebody of a partner who says why they must read it."""
    database: Database = request.app.state.database
    try:
        async with database.transaction() as session:
            await glass.break_glass(session, viewer, ticket_id, fields.get("reason", "")[:LONGEST_REASON], now())
    except (BadInput, Conflict) as refusal:
        said = words("routing", language_for(request, viewer)).gettext(refusal.sentence, **refusal.values)
        kept = {"refused": said, "typed": fields, "status": refusal.status}
        async with database.reading() as session:
            return await _ticket_page(request, viewer, session, ticket_id, kept)
    return see(f"/desk/tickets/{ticket_id}")


@router.post("/tickets/{ticket_id}/keep")
async def keep(viewer: Visitor, fields: OwnForm, session: Transaction, ticket_id: UUID) -> Response:  # noqa: ARG001
    """Somebody still reads this ticket of theirs: it stays with them."""
    await work.keep(session, viewer, ticket_id, now())
    return Response(status_code=204)


async def _ticket_page(
    request: Request, viewer: Viewer, session: AsyncSession, ticket_id: UUID, told: Mapping[str, object]
) -> Response:
    beside = told.get("beside")
    if isinstance(beside, str):
        left = await panes.waiting_in(session, viewer, beside, now())
    else:
        left = await panes.my_work(session, viewer, now())
    try:
        middle = await panes.ticket_pane(session, viewer, ticket_id)
    except NotFound:
        return _desk(request, viewer, left, {"is_missing": True}, status_code=404)
    status = told.get("status")
    lived = await lifetime(session, middle.ticket, middle.thread.clocks, now())
    around = {**_around(request, viewer, middle), "lived": lived}
    return _desk(request, viewer, left, {**around, **told}, status_code=status if isinstance(status, int) else 200)


def _around(request: Request, viewer: Viewer, pane: panes.TicketPane) -> Mapping[str, object]:
    """What the ticket's panes say in the viewer's language, and the links only this viewer gets."""
    language = language_for(request, viewer)
    said = words("routing", language)
    choice = pane.thread.choice
    seal: Seal = request.app.state.seal
    return {
        "pane": pane,
        "why": why(pane.ticket, pane.thread.decision, pane.thread.history, said),
        "chosen": choices.sentence(choice, said) if choice and pane.ticket.holder_id == choice.agent_id else "",
        "candidates": choices.candidates(choice, said) if choice and viewer.is_lead else [],
        "files": files_of(pane.thread.messages, seal, request.app.state.public_url, now()),
        "classes": list(HandlingClass),
        "topic_options": [(topic.value, label(topic, language)) for topic in Topic],
        "queue_options": [(queue.queue_id, said.gettext(queue.name)) for queue in pane.moves_to],
        "void_reasons": list(VoidReason),
        "split_id": uuid7(),
    }


def _desk(
    request: Request,
    viewer: Viewer,
    left: panes.ListPane,
    context: Mapping[str, object] | None = None,
    *,
    status_code: int = 200,
) -> Response:
    done = request.query_params.get("done", "")
    absent = {"pane": None, "is_missing": False, "done": done, "refused": "", "refused_act": "", "typed": NOTHING}
    more = cursor_after(left.tickets[-1]) if left.more else ""
    around = {"left": left, "more": more, "queue_names": {q.queue_id: q.name for q in left.queues}}
    return show(request, viewer, "desk.html", {**absent, **around, **(context or {})}, status_code=status_code)


def _zone(request: Request) -> ZoneInfo:
    zone: ZoneInfo = request.app.state.zone
    return zone
