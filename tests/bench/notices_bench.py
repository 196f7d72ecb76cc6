"""Notices out: how fast one sender empties ten thousand, in order; and what one stalled domain does to the others.

Run it as `python -m bench.notices_bench [--notices 10000] [--json]` with `tests` on PYTHONPATH.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from uuid import UUID

import uvloop
from sqlalchemy import text
from uuid_utils.compat import uuid7

from common import clock
from common.db import Database
from common.migrate import migrate_service
from common.vocabulary import Channel
from common.wakeup import Wakeups
from embedded.postgres import Server
from notifications.queries import CHANNEL
from notifications.sender import Sender, Surroundings, Way
from notifications.smtp import Smtp, server_of
from postroom import HOUSE, PostRoom, replied, submitted, writer

A_TICKET = 3  # replies on each: one more and they would be gathered
BATCH = 200
RATE = 60  # mails a second, in the part about stalling
SECONDS = 20
STALLED = "stalled.example"
DOMAINS = 20


@dataclass
class QuickSink:
    """An SMTP server that keeps only who got a mail when; one domain may stall."""

    port: int = 0
    is_stalling: bool = False
    arrived: list[tuple[str, float]] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._over.set()
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        out.write(b"220 sink\r\n")
        recipient = ""
        while line := await reader.readline():
            command = line[:4].upper()
            if command == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                if self.is_stalling and recipient.endswith(STALLED):
                    await self._over.wait()
                    return
            if command == b"DATA":
                out.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                self.arrived.append((recipient, time.monotonic()))
            out.write(b"250-sink\r\n250 PIPELINING\r\n" if command == b"EHLO" else b"250 2.0.0 OK\r\n")


@dataclass
class Figures:
    """Rates in notices a second, times in seconds."""

    notices: int = 0
    seconds: float = 0.0
    out_of_order: int = 0
    normal_p99_seconds: float = 0.0
    stalled_p99_seconds: float = 0.0


@asynccontextmanager
async def sending(database: Database, sink: QuickSink) -> AsyncIterator[PostRoom]:
    """One sender of the product at work."""
    channel = Smtp(server_of(f"smtp://127.0.0.1:{sink.port}?starttls=never"))
    room = PostRoom(database, channel, now=clock.now())
    way = Way(Channel.EMAIL, channel, writer())
    sender = Sender(database, way, Surroundings([Channel.EMAIL], HOUSE.zone, "loket.example"))
    wakeups = Wakeups(database, [CHANNEL])
    tasks = [asyncio.create_task(wakeups.run()), asyncio.create_task(sender.run(wakeups))]
    yield room
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await channel.close()


async def emptied(database: Database, sink: QuickSink, notices: int) -> Figures:
    """How long one sender takes for so many, planned before it starts, and whether a ticket's came in order."""
    tickets = [uuid7() for _ in range(notices // A_TICKET)]
    began_at = datetime.now(UTC) - timedelta(hours=2)
    planner = PostRoom(database, Smtp(server_of("smtp://127.0.0.1:1")), now=clock.now())
    for start in range(0, len(tickets), BATCH):
        some = tickets[start : start + BATCH]
        events = [
            submitted(ticket, email=address(ticket)).model_copy(update={"may_be_answered": False}) for ticket in some
        ]
        await planner.hear(*events)
        for n in range(A_TICKET):
            await planner.hear(
                *(replied(ticket, f"Antwoord {n}", at=began_at + timedelta(minutes=n)) for ticket in some)
            )
    wanted = len(tickets) * A_TICKET
    before = len(sink.arrived)
    began = time.monotonic()
    async with sending(database, sink):
        await until(lambda: len(sink.arrived) - before >= wanted, 300)
        spent = time.monotonic() - began
        await asyncio.sleep(1)
    return Figures(notices=wanted, seconds=spent, out_of_order=await out_of_order(database))


async def out_of_order(database: Database) -> int:
    """How many deliveries were recorded before one of the same ticket that came first."""
    wanted = text("""
        SELECT count(*) FROM (
            SELECT recorded_at < lag(recorded_at) OVER (PARTITION BY ticket_id ORDER BY occurred_at) AS is_early
            FROM delivery WHERE state = 'sent') d WHERE is_early
    """)
    async with database.reading() as session:
        return int(await session.scalar(wanted) or 0)


async def p99(database: Database, sink: QuickSink, *, is_stalling: bool) -> float:
    """The time by which 99 in 100 mails to healthy domains arrived, at a steady rate."""
    sink.is_stalling = is_stalling
    planned: dict[str, float] = {}
    took: dict[str, float] = defaultdict(float)
    before = len(sink.arrived)
    async with sending(database, sink) as room:
        for n in range(RATE * SECONDS):
            ticket = uuid7()
            to = f"{ticket.hex}@{STALLED if n % 10 == 0 else f'd{n % DOMAINS}.example'}"
            room.now = clock.now()
            planned[to] = time.monotonic()
            fact = submitted(ticket, email=to, at=room.now).model_copy(update={"may_be_answered": False})
            await room.hear(fact, replied(ticket, at=room.now))
            await asyncio.sleep(max(0.0, planned[to] + 1 / RATE - time.monotonic()))
        healthy = {to for to in planned if not to.endswith(STALLED)}
        await until(lambda: len({to for to, _ in sink.arrived[before:]} & healthy) == len(healthy), 120)
    for to, at in sink.arrived[before:]:
        if to in healthy:
            took[to] = at - planned[to]
    return sorted(took.values())[int(len(took) * 0.99)]


def address(ticket: UUID) -> str:
    """One of many, at one of twenty domains."""
    return f"{ticket.hex}@d{ticket.int % DOMAINS}.example"


async def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Return when it is so; an error after so long."""
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.05)


async def measured(notices: int) -> Figures:
    """All figures, on a database of their own."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres") as server:
        url = server.ensure_database("notifications")
        await migrate_service(url, "notifications")
        database = Database(url)
        async with QuickSink() as sink:
            figures = await emptied(database, sink, notices)
            figures.normal_p99_seconds = await p99(database, sink, is_stalling=False)
            figures.stalled_p99_seconds = await p99(database, sink, is_stalling=True)
        await database.close()
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = uvloop.run(measured(given.notices))
    sys.stdout.write(json.dumps(asdict(figures), indent=None if given.json else 2) + "\n")


if __name__ == "__main__":
    main()
