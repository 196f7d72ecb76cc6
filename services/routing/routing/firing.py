"""What comes to pass on the way to a deadline, each once, in batches: looked ahead, warned, broken, made up anew."""

from asyncio import gather
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Bulk, plain
from common.db import Database
from common.log import logger
from common.singly import claimed_or_singly
from common.vocabulary import TicketState
from routing import honesty, late
from routing.calendars import Calendar, between
from routing.clocks import Account, Kind, Stage, due, ladder, reached, upcoming
from routing.deadlines import recount, run_on
from routing.stretches import stretches_of
from routing.tables import Clock, Fired, LeadAlert, QueueTime, Ticket
from routing.timetables import Timetable, timetable

log = logger(__name__)

BATCH = 500
AT_ONCE = 3  # batches, when one was full
PUT_OFF = timedelta(minutes=1)
# Written out, not bound: the planner must see that the partial indexes hold these stages and no others.
IS_STAGE: ColumnElement[bool] = literal_column("clock.next_stage <> 'recount'")
IS_RECOUNT: ColumnElement[bool] = literal_column("clock.next_stage = 'recount'")
_OF_CLOCK = (
    *(Clock.clock_id, Clock.kind, Clock.queue_id, Clock.calendar, Clock.allowed, Clock.spent, Clock.counted_at),
    *(Clock.due_at, Clock.passed, Clock.epoch, Clock.next_stage, Clock.promised_at),
)
_OF_TICKET = (
    Ticket.ticket_id,
    Ticket.state,
    Ticket.priority,
    Ticket.version,
    Ticket.queue_id.label("stands_in"),
)
_PLANNED = text("""
UPDATE clock SET passed = new.passed, next_stage = new.next_stage, next_at = new.next_at
FROM unnest(cast(:clock_ids AS uuid[]), cast(:passed AS int[]), cast(:stages AS text[]),
    cast(:moments AS timestamptz[])) AS new (clock_id, passed, next_stage, next_at)
WHERE clock.clock_id = new.clock_id
""")


@dataclass(frozen=True)
class Happening:
    """A clock at whose stages a moment has arrived, what is used up of it, and what is forecast of it."""

    row: Row[Any]
    calendar: Calendar
    manners: QueueTime
    stages: Sequence[tuple[Stage, int]]
    spent: timedelta
    coming: tuple[Stage, datetime] | None
    seen: honesty.Seen | None = None

    @property
    def stage(self) -> Stage:
        """The one of its stages that matters: what is broken need not be warned of any more."""
        found = {stage for stage, _ in self.stages}
        return next((stage for stage in (Stage.BREACH, Stage.WARN) if stage in found), self.stages[-1][0])

    @property
    def waits(self) -> bool:
        """Whether the ticket waits in a queue, in nobody's hands."""
        return self.row.state in late.WAITING

    @property
    def looks_ahead(self) -> bool:
        """Whether a customer may still hear in time that the promise will not be kept."""
        return (
            self.row.kind != Kind.INTERNAL
            and self.stage is not Stage.BREACH
            and self.row.state is not TicketState.WAITING_FIELD
        )


async def fire_clocks(database: Database, at: datetime) -> int:
    """How many clocks came to a stage, each once with what follows from it; 0 when none is due.

    Accounts to be made up anew come last. When one of a batch fails, the batch is undone and done one by one, and the
    one that fails is put off.
    """
    for which in (IS_STAGE, IS_RECOUNT):
        done = await _fire_batch(database, at, which)
        if done >= BATCH:  # there are more: one batch is worked out while the database writes another
            more = await gather(*(_fire_batch(database, at, which) for _ in range(AT_ONCE)), return_exceptions=True)
            for each in more:
                if isinstance(each, BaseException):
                    raise each
                done += each
        if done:
            return done
    return 0


async def _fire_batch(database: Database, at: datetime, which: ColumnElement[bool]) -> int:
    fire, candidates = partial(_fire, database, at, which), partial(_due, database, at, which)
    return sum(await claimed_or_singly(fire, candidates, partial(_put_off, database, at)))


async def _due(database: Database, at: datetime, which: ColumnElement[bool]) -> Sequence[UUID]:
    async with database.reading() as session:
        wanted = select(Clock.clock_id).where(which, Clock.next_at <= at).order_by(Clock.next_at).limit(BATCH)
        return (await session.scalars(wanted)).all()


async def _fire(database: Database, at: datetime, which: ColumnElement[bool], clock_ids: Sequence[UUID] | None) -> int:
    """Claim these clocks, or all such that are due, and let come to pass what their stages bring."""
    claimed = which if clock_ids is None else and_(which, Clock.clock_id.in_(clock_ids))
    async with database.transaction() as session:
        due_now = select(*_OF_CLOCK, *_OF_TICKET).join(Ticket, Ticket.ticket_id == Clock.ticket_id)
        due_now = due_now.where(claimed, Clock.next_at <= at).order_by(Clock.next_at).limit(BATCH)
        rows: Sequence[Any] = (await session.execute(due_now.with_for_update(skip_locked=True))).all()
        times = await timetable(session) if rows else Timetable()
        await _recount(session, [row for row in rows if row.next_stage == Stage.RECOUNT], times, at)
        await _happen(session, [row for row in rows if row.next_stage != Stage.RECOUNT], times, at)
        return len(rows)


async def _put_off(database: Database, at: datetime, clock_id: UUID, error: Exception) -> int:
    log.error("clock failed", clock_id=str(clock_id), exc_info=error)
    async with database.transaction() as session:
        put_off = update(Clock).where(Clock.clock_id == clock_id, Clock.next_at <= at)
        await session.execute(put_off.values(next_at=at + PUT_OFF))
    return 0


