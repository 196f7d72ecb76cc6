"""The matching loop: work that is pushed finds its people, silence is noticed, and what nobody may do is shown."""

from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import func, select

from common.clock import now
from common.db import Database
from common.outbox import CHANNEL
from common.wakeup import Wakeups
from routing import offering, presence, unstaffed
from routing.tables import AgentPresence, Offer

LOOK_EVERY_SECONDS = 1.0
SHORTEST_PAUSE_SECONDS = 0.05  # many things happen together; one look is for all of them
ITS_SHARE = 20  # looking for work that nobody may do takes at most this part of the time


async def run_matching(database: Database, wakeups: Wakeups) -> None:
    """React for ever: woken by whatever happens to work and people, by the next moment due, and once a second."""
    look_at = 0.0
    while True:
        await hand_out(database, now())
        began = monotonic()
        if began >= look_at:
            await look_for_unstaffed(database, now())
            look_at = monotonic() + max(LOOK_EVERY_SECONDS, ITS_SHARE * (monotonic() - began))
        await wakeups.wait(CHANNEL, await _pause(database))


async def hand_out(database: Database, at: datetime) -> int:
    """How many offers were made, after those who fell silent were counted out."""
    async with database.transaction() as session:
        await presence.fall_silent(session, at)
    async with database.transaction() as session:
        return await offering.hand_out(session, at)


async def look_for_unstaffed(database: Database, at: datetime) -> int:
    """How many kinds of waiting work nobody on the staff may do."""
    async with database.transaction() as session:
        return await unstaffed.look(session, at)


async def _pause(database: Database) -> float:
    async with database.reading() as session:
        ends = select(func.min(Offer.expires_at)).where(Offer.ended_at.is_(None)).scalar_subquery()
        silent = select(func.min(AgentPresence.silent_at)).scalar_subquery()
        due_at = await session.scalar(select(func.least(ends, silent)))
    if due_at is None:
        return LOOK_EVERY_SECONDS
    left: timedelta = due_at - now()
    return min(max(left.total_seconds(), SHORTEST_PAUSE_SECONDS), LOOK_EVERY_SECONDS)
