"""What happens to a waiting ticket whose promise is in danger or broken: it goes first, or elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Bulk, plain
from routing import deadlines
from routing.acting import Deed, recording
from routing.clocks import Kind, Stage
from routing.deciding import rulebook, tell_routed
from routing.queries import ticket_of
from routing.tables import Audit, Clock, Ticket
from routing.transitions import WAITING_IN_QUEUE, Act, move

WAITING = frozenset(WAITING_IN_QUEUE)
CAUSES = {Stage.WARN: "the promise is in danger", Stage.BREACH: "the promise is broken"}
_RAISED = text("""
UPDATE ticket SET priority = new.priority, version = ticket.version + 1
FROM unnest(cast(:ticket_ids AS uuid[]), cast(:priorities AS int[])) AS new (ticket_id, priority)
WHERE ticket.ticket_id = new.ticket_id
""")


@dataclass(frozen=True)
class Raise:
    """A locked ticket that goes before others from now on, and why."""

    ticket_id: UUID
    version: int
    priority: int  # until now
    stage: Stage


async def raise_priority(session: AsyncSession, tickets: Iterable[Raise], now: datetime) -> None:
    """These tickets one priority higher, each with its audit row."""
    raised = list(tickets)
    if not raised:
        return
    values = {"ticket_ids": [each.ticket_id for each in raised], "priorities": [each.priority - 1 for each in raised]}
    await session.execute(_RAISED, values)
    rows = Bulk()
    rows.add_all(_raised(each, now) for each in raised)
    await rows.write(session)


async def move_on(session: AsyncSession, ticket_id: UUID, queue_id: str, now: datetime) -> None:
    """The late ticket in the queue that its own queue names for that."""
    ticket = await ticket_of(session, ticket_id)
    with recording(session, ticket, Deed(Act.TRANSFER, now, cause=CAUSES[Stage.BREACH])):
        ticket.state = move(Act.TRANSFER, ticket.state)
        ticket.came_from, ticket.queue_id, ticket.routed_at = ticket.queue_id, queue_id, now
        await deadlines.resumed(session, ticket, now)
    tell_routed(session, ticket, await rulebook(session), "transferred", now)


async def look_again(session: AsyncSession, tickets: Iterable[Ticket]) -> None:
    """These tickets in their places in the queue, after their clocks were made up anew."""
    of = {ticket.ticket_id: ticket for ticket in tickets}
    await session.flush()
    soonest = select(Clock.ticket_id, func.min(Clock.due_at)).where(
        Clock.ticket_id.in_(of), Clock.stopped_at.is_(None), Clock.kind != Kind.INTERNAL
    )
    for ticket_id, due_at in await session.execute(soonest.group_by(Clock.ticket_id)):
        of[ticket_id].due_at = due_at


def _raised(each: Raise, now: datetime) -> Audit:
    return plain(Audit)(
        ticket_id=each.ticket_id,
        version=each.version + 1,
        actor_name="Loket",
        act=Act.RAISE,
        cause=CAUSES[each.stage],
        before={"priority": each.priority},
        after={"priority": each.priority - 1},
        acted_at=now,
    )
