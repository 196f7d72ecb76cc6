"""What has to happen now and then: figures kept fresh, and sessions forgotten that are over anyway."""

import asyncio

from common import clock
from common.auth import SESSION_LIFE
from common.db import Database
from common.vocabulary import Channel
from common.wakeup import Wakeups
from notifications import calls, framing, projections, versions
from notifications.queries import backlog, stuck
from notifications.telemetry import DELIVERIES_DUE, DELIVERIES_STUCK, OLDEST_DUE
from notifications.wording import Templates

LOOK_EVERY_SECONDS = 10
LOOK_AT_WORDS_EVERY_SECONDS = 30


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
        numbers = await stuck(session, now)
        await projections.forget_sessions(session, now - SESSION_LIFE)
        await calls.forget(session, now)
    DELIVERIES_DUE.set(due)
    OLDEST_DUE.set(age.total_seconds())
    for channel in Channel:
        DELIVERIES_STUCK.labels(channel.value).set(numbers.get(channel, 0))


async def keep_words(database: Database, templates: Templates, wakeups: Wakeups) -> None:
    """Use the words that people changed, from the moment they did so, for ever."""
    while True:
        await read_words(database, templates)
        await wakeups.wait(versions.CHANNEL, LOOK_AT_WORDS_EVERY_SECONDS)


async def read_words(database: Database, templates: Templates) -> None:
    """Use the words that people changed up to now."""
    async with database.reading() as session:
        templates.change(await versions.changed(session))
        _, document = await framing.in_use(session)
    templates.change_frame(document)
