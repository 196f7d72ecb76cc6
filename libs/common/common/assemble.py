"""Putting a service together: its log, and the loops that every service has."""

import asyncio

from sqlalchemy import text

from common.bus import Bus
from common.bus_kafka import KafkaBus
from common.bus_postgres import PostgresBus
from common.consume import consume, retry_parked
from common.db import Database
from common.inbox import Handlers, Inbox
from common.outbox import CHANNEL
from common.relay import relay
from common.run import Loop
from common.settings import Settings
from common.telemetry import DEAD_LETTERS, OLDEST_TRANSACTION, PARKED, POOL_IN_USE
from common.wakeup import Wakeups

LOOK_EVERY_SECONDS = 10
_WATCH = text("""
SELECT (SELECT count(*) FROM parked_event WHERE dead_at IS NOT NULL) AS dead,
       (SELECT count(*) FROM parked_event WHERE dead_at IS NULL) AS parked,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend') AS oldest
""")
_FORGET = text("DELETE FROM inbox WHERE received_at < now() - interval '30 days'")


def bus_for(settings: Settings) -> Bus:
    """The log these settings name."""
    if settings.bus_url.startswith("kafka://"):
        servers, _, prefix = settings.bus_url.removeprefix("kafka://").partition("/")
        return KafkaBus(servers, prefix=prefix, instance=settings.instance or None)
    return PostgresBus(settings.database_of("log").replace("+asyncpg", "", 1))


def common_loops(service: str, database: Database, bus: Bus, wakeups: Wakeups, handlers: Handlers) -> list[Loop]:
    """Listening for hints, the relay, the consumer, parked events, and what operators watch."""
    inbox = Inbox(database, handlers, service)
    topics = sorted({event.topic for event in handlers})
    return [
        Loop("wakeups", wakeups.run),
        Loop("relay", lambda: relay(database, bus, service, wakeups)),
        Loop("consumer", lambda: consume(bus, inbox, service, topics)),
        Loop("parked", lambda: retry_parked(database, inbox)),
        Loop("watch", lambda: watch(service, database)),
    ]


def wakeups_for(database: Database, *channels: str) -> Wakeups:
    """Hints from the outbox and from the service's own channels."""
    return Wakeups(database, [CHANNEL, *channels])


async def watch(service: str, database: Database) -> None:
    """Keep the figures of queue-like tables fresh, and forget inbox ids after thirty days, for ever."""
    while True:
        async with database.transaction() as session:
            seen = (await session.execute(_WATCH)).one()
            await session.execute(_FORGET)
        DEAD_LETTERS.labels(service).set(seen.dead)
        PARKED.labels(service).set(seen.parked)
        POOL_IN_USE.labels(service).set(database.in_use)
        OLDEST_TRANSACTION.labels(service).set(float(seen.oldest))
        await asyncio.sleep(LOOK_EVERY_SECONDS)
