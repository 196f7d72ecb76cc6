"""Questions of other departments: what my queues were asked, the first due on top, and a place to answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database, Reading
from common.errors import NotFound, Refusal
from common.texts import words
from routing import tasks
from routing.conversation import name_of, thread_of
from routing.deciding import rulebook
from routing.inputs import LONGEST_TEXT
from routing.queries import NoSuchTicket, ticket_for
from routing.tables import Ticket
from routing.viewer import Viewer
from routing.web.browser import OwnForm, Visitor, language_for, see, show

router = APIRouter(prefix="/desk/questions", include_in_schema=False)
TaskId = Annotated[UUID, Path()]


@router.get("")
async def show_questions(request: Request, viewer: Visitor, session: Reading) -> Response:
    """The open questions to my queues."""
    return await _list(request, viewer, session)


@router.get("/{task_id}")
async def show_question(request: Request, viewer: Visitor, session: Reading, task_id: TaskId) -> Response:
    """One question, with as much of its ticket as the viewer may see."""
    return await _question(request, viewer, session, task_id)


@router.post("/{task_id}")
async def answer(request: Request, viewer: Visitor, fields: OwnForm, task_id: TaskId) -> Response:
    """The answer, and on to the next question; when it is refused, the question again with what was typed."""
    database: Database = request.app.state.database
    body = fields.get("body", "")
    try:
        async with database.transaction() as session:
            task = await tasks.task_for(session, viewer, task_id)
            await tasks.answer(session, viewer, tasks.Reply(task.ticket_id, task_id, tasks.words_of(body)), now())
    except NotFound:
        raise
    except Refusal as refusal:
        said = words("routing", language_for(request, viewer)).gettext(refusal.sentence, **refusal.values)
        async with database.reading() as session:
            return await _question(request, viewer, session, task_id, (said, body, refusal.status))
    return see("/desk/questions?done=answered")


async def _list(request: Request, viewer: Viewer, session: AsyncSession) -> Response:
    asked = await tasks.questions_for(session, viewer)
    names = {queue.queue_id: queue.name for queue in (await rulebook(session)).queues.values()}
    done = request.query_params.get("done", "")
    return show(request, viewer, "questions.html", {"asked": asked, "queue_names": names, "done": done})


async def _question(
    request: Request, viewer: Viewer, session: AsyncSession, task_id: UUID, refused: tuple[str, str, int] | None = None
) -> Response:
    task = await tasks.task_for(session, viewer, task_id)
    ticket: Ticket | None
    try:
        ticket = await ticket_for(session, task.ticket_id, viewer)
    except NoSuchTicket:  # confidential, or of a queue the viewer does not see: then the question must say it all
        ticket = None
    names = {queue.queue_id: queue.name for queue in (await rulebook(session)).queues.values()}
    context = {
        "task": task,
        "ticket": ticket,
        "thread": await thread_of(session, ticket) if ticket else None,
        "asker": await name_of(session, task.asked_by),
        "answerer": await name_of(session, task.answered_by),
        "queue_names": names,
        "refused": refused[0] if refused else "",
        "typed": refused[1] if refused else "",
        "longest": LONGEST_TEXT,
    }
    return show(request, viewer, "question.html", context, status_code=refused[2] if refused else 200)
