"""Taking the next ticket out of a large desk, by fifty people at once: how long it takes, how often two got the same.

Run it as `python -m bench.next_bench [--tickets 1000000] [--open 1000,100000]` with `tests` on PYTHONPATH. A whole
Loket runs beside it. Each of the fifty asks, works for a while, and asks again: fifty questions a second altogether,
at moments of their own; then all fifty at the same moment, once a second; then all of them as fast as they can.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil

from bench.pace import answered, post
from bench.pipeline_bench import Laptop
from bureau import PASSWORD, submitted
from common.clock import now
from common.db import Database
from common.vocabulary import HandlingClass, Language, Role
from embedded.postgres import Server
from routing import work
from routing.passwords import Passwords
from routing.person import Person
from routing.staffing import By, hire

AGENTS = 50
QUEUE = "front-office"
WORKS_SECONDS = 1.0  # on average, between an answer and the next question
BURSTS = 10
KEPT = """person_id, customer_name, customer_email, customer_phone, customer_language, customer_number, postcode,
    house_number, street, city, channel, subject, judgement, handling_class, task_type, is_urgent,
    sensitivity, version, queue_id, came_from, answer_by, solve_by, routed_at, is_unread, skills, optional_skills"""
MULTIPLY = """
SET statement_timeout = 0; SET session_replication_role = replica;
INSERT INTO ticket (ticket_id, reference, submitted_at, due_at, state, priority, topic, language,
    resolved_at, closed_at, {kept})
SELECT gen_random_uuid(), 'L-BENCH-{state}-' || n || '-{first}', t.submitted_at - n * interval '1 second',
    t.due_at - (n::bigint * 7919 % 100000) * interval '1 second', '{state}', 2 + n % 3,
    (ARRAY['billing', 'order', 'delivery', 'contract', 'account', 'information'])[1 + n::bigint * 31 % 6],
    (ARRAY['nl', 'nl', 'nl', 'en', 'fr', 'de'])[1 + n::bigint * 17 % 6], {closed}, {closed}, {kept}
FROM generate_series({first}, {last}) n, (SELECT * FROM ticket WHERE reference NOT LIKE 'L-BENCH-%' LIMIT 1) t
"""
A_FILL = 100_000  # rows of one statement
# What makes filling slow; made again afterwards.
SLOW = """
SELECT indexdef FROM pg_indexes WHERE tablename = 'ticket'
    AND indexname IN ('ticket_searched', 'ticket_email', 'ticket_address', 'ticket_person')
