"""Internal tasks: one department asks another about a ticket, and gets an answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from common.vocabulary import TicketState
from routing import deadlines
from routing.acting import Deed, Intent, acting, recording
from routing.calendars import Calendar, between, later
from routing.clocks import share_of
from routing.deciding import rulebook
from routing.inputs import LONGEST_TEXT
from routing.queries import ticket_of, visible_to
from routing.replies import wake_or_pass_on, write_note
from routing.tables import InternalTask, Ticket
from routing.transitions import OPEN, Act, Party, move
from routing.viewer import Viewer
from routing.waiting import stand_still


@dataclass(frozen=True)
class Reply:
    """The answer to one question on one ticket."""

    ticket_id: UUID
    task_id: UUID
    words: str


class NoSuchTask(NotFound):
    """There is no such internal task, or not for this viewer."""


async def ask(session: AsyncSession, intent: Intent, queue_id: str, question: str) -> Ticket:
    """The ticket waiting for an answer from another department, in the same hands; the customer's clock runs on."""
    now = intent.now
    async with acting(session, intent, Act.ASK, cause=queue_id) as ticket:
        rules = await rulebook(session)
        if queue_id not in rules.queues:
            raise BadInput("There is no queue %(queue)s.", queue=queue_id)
        calendar = rules.times.of_queue(queue_id)
        task = InternalTask(
            ticket_id=ticket.ticket_id,
            queue_id=queue_id,
            from_queue_id=ticket.queue_id,
            question=question,
            asked_by=intent.viewer.agent_id,
            asked_at=now,
            due_at=due_within(calendar, ticket.solve_by, now),
        )
        session.add(task)
        deadlines.asked(session, task, between(calendar, now, task.due_at), rules.times)
        write_note(session, ticket, intent, question)
        first = await _first_open(session, ticket.ticket_id)
        await stand_still(session, ticket, Party.INTERNAL, None, now)
        ticket.asked_queue_id = first.queue_id if first else queue_id
    return ticket


async def answer(session: AsyncSession, viewer: Viewer, reply: Reply, now: datetime) -> Ticket:
    """The ticket with its question answered, back at work on top with who asked when nothing else is open."""
    task = await task_for(session, viewer, reply.task_id, reply.ticket_id)
    ticket = await ticket_of(session, task.ticket_id)
    await session.refresh(task)
    if task.answered_at:
        raise Conflict("This question was answered already.")
    if ticket.state not in OPEN:
        raise Conflict("The ticket is closed meanwhile; nobody needs the answer any more.")
    with recording(session, ticket, Deed(Act.RESUME, now, viewer, "question answered")):
        task.answer, task.answered_by, task.answered_at = reply.words, viewer.agent_id, now
        await deadlines.told(session, task, now)
        write_note(session, ticket, Intent(viewer, ticket.ticket_id, ticket.version, now), reply.words)
        if ticket.state is TicketState.WAITING_INTERNAL:
            await _one_answer_less(session, ticket, task, now)
    ticket.is_unread = True
    return ticket


async def task_for(session: AsyncSession, viewer: Viewer, task_id: UUID, ticket_id: UUID | None = None) -> InternalTask:
    """The question if the viewer may answer it: asked of a queue they work, or on a ticket they see."""
    wanted = select(InternalTask).join(Ticket, Ticket.ticket_id == InternalTask.ticket_id)
    wanted = wanted.where(InternalTask.task_id == task_id, or_(_asked_of(viewer), visible_to(viewer)))
    if ticket_id:
        wanted = wanted.where(InternalTask.ticket_id == ticket_id)
    if task := await session.scalar(wanted):
        return task
    raise NoSuchTask("There is no such question.")


async def questions_for(session: AsyncSession, viewer: Viewer, most: int = 100) -> list[tuple[InternalTask, Ticket]]:
    """The open questions asked of the viewer's queues with their tickets, the first due first."""
    wanted = select(InternalTask, Ticket).join(Ticket, Ticket.ticket_id == InternalTask.ticket_id)
    mine = wanted.where(InternalTask.answered_at.is_(None), Ticket.state.in_(OPEN), _asked_of(viewer))
    rows = await session.execute(mine.order_by(InternalTask.due_at, InternalTask.task_id).limit(most))
    return [(task, ticket) for task, ticket in rows]


def words_of(text: str) -> str:
    """The words of an answer as they are kept. Raises BadInput when there are none, or too many."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadInput("Write something first; at most 20,000 characters.")
    return text.strip()


def due_within(calendar: Calendar, solve_by: datetime, now: datetime) -> datetime:
    """When the department that works by this calendar must have answered: see `clocks.share_of`."""
    return later(calendar, now, share_of(between(calendar, now, solve_by)))


def _asked_of(viewer: Viewer) -> ColumnElement[bool]:
    return InternalTask.queue_id.in_(viewer.queue_ids)


async def _one_answer_less(session: AsyncSession, ticket: Ticket, task: InternalTask, now: datetime) -> None:
    """The ticket waits for the department that was asked next, or goes on when nobody owes an answer any more."""
    if following := await _first_open(session, task.ticket_id, but=task.task_id):
        ticket.asked_queue_id = following.queue_id
        return
    ticket.state = move(Act.RESUME, ticket.state)
    ticket.asked_queue_id = None
    await wake_or_pass_on(session, ticket, now)


async def _first_open(session: AsyncSession, ticket_id: UUID, *, but: UUID | None = None) -> InternalTask | None:
    """The question that is open longest."""
    still = select(InternalTask).where(InternalTask.ticket_id == ticket_id, InternalTask.answered_at.is_(None))
    if but:
        still = still.where(InternalTask.task_id != but)
    found: InternalTask | None = await session.scalar(still.order_by(InternalTask.asked_at).limit(1))
    return found
