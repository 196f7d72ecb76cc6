"""Internal tasks: one department asks another about a ticket, and gets an answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from common.vocabulary import TicketState
from routing.acting import Deed, Intent, acting, recording
from routing.calendars import between, later
from routing.deciding import OFFICE, rulebook
from routing.queries import ticket_of, visible_to
from routing.replies import wake, write_note
from routing.tables import InternalTask, Ticket
from routing.transitions import Act, Party, move
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
        if queue_id not in (await rulebook(session)).queues:
            raise BadInput("There is no queue %(queue)s.", queue=queue_id)
        session.add(
            InternalTask(
                ticket_id=ticket.ticket_id,
                queue_id=queue_id,
                question=question,
                asked_by=intent.viewer.agent_id,
                asked_at=now,
                due_at=due_within(ticket.solve_by, now),
            )
        )
        write_note(session, ticket, intent, question)
        await stand_still(session, ticket, Party.INTERNAL, None, now)
    return ticket


async def answer(session: AsyncSession, viewer: Viewer, reply: Reply, now: datetime) -> Ticket:
    """The ticket with its question answered, back at work with who asked when nothing else is open."""
    seen = select(InternalTask).join(Ticket, Ticket.ticket_id == InternalTask.ticket_id)
    asked = InternalTask.queue_id.in_(viewer.queue_ids)
    task = await session.scalar(
        seen.where(
            InternalTask.task_id == reply.task_id, Ticket.ticket_id == reply.ticket_id, visible_to(viewer) | asked
        )
    )
    if task is None:
        raise NoSuchTask("There is no such question.")
    ticket = await ticket_of(session, task.ticket_id)
    await session.refresh(task)
    if task.answered_at:
        raise Conflict("This question was answered already.")
    with recording(session, ticket, Deed(Act.RESUME, now, viewer, "question answered")):
        task.answer, task.answered_by, task.answered_at = reply.words, viewer.agent_id, now
        write_note(session, ticket, Intent(viewer, ticket.ticket_id, ticket.version, now), reply.words)
        ticket.is_unread = True
        if ticket.state is TicketState.WAITING_INTERNAL and not await _others_open(session, task):
            ticket.state = move(Act.RESUME, ticket.state)
            await wake(session, ticket, now)
    return ticket


def due_within(solve_by: datetime, now: datetime) -> datetime:
    """When another department must have answered: half of the working time that is left of the promise."""
    left = between(OFFICE, now, solve_by)
    return later(OFFICE, now, left / 2) if left else now


async def _others_open(session: AsyncSession, task: InternalTask) -> bool:
    still = select(InternalTask.task_id).where(
        InternalTask.ticket_id == task.ticket_id,
        InternalTask.task_id != task.task_id,
        InternalTask.answered_at.is_(None),
    )
    return await session.scalar(still.limit(1)) is not None
