"""Mail that comes in: stored and settled a second, how long until it is a ticket, also among hostile ones; none lost.

Run it as `PYTHONPATH=tests python -m bench.mail_bench [--total 5000]`; the sender is another process.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import uvloop
from sqlalchemy import text

from common.auth import Seal
from common.db import Database
from common.migrate import migrate_service
from common.wakeup import Wakeups
from embedded.postgres import Server
from intake.attachments import AttachmentStore
from intake.incoming import CHANNEL, Arrived
from intake.judging import Judge
from intake.mailroom.checkers import Checkers
from intake.mailroom.listener import Door, Listener, Store
from intake.mailroom.readers import Readers
from intake.mailroom.worker import Desk, Worker
from intake.settling import House
from letterbox import letter
from name_server import NameServer
from odd_mails import Odd, odd_mails
from signing import KEY, Signer

US = "help@loket.example"
SIGNED = 300
SECONDS = 20
HOSTILE_RATE = 5  # a second, beside the others
RATE = 20  # mails a second while the time to a ticket is measured
TABLES = ("mail", "message", "ticket", "person", "idempotency_key", "outbox", "event_stream")


@dataclass
class Room:
    """The mail room of the benchmark."""

    database: Database
    desk: Desk
    readers: Readers
    port: int

    @property
    def worker(self) -> Worker:
        return Worker(self.desk, self.readers)

    @property
    def door(self) -> Store:
        return Store(self.database)

    async def clear(self) -> None:
        async with self.database.engine.begin() as connection:
            for table in TABLES:
                await connection.execute(text(f"TRUNCATE {table} CASCADE"))

    async def count(self, what: str) -> int:
        async with self.database.reading() as session:
            return int(await session.scalar(text(f"SELECT count(*) FROM {what}")) or 0)  # noqa: S608 - our own words

    async def settled(self) -> dict[int, float]:
        """When each mail was settled, by the number in its subject."""
        wanted = text("""
            SELECT subject, extract(epoch FROM settled_at) AS at FROM mail
            WHERE subject LIKE 'Vraag %' AND state = 'settled'
        """)
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
        yield Room(database, desk, readers, listener.port)
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


async def measure(total: int, parts: Sequence[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres") as server:
        async with room(server, Path(folder)) as there:
            found: dict[str, float] = {}
            for part in parts:
                found |= await PARTS[part](there, total)
            return found


async def accepting(there: Room, total: int) -> dict[str, float]:
    """How many a second are stored, and how many a second leave the pile that this makes."""
    sent = await send(there.port, total)
    began = time.monotonic()
    number = 0
    while number < 600 and (done := await there.worker.once()):
        number += done
    spent = time.monotonic() - began
    await there.clear()
    return {"accepted_per_second": total / sent["seconds"], "settled_per_second": number / spent}


async def checking(there: Room, _total: int) -> dict[str, float]:
    """How many a second are settled when each is signed, and its signature is checked here."""
    signer = Signer("example.org", KEY)
    async with NameServer() as zone, Checkers(zone.address) as checkers:
        zone.text("_dmarc.example.org", "v=DMARC1; p=reject")
        zone.text(signer.name, signer.record)
        desk = replace(there.desk, house=House(frozenset({US}), is_checked_here=True))
        for number in range(SIGNED):
            raw = signer.sign(letter(f"Vraag {number} over de meter.", sender=f"klant{number}@example.org"))
            await there.door.keep(Arrived("smtp", US, "", raw))
        began = time.monotonic()
        await Worker(desk, there.readers, checkers).drain()
        spent = time.monotonic() - began
    await there.clear()
    return {"checked_per_second": SIGNED / spent}


async def hostile(there: Room, _total: int) -> dict[str, float]:
    """How long the costliest hostile mail takes by itself, and ordinary mail while they pour in."""
    slowest, mails = 0.0, list(odd_mails())
    for number, odd in enumerate(mails):
        began = time.monotonic()
        await there.door.keep(Arrived("smtp", f"help+{number}@loket.example", odd.envelope_sender, odd.raw))
        await there.worker.drain()
        slowest = max(slowest, time.monotonic() - began)
    await there.clear()
    among = await latency(there, beside=Random(7).sample(mails, HOSTILE_RATE * SECONDS))
    found = {f"{name}_among_hostile": value for name, value in among.items()}
    return {"hostile": len(mails), "hostile_slowest_seconds": slowest, **found}


async def pour(there: Room, mails: Sequence[Odd]) -> None:
    """Hostile mails, a few a second."""
    for number, odd in enumerate(mails):
        await there.door.keep(Arrived("smtp", f"help+h{number}@loket.example", odd.envelope_sender, odd.raw))
        await asyncio.sleep(1 / HOSTILE_RATE)


async def latency(there: Room, _total: int = 0, *, beside: Sequence[Odd] = ()) -> dict[str, float]:
    """From the 250 to the ticket, at a steady rate."""
    wakeups = Wakeups(there.database, [CHANNEL])
    loops = [asyncio.create_task(wakeups.run()), asyncio.create_task(there.worker.run(wakeups))]
    pouring = asyncio.create_task(pour(there, beside))
    total = RATE * SECONDS
    sent = await send(there.port, total, rate=RATE)
    await pouring
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


PARTS: dict[str, Callable[[Room, int], Awaitable[dict[str, float]]]] = {
    "accepting": accepting,
    "checking": checking,
    "latency": latency,
    "hostile": hostile,
    "cutting": cutting,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, default=5000)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    given = parser.parse_args()
    json.dump(uvloop.run(measure(given.total, given.only)), sys.stdout)


if __name__ == "__main__":
    main()
