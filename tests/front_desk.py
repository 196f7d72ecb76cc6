"""The counter as tests meet it: the real application on a real database, and an address book of customers."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import text

from common.bus_postgres import PostgresBus
from common.db import Database
from common.events import CATALOGUE, Event
from common.outbox import emit
from common.run import Service
from common.settings import Settings
from intake.app import build
from intake.consumers import HANDLERS
from running import Stage

ANNA: dict[str, Any] = {
    "name": "Anna Jansen",
    "email": "anna@example.org",
    "body": "Er druppelt water door het plafond van de keuken en het wordt erger.",
}


@dataclass
class Loket:
    """Intake, running, with two clients: a browser that keeps cookies, and a program that keeps none."""

    service: Service
    browser: httpx.AsyncClient
    program: httpx.AsyncClient
    log: Database
    settings: Settings
    others: list[Service] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.service.database

    def another(self, **changed: object) -> Service:
        """A second process of the same service."""
        service = build(self.settings.model_copy(update=changed))
        self.others.append(service)
        return service

    async def bring(self, **more: object) -> dict[str, Any]:
        """Post a ticket through the API; the answer."""
        response = await self.program.post("/api/tickets", json=ANNA | more)
        assert response.status_code in {200, 201}, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def status(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """How a ticket stands, by the API."""
        response = await self.program.get(f"/api/tickets/{ticket['reference']}", headers=bearer(ticket))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def open(self, ticket: dict[str, Any]) -> httpx.Response:
        """The status page, reached by the link a customer got."""
        return await self.browser.get(ticket["status_url"], follow_redirects=True)

    async def hear(self, *events: Event) -> None:
        """Let other services tell these facts, through the log."""
        bus = PostgresBus(self.log.dsn)
        try:
            async with Stage(bus) as stage:
                await stage.join("routing", self.log, {})
                await stage.join("intake", self.database, HANDLERS)
                async with self.log.transaction() as session:
                    for event in events:
                        emit(session, event)
                await stage.settle()
        finally:
            await bus.close()

    async def emitted(self) -> list[Event]:
        """What left intake, in order."""
        async with self.database.reading() as session:
            rows = await session.execute(text("SELECT type, body FROM outbox ORDER BY seq"))
            return [CATALOGUE[row.type].model_validate_json(row.body) for row in rows]

    async def told(self) -> int:
        """How many events intake ever sent, also those that are in the log by now."""
        async with self.database.reading() as session:
            return int(await session.scalar(text("SELECT sum(last_version) FROM event_stream")) or 0)

    async def count(self, table: str) -> int:
        """How many rows a table holds."""
        async with self.database.reading() as session:
            return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - our names


def bearer(ticket: dict[str, Any]) -> dict[str, str]:
    """The header that opens a ticket."""
    return {"Authorization": f"Bearer {key_of(ticket)}"}


def key_of(ticket: dict[str, Any]) -> str:
    """The key in a ticket's link."""
    return str(ticket["status_url"]).partition("key=")[2]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, the last form's winning."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