"""
EMPTY = """
SET statement_timeout = 0;
DELETE FROM ticket WHERE reference LIKE 'L-BENCH-queued-%' AND state = 'queued' AND last_holder_id IS NULL;
UPDATE ticket SET reference = 'L-BENCH-done-' || ticket_id WHERE reference LIKE 'L-BENCH-queued-%';
"""


@dataclass
class Taken:
    """What came of some questions: how long each took in milliseconds, and what was given."""

    ms: list[float] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0
    cpu_ms: dict[str, float] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """As a report has it."""
        return {
            "questions": len(self.ms),
            "taken": len(self.ids),
            "refused": self.refused,
            "double": len(self.ids) - len(set(self.ids)),
            "per_second": round(len(self.ms) / self.seconds, 1),
            **{f"p{share}_ms": percentile(self.ms, share / 100) for share in (50, 95, 99)},
            "max_ms": percentile(self.ms, 1),
            "cpu_ms_per_question": self.cpu_ms,
        }


class Asker:
    """Somebody with a connection of their own."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._question = post("/api/work/next", {"queues": None}, {"authorization": f"Bearer {token}"})

    async def open(self) -> None:
        """Connect, before anything is measured."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, found: Taken) -> None:
        """One question and its answer; a connection that was closed while they worked is opened again first."""
        if self._reader.at_eof():
            await self.open()
        began = time.perf_counter()
        self._writer.write(self._question)
        status, body = await answered(self._reader)
        found.ms.append((time.perf_counter() - began) * 1000)
        found.refused += status not in (200, 204)
        if status == 200:
            found.ids.append(json.loads(body)["id"])


Phase = Callable[[list[Asker], Taken, int], Awaitable[None]]


async def in_turns(askers: list[Asker], found: Taken, seconds: int) -> None:
    """Each asks, works, and asks again."""
    end = time.perf_counter() + seconds

    async def works(asker: Asker, dice: random.Random) -> None:
        while time.perf_counter() + (pause := dice.expovariate(1 / WORKS_SECONDS)) < end:
            await asyncio.sleep(pause)
            await asker.ask(found)

    await asyncio.gather(*(works(each, random.Random(n)) for n, each in enumerate(askers)))


async def at_the_same_moment(askers: list[Asker], found: Taken, seconds: int) -> None:
    """All ask at once, then all work."""
    for _ in range(min(seconds, BURSTS)):
        await asyncio.gather(*(each.ask(found) for each in askers))
        await asyncio.sleep(WORKS_SECONDS)


async def without_pause(askers: list[Asker], found: Taken, seconds: int) -> None:
    """All ask again as soon as they have an answer, for a part of the time."""
    end = time.perf_counter() + seconds / 4

    async def insists(asker: Asker) -> None:
        while time.perf_counter() < end:
            await asker.ask(found)

    await asyncio.gather(*(insists(each) for each in askers))


PHASES: dict[str, Phase] = {"in_turns": in_turns, "same_moment": at_the_same_moment, "no_pause": without_pause}


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2) if ordered else 0.0


def spent(root: psutil.Process) -> dict[str, float]:
    """Processor milliseconds so far, by what spent them."""
    found = {"loket": 0.0, "postgres": 0.0}
    for process in [root, *root.children(recursive=True)]:
        name = "postgres" if process.name().startswith("postgres") else "loket"
        found[name] += sum(process.cpu_times()[:4]) * 1000
    return found


async def staffed(laptop: Laptop, url: str) -> list[str]:
    """Fifty people of the front office, each with a session of their own."""
    database = Database(url)
    names = [f"asker{number}" for number in range(AGENTS)]
    if not laptop.count("routing", "agent WHERE username LIKE 'asker%'"):
        secret = Passwords().hashed(PASSWORD)
        async with database.transaction() as session:
            for number, name in enumerate(names):
                cost = Decimal("0.5") + Decimal(number % 7) / 100
                person = Person(name, f"Agent {number}", Role.AGENT, QUEUE, (QUEUE,), languages=tuple(Language),
                                cost_per_minute=cost)  # fmt: skip
                await hire(session, By("Loket"), person, secret, now())
    if not laptop.count("routing", "ticket"):
        async with database.transaction() as session:
            await work.accept(session, [submitted(HandlingClass.ROUTINE)], now())
    await database.close()
    kept = laptop.folder / "askers.json"
    if not kept.exists():
        kept.write_text(json.dumps([laptop.token(name) for name in names]))
    tokens: list[str] = json.loads(kept.read_text())
    return tokens


def filled(laptop: Laptop, total: int, waiting: int) -> None:
    """So many tickets wait; the rest of the total is long done."""
    laptop.ask("routing", EMPTY)
    done = laptop.count("routing", "ticket WHERE state = 'closed'")
    slow = [line for line in laptop.ask("routing", SLOW).splitlines() if done + A_FILL < total - waiting]
    for line in slow:
        laptop.ask("routing", f"DROP INDEX {line.split()[2]}")
    for first in range(done + 1, total - waiting + 1, A_FILL):
        last = min(first + A_FILL - 1, total - waiting)
        laptop.ask(
            "routing", MULTIPLY.format(kept=KEPT, state="closed", closed="t.submitted_at", first=first, last=last)
        )
    for line in slow:
        laptop.ask("routing", f"SET statement_timeout = 0; SET maintenance_work_mem = '512MB'; {line}")
    if waiting:
        laptop.ask("routing", MULTIPLY.format(kept=KEPT, state="queued", closed="NULL", first=1, last=waiting))
    laptop.ask("routing", "SET statement_timeout = 0; VACUUM ANALYZE ticket; CHECKPOINT")


async def measured(root: psutil.Process, askers: list[Asker], seconds: int) -> dict[str, Any]:
    """Every phase, with what it cost."""
    found: dict[str, Any] = {}
    for name, phase in PHASES.items():
        taken, before, began = Taken(), spent(root), time.perf_counter()
        await phase(askers, taken, seconds)
        taken.seconds = time.perf_counter() - began
        after = spent(root)
        taken.cpu_ms = {group: round((after[group] - before[group]) / len(taken.ms), 2) for group in after}
        found[name] = taken.figures()
        sys.stderr.write(f"… {name}: {found[name]}\n")
    return found


async def measure(laptop: Laptop, root: psutil.Process, port: int, given: argparse.Namespace) -> list[dict[str, Any]]:
    """Each scale after the other."""
    url = Server(laptop.folder / "postgres").attach().url("routing")
    askers = [Asker(port, token) for token in await staffed(laptop, url)]
    for asker in askers:
        await asker.open()
    found = []
    for waiting in [int(n) for n in given.open.split(",")]:
        filled(laptop, given.tickets, waiting)
        await in_turns(askers, Taken(), 3)  # plans and caches
        scale = {"open": waiting, "tickets": given.tickets, **await measured(root, askers, given.seconds)}
        twice = "(SELECT ticket_id FROM assignment WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1) AS twice"
        found.append(scale | {"double_in_database": laptop.count("routing", twice)})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--open", default="1000,100000")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--port", type=int, default=8393)
    parser.add_argument("--folder", type=Path, help="keep the filled database here, for the next time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        laptop = Laptop(given.folder or Path(name) / "loket", given.port, "postgres")
        with laptop.running() as root:
            scales = asyncio.run(measure(laptop, root, given.port, given))
    sys.stdout.write(json.dumps({"scales": scales}, indent=2) + "\n")


if __name__ == "__main__":
    main()
