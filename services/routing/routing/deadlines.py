"""The clocks of a ticket as rows: started with a promise, met by an answer, paused while the customer must act."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Rows, fit
from common.vocabulary import TicketState
from routing.calendars import ALWAYS, Calendar, between
from routing.clocks import NONE, Account, Kind, Stretch, account, clipped, due, ladder, upcoming
from routing.conversation import clocks_of
from routing.promises import Told
from routing.stretches import stretches_of
from routing.tables import Clock, InternalTask, QueueTime, Ticket
from routing.timetables import Timetable, timetable

ANSWERS = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE)
MINUTE = timedelta(minutes=1)


def start(rows: Rows, ticket: Ticket, told: Told, manners: QueueTime, now: datetime) -> None:
    """Let the clocks of a first promise run."""
    ticket.answer_by, ticket.solve_by, ticket.due_at = told.answer_by, told.solve_by, told.answer_by
    for kind in (Kind.FIRST_RESPONSE, Kind.RESOLUTION):
        clock = _clock(ticket, kind, told, now, fit(rows, Clock))
        _plan(clock, told.calendar, manners)
        rows.add(clock)


async def answered(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The customer has an answer: what counted towards that stops."""
    ticket.answered_at = ticket.answered_at or now
    clocks, times = await _going(session, ticket), await timetable(session)
    _stop([clock for clock in clocks if clock.kind in ANSWERS], times, now)
    _look_at_next(ticket, clocks)


async def asked_again(session: AsyncSession, ticket: Ticket, told: Told, now: datetime) -> None:
    """The customer wrote on a ticket that was answered: they may count on another answer."""
    clocks = await _going(session, ticket)
    if ticket.answered_at is None or any(clock.kind in ANSWERS for clock in clocks):
        return
    manners = (await timetable(session)).of(ticket.queue_id)
    clock = _clock(ticket, Kind.NEXT_RESPONSE, told, now)
    _plan(clock, told.calendar, manners)
    session.add(clock)
    _look_at_next(ticket, [*clocks, clock])


