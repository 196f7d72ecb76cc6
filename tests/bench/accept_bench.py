"""Accepting submitted tickets and deciding where they go: processor time a ticket, in batches as the consumer has them.

Run it as `python -m bench.accept_bench [--batches 40]` with `tests` on PYTHONPATH. The inbox, the decision, every
row, the events and the commit are in it; reading from the log is not.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from bureau import submitted
from common.bus import Delivery, Record
from common.clock import now
from common.db import Database
from common.inbox import Inbox
from common.migrate import migrate_service
from common.run import settle_in
from common.vocabulary import HandlingClass
from embedded.postgres import Server
from routing import beginnings, timekeeping
from routing.consumers import GROUP, HANDLERS

SIZES = (1, 20, 100)
CLASSES = (*HandlingClass, None)


def batch(size: int) -> list[Delivery]:
    """So many new tickets, as they come from the log."""
    events = [submitted(CLASSES[n % len(CLASSES)], is_urgent=n % 7 == 0) for n in range(size)]
    records = [
        Record(
            topic=each.topic,
            key=each.key,
            id=each.message_id,
            type=each.type,
            version=1,
            time=now(),
            source="intake",
            body=each.model_dump_json().encode(),
            causation=None,
            traceparent=None,
        )
        for each in events
    ]
    return [Delivery(topic=r.topic, partition=0, position=n, record=r, problem="") for n, r in enumerate(records)]


def database_seconds(server: Server) -> float:
    """Processor time that the server's sessions spent so far."""
    sessions = psutil.Process(server.pid).children(recursive=True)
    return float(sum(sum(each.cpu_times()[:2]) for each in sessions))


async def spent(inbox: Inbox, server: Server, batches: Sequence[Sequence[Delivery]]) -> dict[str, float]:
    """Milliseconds a ticket."""
    tickets = sum(len(each) for each in batches)
    own, theirs, began = time.process_time(), database_seconds(server), time.perf_counter()
    for each in batches:
        await inbox.take(each)
    return {
        "loket_ms": round((time.process_time() - own) * 1000 / tickets, 3),
        "postgres_ms": round((database_seconds(server) - theirs) * 1000 / tickets, 3),
        "elapsed_ms": round((time.perf_counter() - began) * 1000 / tickets, 3),
    }


async def measure(server: Server, batches: int) -> dict[str, Any]:
    """Each size of batch."""
    url = server.ensure_database("routing")
    await migrate_service(url, "routing")
    database = Database(url)
    async with database.transaction() as session:
        await beginnings.ensure_defaults(session, now())
        await timekeeping.ensure_calendars(session, "Europe/Amsterdam", now())
    inbox = Inbox(database, HANDLERS, GROUP)
    settle_in()
    await spent(inbox, server, [batch(20) for _ in range(10)])
    found = {str(size): await spent(inbox, server, [batch(size) for _ in range(batches)]) for size in SIZES}
    await database.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Server(Path(name) / "postgres") as server:
        found = asyncio.run(measure(server, given.batches))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
