"""Taking the next ticket out of a large desk: how long the database takes, how often two got the same.

Run it as `python -m bench.next_bench [--tickets 1000000] [--open 1000,100000]` with `tests` on PYTHONPATH.
"""

import argparse
import asyncio
import contextvars
import json
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import event, text

from bureau import submitted
from common.clock import now
from common.db import Database
from common.migrate import migrate_service
from common.vocabulary import Language, Role
from embedded.postgres import Server
from routing import beginnings, timekeeping, work
from routing.person import Person
from routing.staffing import By, hire
from routing.viewer import Viewer

AGENTS = 50
QUEUE = "front-office"
TURNS = 8  # tickets each takes
EVERY_SECONDS = 1.0  # each asks again after so long
KEPT = """person_id, customer_name, customer_email, customer_phone, customer_language, customer_number, postcode,
    house_number, street, city, channel, subject, judgement, handling_class, topic, task_type, is_urgent,
    sensitivity, language, version, queue_id, came_from, priority, answer_by, solve_by, routed_at, is_unread,
    skills, optional_skills"""
MULTIPLY = """
INSERT INTO ticket (ticket_id, reference, submitted_at, due_at, state, resolved_at, closed_at, {kept})
SELECT gen_random_uuid(), 'L-BENCH-{state}-{wanted}-' || n, t.submitted_at - n * interval '1 second',
    t.due_at - n * interval '1 second', '{state}', {closed}, {closed}, {kept}
FROM generate_series(1, {wanted}) n, (SELECT * FROM ticket WHERE reference NOT LIKE 'L-BENCH-%' LIMIT 1) t
"""
spent: contextvars.ContextVar[list[float]] = contextvars.ContextVar("spent")


def watch(database: Database) -> None:
    """Add up what each task waits for the database."""
    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: given[4].__setattr__("began", time.perf_counter()))
    event.listen(
        engine,
        "after_cursor_execute",
        lambda *given: spent.get([]).append(time.perf_counter() - given[4].began),
    )


async def staffed(database: Database) -> list[Viewer]:
    """Fifty people of the front office who may look."""
    viewers = []
    async with database.transaction() as session:
        await beginnings.ensure_defaults(session, now())
        await timekeeping.ensure_calendars(session, "Europe/Amsterdam", now())
        for number in range(AGENTS):
            person = Person(
                f"agent{number}", f"Agent {number}", Role.AGENT, QUEUE, (QUEUE,), languages=tuple(Language),
                cost_per_minute=Decimal("0.5") + Decimal(number % 7) / 100,
            )  # fmt: skip
            agent = await hire(session, By("Loket"), person, "", now())
            viewers.append(
                Viewer(agent.agent_id, uuid4(), person.username, person.name, Role.AGENT, Language.NL,
                       frozenset({QUEUE}), has_clearance=True)
            )  # fmt: skip
    return viewers


async def filled(database: Database, total: int, waiting: int) -> None:
    """So many tickets wait, the rest of the total is long done."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(
            text("DELETE FROM ticket WHERE reference LIKE 'L-BENCH-queued-%' AND holder_id IS NULL")
        )
        if not await connection.scalar(text("SELECT 1 FROM ticket WHERE state = 'closed' LIMIT 1")) and total > waiting:
            closed = MULTIPLY.format(kept=KEPT, state="closed", closed="t.submitted_at", wanted=total - waiting)
            await connection.execute(text(closed))
        await connection.execute(text(MULTIPLY.format(kept=KEPT, state="queued", closed="NULL", wanted=waiting)))
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = 0"))
        await connection.execute(text("VACUUM ANALYZE ticket"))


async def taken(database: Database, viewers: list[Viewer]) -> dict[str, Any]:
    """What came of fifty who take at once, again and again."""
    whole: list[float] = []
    waits: list[float] = []
    ids: Counter[str] = Counter()

    async def turns(viewer: Viewer, start: float) -> None:
        for turn in range(TURNS):
            await asyncio.sleep(max(0.0, start + turn * EVERY_SECONDS - time.perf_counter()))
            token = spent.set([])
            began = time.perf_counter()
            async with database.transaction() as session:
                ticket = await work.take_next(session, viewer, None, now())
            whole.append((time.perf_counter() - began) * 1000)
            waits.append(sum(spent.get()) * 1000)
            spent.reset(token)
            if ticket:
                ids[str(ticket.ticket_id)] += 1

    start = time.perf_counter()
    await asyncio.gather(*(turns(each, start + n * EVERY_SECONDS / AGENTS) for n, each in enumerate(viewers)))
    return {
        "taken": ids.total(),
        "double": sum(times - 1 for times in ids.values()),
        "database_p50_ms": percentile(waits, 0.5),
        "database_p99_ms": percentile(waits, 0.99),
        "whole_p50_ms": percentile(whole, 0.5),
        "whole_p99_ms": percentile(whole, 0.99),
    }


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)


async def measure(url: str, total: int, scales: list[int]) -> list[dict[str, Any]]:
    await migrate_service(url, "routing")
    database = Database(url, pool_size=AGENTS)
    watch(database)
    viewers = await staffed(database)
    async with database.transaction() as session:
        await work.accept(session, [submitted(submitted_at=datetime(2026, 1, 5, 9, tzinfo=UTC))], now())
    found = []
    for waiting in scales:
        await filled(database, total, waiting)
        await taken(database, viewers[:5])  # plans and caches
        found.append({"open": waiting, "tickets": total, **await taken(database, viewers)})
    await database.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--open", default="1000,100000")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Server(Path(name) / "postgres") as server:
        url = server.ensure_database("routing")
        scales = asyncio.run(measure(url, given.tickets, [int(n) for n in given.open.split(",")]))
    sys.stdout.write(json.dumps({"scales": scales}, indent=2) + "\n")


if __name__ == "__main__":
    main()
