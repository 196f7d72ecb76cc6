"""How many tickets a second intake takes in, beside what the database alone would commit: one ratio.

Run it as `python tests/bench/intake_bench.py [--seconds 10] [--workers 1] [--relay] [--json]`; it needs `wrk`.
"""

import argparse
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from urllib.request import urlopen

import psutil
import uvloop

from common import log
from common.migrate import migrate_log, migrate_service
from common.run import Loop, Service, serve, web_server
from common.settings import Settings
from embedded.binaries import find_binaries
from embedded.postgres import Server
from intake.app import build
from intake.classify import judge_many

CONNECTIONS = 64
CLIENTS = 16
TEXT = (
    "Er druppelt sinds gisteren water door het plafond van de keuken en het wordt erger. Kan er vandaag iemand komen?"
)
SCRIPT = Path(__file__).with_name("intake_bench.lua")
TRANSACTION = Path(__file__).with_name("intake_bench.sql")
PREPARE = """
INSERT INTO person (person_id, known_as, name, first_seen_at)
VALUES ('00000000-0000-7000-8000-000000000000', 'email:bench@example.org', 'Bench', now())
"""


@dataclass(frozen=True)
class Figures:
    """What was measured; times are microseconds of processor time."""

    limit_per_second: float
    tickets_per_second: float
    ratio: float
    latency_p50_ms: float
    latency_p99_ms: float
    errors: int
    cpu_us_per_ticket: float
    classifier_us_per_ticket: float
    memory_mb: float

    @property
    def cpu_us_without_classifier(self) -> float:
        return self.cpu_us_per_ticket - self.classifier_us_per_ticket


def limit(server: Server, seconds: int) -> float:
    """Transactions a second of pgbench that each store one ticket and its outbox row."""
    url = server.ensure_database("bench_limit")
    asyncio.run(migrate_service(url, "intake"))
    server.psql(PREPARE, "bench_limit")
    program = find_binaries().path("pgbench")
    command = [
        program,
        "-n",
        "-f",
        str(TRANSACTION),
        "-c",
        str(CLIENTS),
        "-j",
        "1",
        "-M",
        "prepared",
        "-T",
        str(seconds),
    ]
    environment = {**os.environ, **server.environment("bench_limit")}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found: list[str] = re.findall(r"tps = ([\d.]+)", said)
    return float(found[0])


def classifier_us() -> float:
    """Processor time of judging one such text, judged with others as intake does under load."""
    texts = [("Lekkage", f"{TEXT} {number}") for number in range(32)]
    judge_many(texts, stage="fast")
    began = time.process_time()
    for _ in range(20):
        judge_many(texts, stage="fast")
    return (time.process_time() - began) / (20 * len(texts)) * 1e6


def measure(server: Server, folder: Path, seconds: int, workers: int, *, relay: bool) -> Figures:
    """Load on intake, and what it cost."""
    limited = limit(server, seconds)
    urls = {name: server.ensure_database(name) for name in ("intake", "log")}
    asyncio.run(migrate_service(urls["intake"], "intake"))
    asyncio.run(migrate_log(urls["log"]))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as bound:
        port = bound.getsockname()[1]
        bound.set_inheritable(True)
        serving = [sys.executable, __file__, "--serve", str(bound.fileno()), "--folder", str(folder)]
        environment = {
            **os.environ,
            "LOKET_DEMO": "1",
            "LOKET_DATA_DIR": str(folder),
            "LOKET_INTAKE_DATABASE_URL": urls["intake"],
            "LOKET_LOG_DATABASE_URL": urls["log"],
        }
        more = ["--relay"] if relay else []
        running = [
            subprocess.Popen([*serving, *more], env=environment, pass_fds=[bound.fileno()]) for _ in range(workers)
        ]
        try:
            until_ready(port)
            load(port, 2)
            before, began = cpu(running), count(server)
            said = load(port, seconds)
            spent, tickets = cpu(running) - before, count(server) - began
            memory = max(
                each.memory_info().rss / 1e6
                for process in running
                for each in (psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True))
            )
        finally:
            for process in running:
                process.terminate()
                process.wait()
    return Figures(
        limit_per_second=limited,
        tickets_per_second=said["rate"],
        ratio=said["rate"] / limited,
        latency_p50_ms=said["p50"],
        latency_p99_ms=said["p99"],
        errors=int(said["errors"]),
        cpu_us_per_ticket=spent / tickets * 1e6,
        classifier_us_per_ticket=classifier_us(),
        memory_mb=memory,
    )


def until_ready(port: int) -> None:
    """Return when the service answers; the socket is open before it does, so the question waits there."""
    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=120) as answer:
        answer.read()


def load(port: int, seconds: int) -> dict[str, float]:
    """What wrk saw: tickets a second, latencies in milliseconds, answers that were no 201."""
    wrk = which("wrk") or sys.exit("wrk is not installed; on Debian: apt-get install wrk")
    command = [
        wrk,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(SCRIPT),
        f"http://127.0.0.1:{port}/api/tickets",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(said[said.index("{") :])
    return found


def cpu(running: list[subprocess.Popen[bytes]]) -> float:
    """Processor seconds the workers and their judges spent so far."""
    workers = [psutil.Process(process.pid) for process in running]
    times = [each.cpu_times() for worker in workers for each in (worker, *worker.children(recursive=True))]
    spent: float = sum(each.user + each.system for each in times)
    return spent


def count(server: Server) -> int:
    return int(server.psql("SELECT count(*) FROM ticket", "intake"))


async def run(fd: int, *, relay: bool) -> None:
    """Serve intake on an inherited socket, without its loops unless `relay`."""
    log.configure("WARNING")
    service = build(Settings())
    loops: list[Loop] = [loop for loop in service.loops if relay]
    bare = Service(service.name, service.app, service.database, service.bus, loops, service.prepare)
    await serve([bare], web_server(service.app), socket.socket(fileno=fd))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--relay", action="store_true", help="with the loops of the service beside it")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        uvloop.run(run(given.serve, relay=given.relay))
        return
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres", durable=True) as server:
        figures = measure(server, Path(folder), given.seconds, given.workers, relay=given.relay)
    if given.json:
        sys.stdout.write(json.dumps(asdict(figures)) + "\n")
        return
    for name, value in {**asdict(figures), "cpu_us_without_classifier": figures.cpu_us_without_classifier}.items():
        sys.stdout.write(f"{name:28} {value:10.2f}\n")


if __name__ == "__main__":
    main()