async def solved(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The work is done: every clock stops, and nobody need answer questions about it any more."""
    clocks, times = await _unstopped(session, ticket.ticket_id), await timetable(session)
    _stop([clock for clock in clocks if clock.kind != Kind.INTERNAL], times, now)
    _drop([clock for clock in clocks if clock.kind == Kind.INTERNAL], times, now)


async def dropped(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Nothing is owed any more: every clock stops without a result."""
    _drop(await _unstopped(session, ticket.ticket_id), await timetable(session), now)


async def paused(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The customer must act: the clocks stand still with what was left on them."""
    times = await timetable(session)
    for clock in await _going(session, ticket):
        if clock.state == "running":
            count(clock, times, now)
            stand_still(clock)


async def resumed(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The clocks go on from what was left on them, in the open time of the queue that the ticket is in now."""
    times = await timetable(session)
    clocks = await _going(session, ticket)
    for clock in clocks:
        if clock.state == "running" and clock.queue_id == ticket.queue_id:
            continue
        count(clock, times, now)
        clock.queue_id = ticket.queue_id
        if clock.calendar != ALWAYS.name:
            clock.calendar = times.of(ticket.queue_id).calendar_id
        run_on(clock, times)
    _look_at_next(ticket, clocks)


async def restart(session: AsyncSession, ticket: Ticket, told: Told, now: datetime) -> None:
    """A new promise on a ticket that is work again: what still ran is dropped."""
    await _drop_all(session, ticket, now)
    manners = (await timetable(session)).of(ticket.queue_id)
    kind = Kind.NEXT_RESPONSE if ticket.answered_at else Kind.FIRST_RESPONSE
    clocks = [_clock(ticket, each, told, now) for each in (kind, Kind.RESOLUTION)]
    for clock in clocks:
        _plan(clock, told.calendar, manners)
    session.add_all(clocks)
    ticket.answer_by, ticket.solve_by = told.answer_by, told.solve_by
    _look_at_next(ticket, clocks)


async def judged_anew(session: AsyncSession, ticket: Ticket, told: Told, now: datetime) -> None:
    """The promise of another kind of work in place of the old one, counted from the same beginnings without pauses."""
    before = await _going(session, ticket)
    await _drop_all(session, ticket, now)
    times = await timetable(session)
    clocks = []
    for old in before:
        clock = _clock(ticket, Kind(old.kind), told, now)
        clock.started_at, clock.spent, clock.counted_at = old.started_at, old.spent, old.counted_at
        if (old.calendar == ALWAYS.name) != (clock.calendar == ALWAYS.name):
            recount(clock, (await stretches_of(session, [ticket], times))[ticket.ticket_id], times)
        run_on(clock, times)
        if ticket.state is TicketState.WAITING_CUSTOMER:
            stand_still(clock)
        clocks.append(clock)
        if old.kind == Kind.RESOLUTION:
            ticket.solve_by = max(clock.due_at, now)
        else:
            ticket.answer_by = max(clock.due_at, now)
    ticket.solve_by = max(ticket.solve_by, ticket.answer_by)
    session.add_all(clocks)
    _look_at_next(ticket, clocks)


def shorten(clock: Clock, allowed: timedelta, share: float | None, times: Timetable, now: datetime) -> None:
    """A better promise on a clock that goes on: less time, counted from the same beginning, in a new epoch."""
    count(clock, times, now)
    clock.allowed, clock.share, clock.promised_at = allowed, share, now
    clock.epoch += 1
    if clock.state == "running":
        run_on(clock, times)
    else:
        stand_still(clock)


async def asked_sooner(
    session: AsyncSession, task: InternalTask, allowed: timedelta, times: Timetable, now: datetime
) -> None:
    """The clock of a question that must be answered sooner than was asked."""
    for clock in await _unstopped(session, task.ticket_id):
        if clock.task_id == task.task_id:
            shorten(clock, allowed, clock.share, times, now)


def asked(session: AsyncSession, task: InternalTask, allowed: timedelta, times: Timetable) -> None:
    """The clock of a question to another department, in that department's open time."""
    manners = times.of(task.queue_id)
    clock = Clock(
        ticket_id=task.ticket_id,
        kind=Kind.INTERNAL,
        queue_id=task.queue_id,
        calendar=manners.calendar_id,
        started_at=task.asked_at,
        promised_at=task.asked_at,
        allowed=allowed,
        counted_at=task.asked_at,
        due_at=task.due_at,
        task_id=task.task_id,
    )
    _plan(clock, times.calendar(clock.calendar), manners)
    session.add(clock)


async def told(session: AsyncSession, task: InternalTask, now: datetime) -> None:
    """A question has its answer: its clock stops."""
    clocks = await _unstopped(session, task.ticket_id)
    _stop([clock for clock in clocks if clock.task_id == task.task_id], await timetable(session), now)


def recount(clock: Clock, lived: Iterable[Stretch], times: Timetable) -> None:
    """Make up the account of a clock from everything its ticket lived through, by the calendars as they are now."""
    if clock.kind == Kind.INTERNAL:
        calendar = times.calendar(clock.calendar)
        keep(clock, Account(NONE, clock.started_at, due(calendar, clock.allowed, NONE, clock.started_at)))
    else:
        if clock.calendar == ALWAYS.name:
            lived = [replace(stretch, calendar=ALWAYS) for stretch in lived]
        keep(clock, account(clock.allowed, clipped(lived, clock.started_at, None)))
    if clock.state == "running":
        run_on(clock, times)


def keep(clock: Clock, account: Account) -> None:
    """Write the account into the clock."""
    clock.spent, clock.counted_at = account.spent, account.counted_at
    clock.due_at = account.due_at or clock.due_at
    if clock.state == "paused":
        clock.left_minutes = (clock.allowed - clock.spent) // MINUTE


def count(clock: Clock, times: Timetable, now: datetime) -> None:
    """Bring the account of a clock up to date."""
    if clock.state == "running" and now > clock.counted_at:
        clock.spent += between(times.calendar(clock.calendar), clock.counted_at, now)
    clock.counted_at = max(now, clock.counted_at)


def stand_still(clock: Clock) -> None:
    """Stop a clock for as long as the customer must act, with what is left on it."""
    clock.state, clock.left_minutes = "paused", (clock.allowed - clock.spent) // MINUTE
    clock.next_stage, clock.next_at = None, None


def run_on(clock: Clock, times: Timetable) -> None:
    """Let a clock run from the moment its account is made up to; one that is late stays due when it was."""
    calendar = times.calendar(clock.calendar)
    clock.state, clock.left_minutes = "running", None
    if clock.spent < clock.allowed:
        clock.due_at = due(calendar, clock.allowed, clock.spent, clock.counted_at)
    _plan(clock, calendar, times.of(clock.queue_id))


def _clock(ticket: Ticket, kind: Kind, told: Told, now: datetime, row: type[Clock] = Clock) -> Clock:
    is_answer = kind in ANSWERS
    return row(
        ticket_id=ticket.ticket_id,
        kind=kind,
        queue_id=ticket.queue_id,
        calendar=told.calendar.name,
        started_at=told.since,
        promised_at=now,
        allowed=told.answer_in if is_answer else told.solve_in,
        counted_at=told.since,
        due_at=told.answer_by if is_answer else told.solve_by,
        share=told.share,
    )


def _plan(clock: Clock, calendar: Calendar, manners: QueueTime) -> None:
    steps = ladder(manners.warn_percent, is_internal=clock.kind == Kind.INTERNAL)
    spent = Account(clock.spent, clock.counted_at, None)
    coming = upcoming(steps, clock.passed, calendar, clock.allowed, spent)
    clock.next_stage, clock.next_at = coming or (None, None)


def _stop(clocks: Iterable[Clock], times: Timetable, now: datetime) -> None:
    for clock in clocks:
        count(clock, times, now)
        _end(clock, "met" if clock.spent <= clock.allowed else "missed", now)


def _drop(clocks: Iterable[Clock], times: Timetable, now: datetime) -> None:
    for clock in clocks:
        count(clock, times, now)
        _end(clock, "dropped", now)


def _end(clock: Clock, state: str, now: datetime) -> None:
    clock.state, clock.stopped_at, clock.left_minutes = state, now, None
    clock.next_stage, clock.next_at = None, None


async def _drop_all(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    _drop(await _going(session, ticket), await timetable(session), now)
    await session.flush()  # the index of going clocks must see the old ones stopped before the new ones start


async def _unstopped(session: AsyncSession, ticket_id: UUID) -> list[Clock]:
    """The ticket's clocks that go on; the session may know of a stop that the database does not know yet."""
    return [clock for clock in await clocks_of(session, ticket_id, going=True) if clock.stopped_at is None]


async def _going(session: AsyncSession, ticket: Ticket) -> list[Clock]:
    """The clocks of promises to the customer that go on."""
    return [clock for clock in await _unstopped(session, ticket.ticket_id) if clock.kind != Kind.INTERNAL]


def _look_at_next(ticket: Ticket, clocks: Sequence[Clock]) -> None:
    ticket.due_at = min((clock.due_at for clock in clocks if clock.stopped_at is None), default=ticket.solve_by)
