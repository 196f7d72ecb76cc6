"""`loket audit`: counts that must agree across the three databases, and the tickets for which they do not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from common.db import Database
from common.events import INTAKE_TICKETS, NOTIFICATIONS_DELIVERIES, ROUTING_WORK
from embedded.addresses import settings_here
from embedded.composition import NAMES

SENDERS = {INTAKE_TICKETS: "intake", ROUTING_WORK: "routing", NOTIFICATIONS_DELIVERIES: "notifications"}
READERS = {
    INTAKE_TICKETS: ("routing", "notifications"),
    ROUTING_WORK: ("intake", "notifications"),
    NOTIFICATIONS_DELIVERIES: ("intake", "routing"),
}
MOST_NAMES = 20
Versions = Mapping[tuple[str, UUID], int]


@dataclass(frozen=True, slots=True)
class Books:
    """What one service's database says at one moment."""

    tickets: Mapping[UUID, str]  # id to reference
    sent: Versions  # events made, by topic and key
    unsent: Versions  # the newest of them that the log does not have yet
    seen: Versions  # events handled
    parked: Mapping[tuple[str, UUID], str]  # why a stream stands still
    notices: Mapping[str, int]  # deliveries by state; notifications only
    silent: Sequence[UUID]  # tickets without any acknowledgement; notifications only
    splits: Mapping[UUID, UUID | None] = field(default_factory=dict)  # parts that were split off, and their tickets


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: how many there should be, how many are explained, and which are not."""

    what: str
    expected: int
    found: int
    waiting: int  # on their way, with a reason
    missing: Sequence[str]

    @property
    def is_right(self) -> bool:
        """Whether everything is there or explained."""
        return not self.missing


def audit(
    wait: Annotated[float, typer.Option(help="Seconds to let events arrive that are still on their way.")] = 10.0,
) -> None:
    """Compare what was accepted with what was routed and told; exit code 1 when something is missing."""
    lines = asyncio.run(_when_quiet(wait))
    table = Table("", "expected", "there", "waiting, with a reason", "missing")
    for line in lines:
        names = ", ".join(line.missing[:MOST_NAMES]) + (" …" if len(line.missing) > MOST_NAMES else "")
        table.add_row(line.what, str(line.expected), str(line.found), str(line.waiting), names or "none")
    Console().print(table)
    raise typer.Exit(0 if all(line.is_right for line in lines) else 1)


async def _when_quiet(wait_seconds: float) -> list[Line]:
    """The comparison once nothing is on its way, or when the wait is over."""
    settings = settings_here()
    databases = {name: Database(settings.database_of(name), pool_size=2) for name in NAMES}
    until = asyncio.get_running_loop().time() + wait_seconds
    try:
        while True:
            # Readers first: what was made meanwhile can only be more, never seem lost.
            books = {name: await read(name, databases[name]) for name in reversed(NAMES)}
            lines = compare(books)
            is_over = asyncio.get_running_loop().time() >= until
            if is_over or all(line.is_right and not line.waiting for line in lines):
                return lines
            await asyncio.sleep(0.5)
    finally:
        for database in databases.values():
            await database.close()


def compare(books: Mapping[str, Books]) -> list[Line]:
    """Every count that must agree."""
    names = dict(books["intake"].tickets)
    lines = [_events(books, topic, reader, names) for topic, readers in READERS.items() for reader in readers]
    lines += [_copies(books, reader) for reader in ("routing", "notifications")]
    lines.append(_splits(books))
    silent = [names.get(ticket, str(ticket)) for ticket in books["notifications"].silent]
    told = len(books["notifications"].tickets)
    lines.append(Line("tickets whose customer was told, or why not", told, told - len(silent), 0, silent))
    lines += [Line(f"deliveries {state}", n, n, 0, ()) for state, n in sorted(books["notifications"].notices.items())]
    return lines


def _events(books: Mapping[str, Books], topic: str, reader: str, names: Mapping[UUID, str]) -> Line:
    """Each event of a topic was handled by a reader, or stands somewhere with a reason."""
    sender, taker = books[SENDERS[topic]], books[reader]
    sent = {stream: n for stream, n in sender.sent.items() if stream[0] == topic}
    behind = {stream: n for stream, n in sent.items() if taker.seen.get(stream, 0) < n}
    explained = {stream for stream in behind if stream in sender.unsent or stream in taker.parked}
    missing = [names.get(key, str(key)) for topic, key in behind.keys() - explained]
    found = sum(min(n, taker.seen.get(stream, 0)) for stream, n in sent.items())
    return Line(f"events {SENDERS[topic]} → {reader}", sum(sent.values()), found, len(explained), sorted(missing))


def _splits(books: Mapping[str, Books]) -> Line:
    """Each part that an agent split off became a ticket, or waits at intake or on its way there or back."""
    asked, kept = books["routing"].splits, books["intake"].splits
    unsent = {key for topic, key in books["routing"].unsent if topic == ROUTING_WORK}
    made = {split for split in asked if asked[split] or kept.get(split)}
    waiting = {split for split in asked.keys() - made if split in kept or unsent}
    missing = sorted(str(split) for split in asked.keys() - made - waiting)
    return Line("parts split off → tickets", len(asked), len(made), len(waiting), missing)


def _copies(books: Mapping[str, Books], reader: str) -> Line:
    """Each accepted ticket exists at a reader, or its first event stands somewhere with a reason."""
    intake, taker = books["intake"], books[reader]
    absent = intake.tickets.keys() - taker.tickets.keys()
    explained = {
        ticket
        for ticket in absent
        if (INTAKE_TICKETS, ticket) in intake.unsent or (INTAKE_TICKETS, ticket) in taker.parked
    }
    missing = sorted(intake.tickets[ticket] for ticket in absent - explained)
    there = len(intake.tickets) - len(absent)
    return Line(f"tickets accepted → {reader}", len(intake.tickets), there, len(explained), missing)


async def read(name: str, database: Database) -> Books:
    """What the service's database says now."""
    async with database.reading() as session:

        async def versions(query: str) -> dict[tuple[str, UUID], int]:
            return {(topic, key): n for topic, key, n in await session.execute(text(query))}

        parked = await session.execute(text("SELECT topic, key, problem FROM parked_event WHERE key IS NOT NULL"))
        tickets = await session.execute(text("SELECT ticket_id, reference FROM ticket"))
        told = name == "notifications"
        splits = await session.execute(text(_SPLITS[name])) if name in _SPLITS else ()
        counts = await session.execute(text("SELECT state, count(*) FROM delivery GROUP BY state")) if told else ()
        silent = await session.scalars(text(_SILENT)) if told else ()
        return Books(
            tickets=dict(tickets.all()),
            sent=await versions("SELECT topic, key, last_version FROM event_stream"),
            unsent=await versions("SELECT topic, key, max(version) FROM outbox GROUP BY topic, key"),
            seen=await versions("SELECT topic, key, last_version FROM event_seen"),
            parked={(topic, key): problem for topic, key, problem in parked},
            notices=dict(tuple(row) for row in counts),
            silent=list(silent),
            splits=dict(tuple(row) for row in splits),
        )


_SPLITS = {
    "routing": "SELECT split_id, new_ticket_id FROM split",
    "intake": "SELECT split_id, ticket_id FROM split",
}
_SILENT = """
SELECT t.ticket_id FROM ticket t
WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.ticket_id = t.ticket_id)
"""
