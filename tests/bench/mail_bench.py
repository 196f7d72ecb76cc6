"""Mail that comes in: accepted and stored a second, settled a second, how long until it is a ticket, and nothing lost.

Run it as `PYTHONPATH=tests python -m bench.mail_bench [--total 5000]`; the sender is another process.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import text

from common.auth import Seal
from common.db import Database
from common.migrate import migrate_service
from common.wakeup import Wakeups
from embedded.postgres import Server
from intake.attachments import AttachmentStore
from intake.incoming import CHANNEL
from intake.judging import Judge
from intake.mailroom.listener import Door, Listener, Store
from intake.mailroom.readers import Readers
from intake.mailroom.worker import Desk, Worker
from intake.settling import House

US = "help@loket.example"
RATE = 20  # mails a second while the time to a ticket is measured
TABLES = ("mail", "message", "ticket", "person", "idempotency_key", "outbox", "event_stream")


@dataclass
class Room:
    """The mail room of the benchmark."""

    database: Database
    worker: Worker
    port: int

    async def clear(self) -> None:
        async with self.database.engine.begin() as connection:
            for table in TABLES:
                await connection.execute(text(f"TRUNCATE {table} CASCADE"))

    async def count(self, what: str) -> int:
        async with self.database.reading() as session:
            return int(await session.scalar(text(f"SELECT count(*) FROM {what}")) or 0)  # noqa: S608 - our own words

    async def settled(self) -> dict[int, float]:
        """When each mail was settled, by the number in its subject."""
        wanted = text("SELECT subject, extract(epoch FROM settled_at) AS at FROM mail WHERE state = 'settled'")
        async with self.database.reading() as session:
            return {int(row.subject.split()[1]): float(row.at) for row in await session.execute(wanted)}


@asynccontextmanager
async def room(server: Server, folder: Path) -> AsyncIterator[Room]:
    url = server.ensure_database("bench_mail")
    await migrate_service(url, "intake")
    database, judge = Database(url), Judge()
    await judge.ready()
    house = House(frozenset({US}))
    desk = Desk(database, judge, AttachmentStore.at("", folder), Seal("x" * 40), house)
    listener = Listener(Store(database), Door(frozenset({US})))
    await listener.open("127.0.0.1", 0)
    async with Readers() as readers:
        yield Room(database, Worker(desk, readers), listener.port)
    await listener.close()
    await database.close()
    await judge.close()


async def send(port: int, total: int, *, rate: float = 0, cut: float = 0) -> dict[str, Any]:
    given = ["--port", str(port), "--total", str(total), "--rate", str(rate), "--cut", str(cut)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.mail_client", *given, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    found: dict[str, Any] = json.loads(said)
    return found


async def measure(total: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres") as server:
        async with room(server, Path(folder)) as there:
            return {
                **await accepting(there, total),
                **await settling(there),
                **await latency(there),
                **await cutting(there, total),
            }


async def accepting(there: Room, total: int) -> dict[str, float]:
    sent = await send(there.port, total)
    return {"accepted_per_second": total / sent["seconds"]}


async def settling(there: Room) -> dict[str, float]:
    """How many a second leave the pile that the measurement before made."""
    began = time.monotonic()
    number = 0
    while number < 600 and (done := await there.worker.once()):
        number += done
    spent = time.monotonic() - began
    await there.clear()
    return {"settled_per_second": number / spent}


async def latency(there: Room) -> dict[str, float]:
    """From the 250 to the ticket, at a steady rate."""
    wakeups = Wakeups(there.database, [CHANNEL])
    loops = [asyncio.create_task(wakeups.run()), asyncio.create_task(there.worker.run(wakeups))]
    total = RATE * 20
    sent = await send(there.port, total, rate=RATE)
    while await there.count("mail WHERE state = 'waiting'"):
        await asyncio.sleep(0.2)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    settled = await there.settled()
    waits = sorted(settled[int(n)] - at for n, at in sent["acknowledged"].items())
    await there.clear()
    return {"ticket_p50_seconds": waits[len(waits) // 2], "ticket_p95_seconds": waits[int(len(waits) * 0.95)]}


async def cutting(there: Room, total: int) -> dict[str, float]:
    """Connections cut at random; every mail is sent until it was acknowledged."""
    sent = await send(there.port, total, cut=0.3)
    await there.worker.drain()
    messages, tickets = await there.count("message"), await there.count("ticket")
    rows = await there.count("mail WHERE state = 'settled'")
    return {"sent": total, "cuts": sent["cuts"], "stored": rows, "messages": messages, "tickets": tickets}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, default=5000)
    given = parser.parse_args()
    json.dump(uvloop.run(measure(given.total)), sys.stdout)


if __name__ == "__main__":
    main()
