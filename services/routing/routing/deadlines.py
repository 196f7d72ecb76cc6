"""The clocks of a ticket as rows: started with a promise, met by an answer, paused while the customer must act."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Rows
from routing.calendars import ALWAYS, Calendar, between, later
from routing.conversation import clocks_of
from routing.deciding import OFFICE
from routing.promises import Told
from routing.tables import Clock, Ticket

ANSWERS = ("first_response", "next_response")
MINUTE = timedelta(minutes=1)


def start(rows: Rows, ticket: Ticket, told: Told, now: datetime, *, again: bool = False) -> None:
    """Let the clocks of a promise run; `again` for a ticket that was answered before."""
    ticket.answer_by, ticket.solve_by, ticket.due_at = told.answer_by, told.solve_by, told.answer_by
    kinds = {"next_response" if again else "first_response": told.answer_by, "resolution": told.solve_by}
    rows.add_all(
        Clock(ticket_id=ticket.ticket_id, kind=kind, calendar=told.calendar, started_at=now, due_at=due)
        for kind, due in kinds.items()
    )


async def answered(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The customer has an answer: what counted towards that stops."""
    ticket.answered_at = ticket.answered_at or now
    clocks = await clocks_of(session, ticket.ticket_id, going=True)
    _stop([clock for clock in clocks if clock.kind in ANSWERS], now)
    _look_at_next(ticket, clocks)


async def solved(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The work is done: every clock stops."""
    _stop(await clocks_of(session, ticket.ticket_id, going=True), now)


async def dropped(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Nothing is owed any more: every clock stops without a result."""
    for clock in await clocks_of(session, ticket.ticket_id, going=True):
        clock.state, clock.stopped_at, clock.left_minutes = "dropped", now, None


async def paused(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The customer must act: the clocks stand still with what was left on them."""
    for clock in await clocks_of(session, ticket.ticket_id, going=True):
        if clock.state == "running":
            clock.state, clock.left_minutes = "paused", _left(clock, now)


async def resumed(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The clocks go on from what was left on them."""
    clocks = await clocks_of(session, ticket.ticket_id, going=True)
    for clock in clocks:
        if clock.left_minutes is not None:
            clock.due_at = _after(clock, now, clock.left_minutes)
            clock.state, clock.left_minutes = "running", None
    _look_at_next(ticket, clocks)


async def restart(session: AsyncSession, ticket: Ticket, told: Told, now: datetime) -> None:
    """A new promise in place of the old one: what still ran is dropped."""
    await dropped(session, ticket, now)
    await session.flush()  # the index of going clocks must see the old ones stopped before the new ones start
    start(session, ticket, told, now, again=ticket.answered_at is not None)


def _stop(clocks: Sequence[Clock], now: datetime) -> None:
    for clock in clocks:
        kept = clock.state == "paused" or now <= clock.due_at
        clock.state, clock.stopped_at, clock.left_minutes = "met" if kept else "missed", now, None


def _look_at_next(ticket: Ticket, clocks: Sequence[Clock]) -> None:
    ticket.due_at = min((clock.due_at for clock in clocks if clock.stopped_at is None), default=ticket.solve_by)


def _calendar(clock: Clock) -> Calendar:
    return ALWAYS if clock.calendar == ALWAYS.name else OFFICE


def _left(clock: Clock, now: datetime) -> int:
    """Open minutes until due; negative when late."""
    calendar = _calendar(clock)
    if now > clock.due_at:
        return -(between(calendar, clock.due_at, now) // MINUTE)
    return between(calendar, now, clock.due_at) // MINUTE


def _after(clock: Clock, now: datetime, minutes: int) -> datetime:
    """When a clock with this much left is due; one that was late is due at once."""
    return later(_calendar(clock), now, minutes * MINUTE) if minutes > 0 else now
