"""Possible duplicates among many tickets: how long the search takes, and which indexes the database reads for it.

Run it as `python -m bench.duplicates_bench [--tickets 100000]` with `tests` on PYTHONPATH. Twenty thousand people wrote
over three months, one of them a thousand times in a fortnight, and fifty of them from one address.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bench.next_bench import percentile
from bureau import submitted
from common.clock import now
from common.db import Database
from common.migrate import migrate_service
from common.vocabulary import Language, Role
from embedded.postgres import Server
from routing import beginnings, timekeeping, work
from routing.links import LIKELY, likely_duplicates, sought
from routing.person import Person
from routing.staffing import By, hire
from routing.tables import Ticket
from routing.viewer import Viewer

PEOPLE, BUSY, TIMES = 20_000, 1000, 400
KEPT = """customer_name, customer_language, channel, subject, judgement, handling_class, topic, task_type, is_urgent,
    sensitivity, language, state, version, queue_id, priority, answer_by, solve_by, due_at, routed_at, is_unread,
    skills, optional_skills"""
FILL = """
INSERT INTO ticket (ticket_id, reference, person_id, customer_email, postcode, house_number, submitted_at, {kept})
SELECT gen_random_uuid(), 'L-BENCH-' || n, md5('p' || who)::uuid, 'p' || who || '@example.org',
    (CASE WHEN who < 50 THEN 1000 ELSE 1000 + who % 9000 END) || ' AB', CASE WHEN who < 50 THEN '1' ELSE who || '' END,
    t.submitted_at - (CASE WHEN who = 0 THEN 14 ELSE 90 END) * interval '1 day' * random(), {kept}
FROM (
    SELECT n, CASE WHEN n <= {busy} THEN 0 ELSE n % {people} END AS who FROM generate_series(1, {tickets}) n
) AS of_whom, (SELECT * FROM ticket WHERE reference NOT LIKE 'L-BENCH-%' LIMIT 1) t
"""
WORDS = """
INSERT INTO message (message_id, ticket_id, kind, author_name, body, attachments, said_at, channel)
SELECT gen_random_uuid(), ticket_id, 'customer', customer_name, (ARRAY[
    'Er staat twintig euro te veel op mijn factuur van oktober, kunt u dat rechtzetten?',
    'Sinds gisteren druppelt er water door het plafond van de keuken.',
    'Ik heb mijn bestelling van vorige week nog niet ontvangen.'])[1 + abs(hashtext(ticket_id::text) % 3)]
        || ' ' || repeat(md5(ticket_id::text) || ' ', 10), '[]', submitted_at, 'web'
FROM ticket WHERE reference LIKE 'L-BENCH-%'
"""


async def filled(database: Database, tickets: int) -> Viewer:
    """So many tickets with their words; somebody who may look."""
    async with database.transaction() as session:
        await beginnings.ensure_defaults(session, now())
        await timekeeping.ensure_calendars(session, "Europe/Amsterdam", now())
        person = Person("looker", "Lotte Kijk", Role.AGENT, "front-office", ("front-office",))
        agent = await hire(session, By("Loket"), person, "", now())
        await work.accept(session, [submitted()], now())
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("SET statement_timeout = 0"))
        await connection.execute(text(FILL.format(kept=KEPT, busy=BUSY, people=PEOPLE, tickets=tickets)))
        await connection.execute(text(WORDS))
        await connection.execute(text("VACUUM ANALYZE ticket"))
        await connection.execute(text("VACUUM ANALYZE message"))
    return Viewer(agent.agent_id, agent.agent_id, "looker", "Lotte Kijk", Role.AGENT, Language.NL,
                  frozenset({"front-office"}), has_clearance=True)  # fmt: skip


async def searched(session: AsyncSession, tickets: list[Ticket], viewer: Viewer) -> dict[str, Any]:
    """How long one search takes, and how much it finds."""
    ms, found = [], 0
    for ticket in tickets:
        began = time.perf_counter()
        found += len(await likely_duplicates(session, ticket, viewer))
        ms.append((time.perf_counter() - began) * 1000)
    return {"searches": len(ms), "found": found, **{f"p{n}_ms": percentile(ms, n / 100) for n in (50, 95, 99)}}


async def indexes(session: AsyncSession, ticket: Ticket) -> dict[str, list[str]]:
    """Which indexes the database reads for one search, and which tables without any."""
    plan = (await session.scalars(text(f"EXPLAIN {LIKELY.text}"), sought(ticket))).all()
    return {
        "indexes": sorted(set(re.findall(r"(?:using|on) (\w*(?:_\w+)+)", "\n".join(plan)))),
        "read_whole": sorted(set(re.findall(r"Seq Scan on (\w+)", "\n".join(plan)))),
    }


async def measure(tickets: int) -> dict[str, Any]:
    """Searches for people who write now and then, for the busy one, and for those of the shared address."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        url = server.ensure_database("routing")
        await migrate_service(url, "routing")
        database = Database(url)
        viewer = await filled(database, tickets)
        found: dict[str, Any] = {"tickets": tickets}
        async with database.reading() as session:
            for name, who in (("usual", "> 50"), ("busy_person", "= 0"), ("shared_address", "BETWEEN 1 AND 49")):
                email = "substr(split_part(customer_email, '@', 1), 2)::int"
                where = text(f"reference LIKE 'L-BENCH-%' AND {email} {who}")
                some = list(
                    await session.scalars(select(Ticket).where(where).order_by(text("md5(reference)")).limit(TIMES))
                )
                await searched(session, some[:20], viewer)
                found[name] = {**await searched(session, some, viewer), **await indexes(session, some[0])}
        await database.close()
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(given.tickets)), indent=2) + "\n")


if __name__ == "__main__":
    main()
