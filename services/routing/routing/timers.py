"""The timer loop: what is due happens once, on time, and after downtime all at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database
from common.log import logger
from common.singly import claimed_or_singly
from common.wakeup import Wakeups
from routing import finishing, waiting, work
from routing.alarm import CHANNEL
from routing.firing import IS_RECOUNT, IS_STAGE, fire_clocks
from routing.tables import Clock, Ticket, Timer

log = logger(__name__)

# Each gets a locked ticket, checks that its moment has still come, and says when to look again, if ever.
Effect = Callable[[AsyncSession, Ticket, datetime], Awaitable[datetime | None]]
EFFECTS: Mapping[str, Effect] = {
    "lease": work.expire,
    "wake": waiting.wait_is_over,
    "close": finishing.close,
}
BATCH = 100
LOOK_EVERY_SECONDS = 1.0
SHORTEST_PAUSE_SECONDS = 0.02
LONGEST_BACK_OFF = timedelta(hours=1)


async def run_timers(database: Database, wakeups: Wakeups) -> None:
    """Fire what is due, for ever: woken when a timer is set, at the next due moment, and once a second."""
    while True:
        at = now()
        if not await fire_due(database, at) + await fire_clocks(database, at):
            await wakeups.wait(CHANNEL, await _pause(database))


async def fire_due(database: Database, at: datetime) -> int:
    """How many timers fired, each once and together with what it does; 0 when none is due.

    When one of a batch fails the batch is undone and done one by one, and the one that fails is put off.
    """
    fire, due = partial(_fire, database, at), partial(_due, database, at)
    return sum(await claimed_or_singly(fire, due, partial(_put_off, database, at)))


async def _due(database: Database, at: datetime) -> Sequence[UUID]:
    async with database.reading() as session:
        wanted = select(Timer.timer_id).where(Timer.due_at <= at).order_by(Timer.due_at).limit(BATCH)
        return (await session.scalars(wanted)).all()


async def _fire(database: Database, at: datetime, timer_ids: Sequence[UUID] | None) -> int:
    """Claim these timers, or all that are due, with their tickets; those whose ticket somebody is busy with wait."""
    which = Timer.due_at <= at if timer_ids is None else Timer.timer_id.in_(timer_ids)
    wanted = select(Timer, Ticket).join(Ticket, Ticket.ticket_id == Timer.ticket_id).where(which)
    async with database.transaction() as session:
        claim = wanted.order_by(Timer.due_at).limit(BATCH).with_for_update(skip_locked=True)
        due = (await session.execute(claim)).all()
        for timer, ticket in due:
            again = await EFFECTS[timer.kind](session, ticket, at)
            if again is None:
                await session.delete(timer)
            else:
                timer.due_at = again
        return len(due)


async def _put_off(database: Database, at: datetime, timer_id: UUID, error: Exception) -> int:
    log.error("timer failed", timer_id=str(timer_id), exc_info=error)
    async with database.transaction() as session:
        attempts = await session.scalar(
            update(Timer)
            .where(Timer.timer_id == timer_id)
            .values(attempts=Timer.attempts + 1)
            .returning(Timer.attempts)
        )
        wait = min(timedelta(seconds=2 ** min(attempts or 1, 12)), LONGEST_BACK_OFF)
        await session.execute(update(Timer).where(Timer.timer_id == timer_id).values(due_at=at + wait))
    return 0


async def _pause(database: Database) -> float:
    """How long to wait before looking again: until the next timer is due, at most a second, never busily."""
    async with database.reading() as session:
        soonest = [
            await session.scalar(select(func.min(Timer.due_at))),
            await session.scalar(select(func.min(Clock.next_at)).where(Clock.next_at.is_not(None), IS_STAGE)),
            await session.scalar(select(func.min(Clock.next_at)).where(IS_RECOUNT)),
        ]
        due_at = min((each for each in soonest if each), default=None)
    if due_at is None:
        return LOOK_EVERY_SECONDS
    left: timedelta = due_at - now()
    return min(max(left.total_seconds(), SHORTEST_PAUSE_SECONDS), LOOK_EVERY_SECONDS)
