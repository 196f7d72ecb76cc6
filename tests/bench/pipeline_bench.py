"""The whole pipeline under load: submit → routed → acknowledgement recorded, sustained; and how soon work is assigned.

Run it as `python -m bench.pipeline_bench [--log postgres|kafka] [--seconds 60] [--json]` with `tests` on PYTHONPATH.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil
import uvloop

from bench.pace import Pace, post
from common.bus_kafka import create_topics
from embedded.postgres import Server
from kafka_broker import shared_broker

LOKET = str(Path(sys.executable).with_name("loket"))
RATES = (50, 100, 150, 200, 250, 300, 350, 400, 500, 600)
CONNECTIONS = 32
WORKED_ON = 0.1  # the part of the tickets that somebody waits for; at this pace nobody could do all of them
DRAIN_SECONDS = 120
BEHIND_SECONDS = 2.0  # a backlog of more than this at the end was growing
TICKET = {
    "name": "Anna Jansen",
    "email": "anna@example.org",
    "subject": "Lekkage",
    "body": "Er druppelt sinds gisteren water door het plafond van de keuken en het wordt erger. Komt er iemand?",
}
ROUTINE = TICKET | {
    "subject": "Kopie factuur",
    "body": "Kunt u mij een kopie van de factuur van oktober sturen? Ik heb hem nodig voor mijn administratie.",
}


@dataclass
class Figures:
    """What one log gave; rates in tickets a second, times in milliseconds of the wall or microseconds of processor."""

    log: str
    sustained_per_second: float = 0.0
    accepted: int = 0
    acknowledged: int = 0
    assigned_p50_ms: float = 0.0
    assigned_p99_ms: float = 0.0
    answer_p99_ms: float = 0.0
    cpu_us_per_ticket: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)


class Laptop:
    """A Loket in a folder of its own."""

    def __init__(self, folder: Path, port: int, bus_url: str) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._settings = {
            "LOKET_DATA_DIR": str(folder),
            "LOKET_HTTP_PORT": str(port),
            "LOKET_BUS_URL": bus_url,
            "LOKET_LOG_LEVEL": "WARNING",
        }

    @contextmanager
    def running(self) -> Iterator[psutil.Process]:
        process = subprocess.Popen([LOKET, "run"], env=os.environ | self._settings, stdout=subprocess.DEVNULL)
        try:
            self._await_ready()
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)

    def _await_ready(self) -> None:
        for _ in range(1200):
            try:
                with urlopen(f"{self.url}/readyz", timeout=1):
                    return
            except URLError:
                time.sleep(0.1)
        raise TimeoutError

    def ask(self, database: str, query: str) -> str:
        return Server(self.folder / "postgres").attach().psql(query, database).strip()

    def count(self, database: str, what: str) -> int:
        return int(self.ask(database, f"SELECT count(*) FROM {what}"))  # noqa: S608 - our own words

    def token(self, username: str) -> str:
        body = json.dumps({"username": username, "password": "loket-demo"}).encode()
        request = Request(f"{self.url}/api/session", body, {"content-type": "application/json"})
        with urlopen(request, timeout=10) as answer:
            token: str = json.load(answer)["token"]
            return token


def acknowledged(laptop: Laptop) -> int:
    return laptop.count("notifications", "delivery WHERE state = 'sent'")


async def hold(laptop: Laptop, rate: int, seconds: int) -> tuple[bool, int]:
    """Whether the pipeline kept up with this rate, and how many tickets were accepted."""
    before = acknowledged(laptop)
    began = time.monotonic()
    pace = Pace("127.0.0.1", laptop.port, post("/api/tickets", TICKET), rate, seconds, CONNECTIONS)
    done = await pace.run()
    kept_pace = time.monotonic() - began <= seconds + 1
    deadline = time.monotonic() + BEHIND_SECONDS
    while time.monotonic() < deadline and acknowledged(laptop) - before < done.accepted:
        await asyncio.sleep(0.1)
    caught_up = acknowledged(laptop) - before >= done.accepted
    while acknowledged(laptop) - before < done.accepted and time.monotonic() < deadline + DRAIN_SECONDS:
        await asyncio.sleep(0.5)  # let the backlog drain before the next try
    return kept_pace and caught_up and not done.refused, done.accepted


async def sustained(laptop: Laptop, seconds: int) -> tuple[int, int]:
    """The highest rate of the ladder that was held for the whole time, and the tickets of that run."""
    await hold(laptop, 50, 5)
    best = 0
    for rate in RATES:
        held, _ = await hold(laptop, rate, max(10, seconds // 5))
        if not held:
            break
        best = rate
    while best:
        held, accepted = await hold(laptop, best, seconds)
        if held:
            return best, accepted
        best = max((rate for rate in RATES if rate < best), default=0)
    return 0, 0


async def assigned(laptop: Laptop, rate: int, seconds: int) -> tuple[float, float, float]:
    """How long from stored to assigned, p50 and p99, where agents wait for work; and the p99 of the 201.

    One ticket in ten is for the field, whose agents ask for the next one all the time; the others go to the front
    office, where nobody works.
    """
    laptop.ask(
        "routing", "UPDATE ticket SET state = 'void', closed_at = now() WHERE holder_id IS NULL AND closed_at IS NULL"
    )
    began = laptop.ask("routing", "SELECT now()")
    token = laptop.token("technician")
    take = post("/api/work/next", {"queues": ["field"]}, {"authorization": f"Bearer {token}"})
    here = ("127.0.0.1", laptop.port)
    agents = Pace(*here, take, rate * WORKED_ON * 2, seconds + 2, 4, accept=(200, 204))
    faults = Pace(*here, post("/api/tickets", TICKET), rate * WORKED_ON, seconds, CONNECTIONS // 4)
    others = Pace(*here, post("/api/tickets", ROUTINE), rate * (1 - WORKED_ON), seconds, CONNECTIONS)
    _, done, _ = await asyncio.gather(agents.run(), faults.run(), others.run())
    p50, p99 = json.loads(
        laptop.ask(
            "routing",
            f"""SELECT to_json(percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (
                    ORDER BY extract(epoch FROM a.began_at - t.submitted_at) * 1000))
                FROM ticket t JOIN assignment a USING (ticket_id) WHERE t.submitted_at > '{began}'""",  # noqa: S608
        )
    )
    return p50, p99, done.p99_ms


def processes(root: psutil.Process, broker: psutil.Process | None) -> dict[str, list[psutil.Process]]:
    """The processes to account for, by what they are."""
    found: dict[str, list[psutil.Process]] = {"loket": [], "postgres": []}
    for process in [root, *root.children(recursive=True)]:
        found["postgres" if process.name().startswith("postgres") else "loket"].append(process)
    return found | ({"kafka": [broker]} if broker else {})


def spent(groups: dict[str, list[psutil.Process]]) -> dict[str, float]:
    """Processor seconds by group, those of ended children included."""
    return {
        name: sum(sum(process.cpu_times()[:4]) for process in members if process.is_running())
        for name, members in groups.items()
    }


def measure(log: str, seconds: int, port: int) -> Figures:
    """Every figure of one log."""
    figures = Figures(log)
    with tempfile.TemporaryDirectory() as name, broker_for(log, Path(name)) as (bus_url, broker):
        laptop = Laptop(Path(name) / "loket", port, bus_url)
        with laptop.running() as root:
            figures.sustained_per_second, _ = uvloop.run(sustained(laptop, seconds))
            rate = int(figures.sustained_per_second) or RATES[0]
            groups = processes(root, broker)
            before = spent(groups)
            _, figures.accepted = uvloop.run(hold(laptop, rate, 10))
            after = spent(processes(root, broker))
            figures.cpu_us_per_ticket = {g: (after[g] - before[g]) / figures.accepted * 1e6 for g in after}
            figures.memory_mb = {
                g: max(p.memory_info().rss for p in members) / 1e6 for g, members in processes(root, broker).items()
            }
            figures.acknowledged = acknowledged(laptop)
            half = rate // 2
            figures.assigned_p50_ms, figures.assigned_p99_ms, figures.answer_p99_ms = uvloop.run(
                assigned(laptop, half, max(10, seconds // 2))
            )
    return figures


@contextmanager
def broker_for(log: str, folder: Path) -> Iterator[tuple[str, psutil.Process | None]]:
    """The address of the log, and the broker's process when there is one."""
    if log == "postgres":
        yield "postgres", None
        return
    with shared_broker(folder) as broker:
        asyncio.run(create_topics(broker.address))
        yield f"kafka://{broker.address}", psutil.Process(broker.pid) if broker.pid else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", choices=["postgres", "kafka"], default="postgres")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--port", type=int, default=8391)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(asdict(measure(given.log, given.seconds, given.port)), indent=2) + "\n")


if __name__ == "__main__":
    main()
