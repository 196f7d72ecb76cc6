"""The matching loop: work that is pushed finds its people, silence is noticed, and what nobody may do is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import exists, func, select

from common.clock import now
from common.db import Database
from common.outbox import CHANNEL
from common.rhythm import Rhythm
from common.wakeup import Wakeups
from routing import offering, presence, unstaffed
from routing.tables import AgentPresence, Offer, Queue

LOOK_EVERY_SECONDS = 1.0
APART_SECONDS = 0.1  # many things happen together; one look is for all of them
ITS_SHARE = 20  # looking for work that nobody may do takes at most this part of the time
_AHEAD = select(
    exists().where(Queue.mode == "push").label("is_pushed"),
    select(func.min(Offer.expires_at)).where(Offer.ended_at.is_(None)).scalar_subquery().label("ends_at"),
    select(func.min(AgentPresence.silent_at)).scalar_subquery().label("silent_at"),
)


@dataclass(frozen=True)
class Ahead:
    """What matching has to do, as far as one cheap question can tell."""

    is_pushed: bool  # whether any queue is
    ends_at: datetime | None  # when the first offer runs out
    silent_at: datetime | None  # when the first of those who are there counts as gone


async def run_matching(database: Database, wakeups: Wakeups) -> None:
    """React for ever: woken by whatever happens to work and people, by the next moment due, and once a second."""
    look_at, rhythm = 0.0, Rhythm(APART_SECONDS, APART_SECONDS)
    while True:
        await rhythm.turn()
        await hand_out(database, now())
        began = monotonic()
        if began >= look_at:
            await look_for_unstaffed(database, now())
            look_at = monotonic() + max(LOOK_EVERY_SECONDS, ITS_SHARE * (monotonic() - began))
        await wakeups.wait(CHANNEL, await _pause(database))


async def hand_out(database: Database, at: datetime) -> int:
    """How many offers were made, after those who fell silent were counted out."""
    ahead = await _ahead(database)
    if ahead.silent_at and ahead.silent_at <= at:
        async with database.transaction() as session:
            await presence.fall_silent(session, at)
    if not ahead.is_pushed:
        return 0
    async with database.transaction() as session:
        return await offering.hand_out(session, at)


async def look_for_unstaffed(database: Database, at: datetime) -> int:
    """How many kinds of waiting work nobody on the staff may do."""
    async with database.transaction() as session:
        return await unstaffed.look(session, at)


async def _ahead(database: Database) -> Ahead:
    async with database.reading() as session:
        return Ahead(*(await session.execute(_AHEAD)).one())


async def _pause(database: Database) -> float:
    ahead = await _ahead(database)
    due_at = min((each for each in (ahead.ends_at, ahead.silent_at) if each), default=None)
    if due_at is None:
        return LOOK_EVERY_SECONDS
    left: timedelta = due_at - now()
    return min(max(left.total_seconds(), APART_SECONDS), LOOK_EVERY_SECONDS)
