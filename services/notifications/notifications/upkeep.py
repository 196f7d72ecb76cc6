"""What has to happen now and then: figures kept fresh, and sessions forgotten that are over anyway."""

import asyncio

from common import clock
from common.auth import SESSION_LIFE
from common.db import Database
from notifications import projections
from notifications.queries import backlog
from notifications.telemetry import DELIVERIES_DUE, OLDEST_DUE

LOOK_EVERY_SECONDS = 10


async def keep_up(database: Database) -> None:
    """Look after the tables for ever."""
    while True:
        await look_once(database)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def look_once(database: Database) -> None:
    """Set the figures of the backlog, and give up ended sessions whose token has run out by itself."""
    now = clock.now()
    async with database.transaction() as session:
        due, age = await backlog(session, now)
        await projections.forget_sessions(session, now - SESSION_LIFE)
    DELIVERIES_DUE.set(due)
    OLDEST_DUE.set(age.total_seconds())
