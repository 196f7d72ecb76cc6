"""Who held a ticket from when to when, as rows: written as hands change, read as one line without gaps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Rows
from routing.calendars import Calendar
from routing.clocks import Holder, HolderKind, Stretch, holder
from routing.tables import Stretch as StretchRow
from routing.tables import Ticket
from routing.timetables import Timetable


@dataclass(frozen=True)
class Hands:
    """Whose a ticket is at a moment: the holder, the queue it stands in, and the person if somebody works on it."""

    holder: Holder
    own_queue_id: str
    agent_id: UUID | None


def hands_of(ticket: Ticket) -> Hands:
    """Whose the ticket is now."""
    found = holder(ticket.state, ticket.queue_id, ticket.asked_queue_id)
    return Hands(found, ticket.queue_id, ticket.holder_id)


def hand_over(rows: Rows, ticket: Ticket, before: Hands, now: datetime) -> None:
    """Write down how long the ticket was in the hands it was in before, when they are others now."""
    if hands_of(ticket) == before:
        return
    began_at = ticket.held_since or ticket.submitted_at
    if now > began_at:
        rows.add(
            StretchRow(
                ticket_id=ticket.ticket_id,
                began_at=began_at,
                ended_at=now,
                holder_kind=before.holder.kind,
                queue_id=before.holder.queue_id,
                own_queue_id=before.own_queue_id,
                agent_id=before.agent_id,
            )
        )
        ticket.held_since = now


async def stretches_of(
    session: AsyncSession, tickets: Sequence[Ticket], times: Timetable, *, calendar: Calendar | None = None
) -> Mapping[UUID, list[Stretch]]:
    """Everything that each ticket lived through, in order and without gaps; the last stretch goes on.

    Counted in the calendar of the queue it stood in each time, or all in the one given.
    """
    ids = [ticket.ticket_id for ticket in tickets]
    wanted = select(StretchRow).where(StretchRow.ticket_id.in_(ids)).order_by(StretchRow.ticket_id, StretchRow.began_at)
    found: defaultdict[UUID, list[Stretch]] = defaultdict(list)
    for row in await session.scalars(wanted):
        by = Holder(HolderKind(row.holder_kind), row.queue_id)
        counted = calendar or times.of_queue(row.own_queue_id)
        found[row.ticket_id].append(Stretch(row.began_at, row.ended_at, by, counted))
    for ticket in tickets:
        began_at, hands = ticket.held_since or ticket.submitted_at, hands_of(ticket)
        counted = calendar or times.of_queue(ticket.queue_id)
        found[ticket.ticket_id].append(Stretch(began_at, None, hands.holder, counted))
    return found
