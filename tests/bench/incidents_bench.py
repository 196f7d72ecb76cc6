"""An incident told to five thousand: declared over their open tickets, planned, sent once each; and what others notice.

Run it as `python -m bench.incidents_bench [--people 5000] [--json]` with `tests` on PYTHONPATH.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID, uuid4

import uvloop
from sqlalchemy import text

from bench.notices_bench import QuickSink, address, p99, sending, until
from bureau import submitted as accepted
from common import clock
from common.db import Database
from common.events import CATALOGUE, Customer, Event, IncidentDeclared, IncidentSpread, TicketSubmitted
from common.migrate import migrate_service
from common.vocabulary import Language, Role
from embedded.postgres import Server
from notifications.smtp import Smtp, server_of
from postroom import PostRoom, submitted
from routing import beginnings, incidents, timekeeping, work
from routing.concerns import Plan
from routing.reaches import Reach
from routing.viewer import Viewer

BATCH = 200
WORDS = {language.value: "Er is een waterstoring. Om 17:00 hoort u meer." for language in Language}
LEAD = Viewer(
    agent_id=uuid4(),
    session_id=uuid4(),
    username="lead",
    name="Sofie",
    role=Role.LEAD,
    language=Language.NL,
    queue_ids=frozenset(),
    has_clearance=True,
)


@dataclass
class Figures:
    """Times in seconds."""

    people: int = 0
    declared_seconds: float = 0.0
    planned_seconds: float = 0.0
    sent_seconds: float = 0.0
    doubles: int = 0
    not_told: int = 0
    events: int = 0
    largest_event_bytes: int = 0
    others_p99_seconds: float = 0.0
    others_p99_while_telling_seconds: float = 0.0


async def declared(database: Database, figures: Figures) -> list[Event]:
    """What routing says of an incident over so many open tickets, each of somebody else."""
    async with database.transaction() as session:
        await beginnings.ensure_defaults(session, clock.now())
        await timekeeping.ensure_calendars(session, "Europe/Amsterdam", clock.now())
    for start in range(0, figures.people, BATCH):
        size = min(BATCH, figures.people - start)
        events = [_ticket(uuid4()) for _ in range(size)]
        async with database.transaction() as session:
            await work.accept(session, events, clock.now())
    plan = Plan(title="Waterstoring", reach=Reach(areas=["3511"]), words=WORDS, per_minute=60_000)
    began = time.monotonic()
    async with database.transaction() as session:
        await incidents.declare(session, plan, LEAD, clock.now())
    figures.declared_seconds = time.monotonic() - began
    async with database.reading() as session:
        wanted = text("SELECT type, body FROM outbox WHERE type LIKE 'incident.%' ORDER BY seq")
        rows = (await session.execute(wanted)).all()
    figures.events, figures.largest_event_bytes = len(rows), max(len(body) for _, body in rows)
    return [CATALOGUE[type_of].model_validate_json(body) for type_of, body in rows]


def _ticket(person_id: UUID) -> TicketSubmitted:
    customer = Customer(person_id=person_id, name="Anna", email="a@example.org", language=Language.NL)
    return accepted().model_copy(update={"customer": customer})


async def told(database: Database, sink: QuickSink, events: list[Event], figures: Figures) -> None:
    """Notifications hears the events, and one sender tells everybody at the fastest pace."""
    room = PostRoom(database, Smtp(server_of("smtp://127.0.0.1:1")), now=clock.now())
    affected = [each for event in events if isinstance(event, IncidentSpread) for each in event.tickets]
    for start in range(0, len(affected), BATCH):
        some = affected[start : start + BATCH]
        facts = [
            submitted(each.ticket_id, email=address(each.ticket_id), person_id=each.person_id).model_copy(
                update={"may_be_answered": False}
            )
            for each in some
        ]
        await room.hear(*facts)
    async with database.transaction() as session:
        await session.execute(text("UPDATE delivery SET state = 'suppressed', detail = 'program', recorded_at = now()"))
    began = time.monotonic()
    for event in events:
        await room.hear(event)
    figures.planned_seconds = time.monotonic() - began
    before = len(sink.arrived)
    began = time.monotonic()
    async with sending(database, sink):
        await until(lambda: len(sink.arrived) - before >= len(affected), 240)
        figures.sent_seconds = time.monotonic() - began
        await asyncio.sleep(1)
    got = [to for to, _ in sink.arrived[before:]]
    figures.doubles, figures.not_told = len(got) - len(set(got)), len(affected) - len(set(got))


async def measured(people: int) -> Figures:
    """All figures, on databases of their own."""
    figures = Figures(people=people)
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "postgres") as server:
        urls = {name: server.ensure_database(name) for name in ("routing", "notifications")}
        for name, url in urls.items():
            await migrate_service(url, name)
        routing, notifications = Database(urls["routing"]), Database(urls["notifications"])
        events = await declared(routing, figures)
        async with QuickSink() as sink:
            figures.others_p99_seconds = await p99(notifications, sink, is_stalling=False)
            await told(notifications, sink, events, figures)
            slowly = [_again(event) for event in events]
            room = PostRoom(notifications, Smtp(server_of("smtp://127.0.0.1:1")), now=clock.now())
            for event in slowly:
                await room.hear(event)
            figures.others_p99_while_telling_seconds = await p99(notifications, sink, is_stalling=False)
        await routing.close()
        await notifications.close()
    return figures


def _again(event: Event) -> Event:
    """The same incident once more under another id, told to so many a minute."""
    changed: dict[str, object] = {"incident_id": UUID(int=7)}
    if isinstance(event, IncidentDeclared):
        changed["per_minute"] = 1200
    return event.model_copy(update=changed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = uvloop.run(measured(given.people))
    sys.stdout.write(json.dumps(asdict(figures), indent=None if given.json else 2) + "\n")


if __name__ == "__main__":
    main()