async def _happen(session: AsyncSession, rows: Sequence[Row[Any]], times: Timetable, at: datetime) -> None:
    if not rows:
        return
    found = [_happening(row, times, at) for row in rows]
    ahead = [each for each in found if each.looks_ahead]
    seen = await honesty.look_ahead(session, [_sight(each) for each in ahead], times, at)
    found = [replace(each, seen=seen.get(each.row.clock_id)) for each in found]
    new = Bulk()
    new.add_all(fired for each in found for fired in _fired(each, at))
    new.add_all(_alert(each, at) for each in found if _tells(each))
    await new.write(session)
    await session.execute(_PLANNED, _plans(found))
    await honesty.tell(session, seen, at)
    await _push(session, found, at)


def _happening(row: Row[Any], times: Timetable, at: datetime) -> Happening:
    calendar, manners = times.calendar(row.calendar), times.of(row.queue_id)
    steps = ladder(manners.warn_percent, is_internal=row.kind == Kind.INTERNAL)
    spent = row.spent + between(calendar, row.counted_at, at)
    stages = reached(steps, row.passed, row.allowed, spent)
    if not stages:  # the queue's manners changed since: whatever was planned happens
        stages = [(Stage(row.next_stage), max(row.passed, dict(steps).get(Stage(row.next_stage), row.passed)))]
    passed = max(percent for _, percent in stages)
    coming = upcoming(steps, passed, calendar, row.allowed, Account(row.spent, row.counted_at, None))
    return Happening(row, calendar, manners, stages, spent, coming)


def _sight(each: Happening) -> honesty.Sight:
    row = each.row
    return honesty.Sight(
        clock_id=row.clock_id,
        ticket_id=row.ticket_id,
        kind=Kind(row.kind),
        queue_id=row.stands_in,
        calendar=each.calendar,
        left=row.allowed - each.spent,
        due_at=row.due_at,
        promised_at=row.promised_at,
        waits=each.waits,
    )


def _fired(each: Happening, at: datetime) -> Iterator[Fired]:
    row = each.row
    for stage, percent in each.stages:
        moment = due(each.calendar, row.allowed * percent // 100, row.spent, row.counted_at)
        yield plain(Fired)(
            clock_id=row.clock_id,
            stage=stage,
            epoch=row.epoch,
            due_at=min(moment, at),
            fired_at=at,
            chance=each.seen.forecast.chance if each.seen else None,
            expected_at=each.seen.expected_at if each.seen else None,
        )


def _plans(found: Iterable[Happening]) -> dict[str, list[object]]:
    plans = [
        (each.row.clock_id, max(percent for _, percent in each.stages), *(each.coming or (None, None)))
        for each in found
    ]
    return {
        name: list(column)
        for name, column in zip(("clock_ids", "passed", "stages", "moments"), zip(*plans, strict=True), strict=True)
    }


def _tells(each: Happening) -> bool:
    if each.stage is Stage.BREACH:
        return each.manners.breach_tells
    return each.stage is Stage.WARN and each.manners.warn_tells


def _alert(each: Happening, at: datetime) -> LeadAlert:
    return plain(LeadAlert)(
        ticket_id=each.row.ticket_id,
        clock_id=each.row.clock_id,
        queue_id=each.row.queue_id,
        stage=each.stage,
        raised_at=at,
    )


async def _push(session: AsyncSession, found: Iterable[Happening], at: datetime) -> None:
    """Raise or move the tickets whose queues do that; only those that wait: who holds one sees its clock."""
    raised: dict[UUID, late.Raise] = {}
    moved: dict[UUID, str] = {}
    for each in found:
        row, manners = each.row, each.manners
        if not each.waits or row.kind == Kind.INTERNAL:
            continue
        is_broken = each.stage is Stage.BREACH
        if is_broken and manners.breach_moves_to and manners.breach_moves_to != row.stands_in:
            moved[row.ticket_id] = manners.breach_moves_to
        if (
            manners.breach_raises if is_broken else each.stage is Stage.WARN and manners.warn_raises
        ) and row.priority > 1:
            raised[row.ticket_id] = late.Raise(row.ticket_id, row.version, row.priority, each.stage)
    await late.raise_priority(session, raised.values(), at)
    for ticket_id, queue_id in moved.items():
        await late.move_on(session, ticket_id, queue_id, at)


async def _recount(session: AsyncSession, rows: Sequence[Row[Any]], times: Timetable, at: datetime) -> None:
    """Make up these accounts anew; stages that lie ahead again may fire again, in a new epoch."""
    if not rows:
        return
    clocks = {each.clock_id: each for each in await _all(session, rows)}
    wanted = select(Ticket).where(Ticket.ticket_id.in_({row.ticket_id for row in rows}))
    tickets = (await session.scalars(wanted)).all()
    lived = await stretches_of(session, tickets, times)
    for row in rows:
        clock = clocks[row.clock_id]
        clock.epoch += 1
        clock.next_stage, clock.next_at = None, None
        recount(clock, lived[row.ticket_id], times)
        if clock.state == "running":
            spent = clock.spent + between(times.calendar(clock.calendar), clock.counted_at, at)
            clock.passed = min(clock.passed, int(100 * spent / clock.allowed) if clock.allowed else 100)
            run_on(clock, times)
    await late.look_again(session, tickets)


async def _all(session: AsyncSession, rows: Sequence[Row[Any]]) -> Sequence[Clock]:
    wanted = select(Clock).where(Clock.clock_id.in_([row.clock_id for row in rows]))
    return (await session.scalars(wanted)).all()
