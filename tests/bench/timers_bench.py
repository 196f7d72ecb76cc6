"""How late stages of clocks fire with many pending, and how soon all are done after an hour of downtime.

Run it as `python -m bench.timers_bench [--pending 100000] [--in-a-minute 10000]` with `tests` on PYTHONPATH. A stage
counts as fired when its transaction has committed.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from timeit import timeit

from pydantic import SecretStr
from sqlalchemy import text

from bureau import submitted
from common.clock import now
from common.db import Database
from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.postgres import Server
from routing import work
from routing.app import build
from routing.calendars import between, later, office
from routing.firing import fire_clocks
from routing.timers import SHORTEST_PAUSE_SECONDS

HOUR = timedelta(hours=1)
COLUMNS = """person_id, customer_name, customer_language, channel, subject, submitted_at, judgement, handling_class,
    topic, task_type, is_urgent, sensitivity, language, state, version, queue_id, priority, answer_by, solve_by,
    routed_at, is_unread, skills, optional_skills"""
TICKETS = """
INSERT INTO ticket (ticket_id, reference, due_at, {columns})
SELECT gen_random_uuid(), 'L-BENCH-' || n, t.due_at + n * interval '1 ms', {columns}
FROM generate_series(1, :number) n, (SELECT * FROM ticket WHERE reference NOT LIKE 'L-BENCH-%' LIMIT 1) t
"""
# Each comes to its warning, three hours of four used up, at its own moment of the window.
CLOCKS = """
INSERT INTO clock (clock_id, ticket_id, kind, queue_id, calendar, state, started_at, promised_at, allowed, counted_at,
    due_at, passed, next_stage, next_at)
SELECT gen_random_uuid(), ticket_id, 'first_response', queue_id, 'always', 'running', at - interval '3 h',
    at - interval '3 h', interval '4 h', at - interval '3 h', at + interval '1 h', 50, 'warn', at
FROM (
    SELECT ticket_id, queue_id, cast(:since AS timestamptz)
        + CASE WHEN n <= :soon THEN n * interval '1 minute' / :soon ELSE interval '2 h' + n * interval '1 ms' END AS at
    FROM (
        SELECT ticket_id, queue_id, row_number() OVER () AS n FROM ticket WHERE reference LIKE 'L-BENCH-%'
    ) AS numbered
) AS planned
"""
DOWN_FOR_AN_HOUR = """
UPDATE clock SET (started_at, promised_at, counted_at, due_at, next_at) = (
    SELECT at - interval '3 h', at - interval '3 h', at - interval '3 h', at + interval '61 min', at
    FROM (SELECT cast(:now AS timestamptz) - random() * interval '1 h' AS at) AS planned
    WHERE clock.clock_id IS NOT NULL
), allowed = interval '4 h' WHERE next_at IS NOT NULL
"""


async def prepared(server: Server, pending: int, soon: int) -> Database:
    """Routing's database with so many clocks pending, so many of them in the coming minute."""
    urls = {name: server.ensure_database(f"timers_{name}") for name in ("routing", "log")}
    await migrate_service(urls["routing"], "routing")
    await migrate_log(urls["log"])
    addresses = {f"{name}_database_url": url for name, url in urls.items()}
    service = build(Settings(secret_key=SecretStr("only for measuring, never elsewhere!"), **addresses))  # type: ignore[arg-type]
    await service.prepare()
    async with service.database.transaction() as session:
        await work.accept(session, [submitted()], now())
    async with service.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM clock"))
        await connection.execute(text(TICKETS.format(columns=COLUMNS)), {"number": pending})
        await connection.execute(text("ANALYZE ticket"))
        await connection.execute(text(CLOCKS), {"since": now() + timedelta(seconds=2), "soon": soon})
        await connection.execute(text("ANALYZE clock"))
    return service.database


async def a_minute(database: Database, soon: int) -> dict[str, float]:
    """How late the stages of one minute fired, in seconds."""
    async with database.reading() as session:
        planned = text("SELECT next_at FROM clock WHERE next_at IS NOT NULL ORDER BY next_at LIMIT :soon")
        due = list(await session.scalars(planned, {"soon": soon}))
    late: list[float] = []
    while len(late) < soon:
        n = await fire_clocks(database, now())
        at = now()
        late += [(at - moment).total_seconds() for moment in due[len(late) : len(late) + n]]
        if not n:
            await asyncio.sleep(SHORTEST_PAUSE_SECONDS)
    late.sort()
    return {"p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)], "max": late[-1]}


async def after_downtime(database: Database) -> tuple[int, float]:
    """How many were overdue, and the seconds until all of them had fired."""
    async with database.engine.begin() as connection:
        await connection.execute(text(DOWN_FOR_AN_HOUR), {"now": now()})
    done, began = 0, time.monotonic()
    while n := await fire_clocks(database, now()):
        done += n
    return done, time.monotonic() - began


async def checked(database: Database) -> dict[str, object]:
    """What must be so after all of it: nothing fired early, nothing twice."""
    async with database.reading() as session:
        early = await session.scalar(text("SELECT count(*) FROM fired WHERE fired_at < due_at"))
        fired = await session.scalar(text("SELECT count(*) FROM fired"))
        clocks = await session.scalar(text("SELECT count(DISTINCT (clock_id, stage, epoch)) FROM fired"))
    return {"early": early, "fired": fired, "distinct": clocks}


def arithmetic() -> dict[str, float]:
    """Microseconds for one deadline five days ahead, and for the open time of a quarter of a year."""
    calendar, since, times = office(), datetime(2026, 11, 25, 9, 17, tzinfo=UTC), 20_000
    due = timeit(lambda: later(calendar, since, 50 * HOUR), number=times) / times
    span = timeit(lambda: between(calendar, since, since + timedelta(days=90)), number=times) / times
    return {"later": due * 1e6, "between": span * 1e6}


async def measure(pending: int, soon: int) -> dict[str, object]:
    """Everything."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), durable=True) as server:
        database = await prepared(server, pending, soon)
        minute = await a_minute(database, soon)
        overdue, seconds = await after_downtime(database)
        found = {"late_seconds": minute, "overdue": overdue, "downtime_seconds": seconds, **await checked(database)}
        await database.close()
        return {"pending": pending, "in_a_minute": soon, "microseconds": arithmetic(), **found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--in-a-minute", type=int, default=10_000)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(given.pending, given.in_a_minute)), indent=2) + "\n")


if __name__ == "__main__":
    main()
