"""Named reads of tickets and queues; who may see what stands inside each of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement, exists, func, literal_column, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.vocabulary import Role, Sensitivity, Tier
from routing.masking import masked
from routing.tables import OpenedText, Queue, Ticket
from routing.viewer import Viewer

# Written out, not bound: the planner must see that the partial index holds these states and no others.
IN_QUEUE: ColumnElement[bool] = literal_column("ticket.state IN ('needs_triage', 'queued', 'reopened')")
ORDER = (Ticket.priority, Ticket.due_at, Ticket.submitted_at, Ticket.ticket_id)


class NoSuchTicket(NotFound):
    """There is no such ticket, or not for this viewer."""


class NoSuchQueue(NotFound):
    """There is no such queue, or not for this viewer."""


@dataclass(frozen=True)
class Place:
    """Where a ticket stands in the order of its queue."""

    priority: Annotated[int, Field(ge=1, le=5)]
    due_at: AwareDatetime
    submitted_at: AwareDatetime
    ticket_id: UUID


@dataclass(frozen=True)
class QueueSeen:
    """A queue and how it does."""

    queue_id: str
    name: str
    tier: Tier
    partner: str | None
    is_mine: bool
    waiting: int
    oldest: datetime | None  # when the longest waiting need came in
    breaching: int  # past due


async def ticket_for(session: AsyncSession, ticket_id: UUID, viewer: Viewer, *, lock: bool = False) -> Ticket:
    """The ticket if the viewer may see it (locked until commit if `lock`); otherwise it does not exist."""
    seen = select(Ticket).where(Ticket.ticket_id == ticket_id, visible_to(viewer))
    if lock:
        seen = seen.with_for_update().execution_options(populate_existing=True)
    if ticket := await session.scalar(seen):
        return ticket
    raise NoSuchTicket("There is no such ticket.")


async def ticket_of(session: AsyncSession, ticket_id: UUID) -> Ticket:
    """The ticket an event or a timer is about, locked until commit. Raises NoSuchTicket."""
    wanted = select(Ticket).where(Ticket.ticket_id == ticket_id).with_for_update()
    if ticket := await session.scalar(wanted.execution_options(populate_existing=True)):
        return ticket
    raise NoSuchTicket("There is no such ticket.")


async def ticket_shown(session: AsyncSession, ticket_id: UUID, viewer: Viewer) -> Ticket:
    """The ticket to look at, without its words when a partner may know of it and not read it. Raises NoSuchTicket."""
    if viewer.role is not Role.PARTNER:
        return await ticket_for(session, ticket_id, viewer)
    wanted = select(Ticket, visible_to(viewer)).where(Ticket.ticket_id == ticket_id, _within_reach(viewer))
    if found := (await session.execute(wanted)).one_or_none():
        ticket, may_read = found
        return ticket if may_read else masked(session, ticket)
    raise NoSuchTicket("There is no such ticket.")


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Which tickets the viewer may read: of visible queues and in hand; confidential ones with clearance, or opened."""
    if viewer.sees_confidential:
        return _within_reach(viewer)
    cleared = Ticket.sensitivity == Sensitivity.NORMAL
    if viewer.role is Role.PARTNER:
        cleared |= _opened_by(viewer)
    return _within_reach(viewer) & cleared


def _within_reach(viewer: Viewer) -> ColumnElement[bool]:
    where = true() if viewer.sees_all_queues else Ticket.queue_id.in_(viewer.queue_ids)
    return or_(Ticket.holder_id == viewer.agent_id, where)


def _opened_by(viewer: Viewer) -> ColumnElement[bool]:
    """Confidential tickets whose glass this viewer broke: for a while, and while they hold them."""
    return exists().where(
        OpenedText.ticket_id == Ticket.ticket_id,
        OpenedText.agent_id == viewer.agent_id,
        or_(OpenedText.until > func.now(), Ticket.holder_id == viewer.agent_id),
    )


async def queue_for(session: AsyncSession, queue_id: str, viewer: Viewer) -> Queue:
    """The queue if the viewer may see it; otherwise it does not exist."""
    queue = await session.get(Queue, queue_id)
    if queue is None or not viewer.sees_queue(queue_id):
        raise NoSuchQueue("There is no such queue.")
    return queue


async def queues_seen_by(
    session: AsyncSession, viewer: Viewer, now: datetime, *, most: int | None = None
) -> list[QueueSeen]:
    """The queues the viewer may see, in their order, with what waits in each.

    With `most`, only so many of each queue are looked at, the next to be taken first: quick however long they are.
    """
    knows = viewer.sees_confidential or viewer.role is Role.PARTNER  # of confidential ones, if not what they say
    cleared = true() if knows else Ticket.sensitivity == Sensitivity.NORMAL
    of_queue = select(Ticket.submitted_at, Ticket.due_at).where(Ticket.queue_id == Queue.queue_id, IN_QUEUE, cleared)
    seen = of_queue.order_by(*ORDER).limit(most).correlate(Queue).subquery()
    counted = select(
        func.count().label("waiting"),
        func.min(seen.c.submitted_at).label("oldest"),
        func.count().filter(seen.c.due_at < now).label("breaching"),
    ).lateral()
    wanted = select(Queue, counted).join(counted, true()).order_by(Queue.position)
    if not viewer.sees_all_queues:
        wanted = wanted.where(Queue.queue_id.in_(viewer.queue_ids))
    rows = await session.execute(wanted)
    return [
        QueueSeen(
            q.queue_id,
            q.name,
            q.tier,
            q.partner,
            q.queue_id in viewer.queue_ids,
            waiting,
            oldest,
            breaching,
        )
        for q, waiting, oldest, breaching in rows
    ]


async def open_queue(
    session: AsyncSession, queue_id: str, viewer: Viewer, *, after: Place | None = None, most: int = 50
) -> list[Ticket]:
    """What waits in a queue, the next to be taken first, from after a place on. Raises NoSuchQueue."""
    await queue_for(session, queue_id, viewer)
    is_partner = viewer.role is Role.PARTNER
    may_read = visible_to(viewer)
    wanted = select(Ticket, may_read if is_partner else true()).where(
        Ticket.queue_id == queue_id, IN_QUEUE, _within_reach(viewer) if is_partner else may_read
    )
    if after:
        wanted = wanted.where(tuple_(*ORDER) > (after.priority, after.due_at, after.submitted_at, after.ticket_id))
    rows = (await session.execute(wanted.order_by(*ORDER).limit(most))).all()
    return [ticket if readable else masked(session, ticket) for ticket, readable in rows]


async def held_by(session: AsyncSession, viewer: Viewer) -> list[Ticket]:
    """What the viewer has in hand: first what they did not see yet, such as an answer, then the most urgent."""
    wanted = select(Ticket).where(Ticket.holder_id == viewer.agent_id, visible_to(viewer))
    return list(await session.scalars(wanted.order_by(Ticket.is_unread.desc(), *ORDER)))


async def others_of(session: AsyncSession, ticket: Ticket, viewer: Viewer, most: int = 10) -> list[Ticket]:
    """Other tickets of the same person, the latest first."""
    wanted = select(Ticket).where(
        Ticket.person_id == ticket.person_id, Ticket.ticket_id != ticket.ticket_id, visible_to(viewer)
    )
    return list(await session.scalars(wanted.order_by(Ticket.submitted_at.desc()).limit(most)))
