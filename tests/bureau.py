"""Routing as tests meet it: the real application on a real database, people who log in, and tickets that come in."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database
from common.events import (
    CATALOGUE,
    Address,
    Customer,
    DeliveryRecorded,
    Event,
    MessageReceived,
    TicketSubmitted,
)
from common.run import Service
from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Topic
from routing import projections, replies, work
from routing.entrance import Entrance
from routing.firing import fire_clocks
from routing.timers import fire_due
from routing.viewer import Viewer

PASSWORD = "loket-demo"
numbers = count(1)

Json = dict[str, Any]


def submitted(
    handling_class: HandlingClass | None = HandlingClass.ROUTINE, *, is_urgent: bool = False, **changed: object
) -> TicketSubmitted:
    """A ticket as intake would announce it; `sensitivity` and any field of the event may be changed."""
    judgement = {
        "handling_class": handling_class,
        "confidence": 0.9,
        "probabilities": {"routine": 0.9},
        "topic": Topic.BILLING,
        "task_type": TaskType.COMPLAINT,
        "is_urgent": is_urgent,
        "sensitivity": changed.pop("sensitivity", Sensitivity.NORMAL),
        "language": Language.NL,
        "model_version": "test-1",
    }
    customer = Customer(person_id=uuid4(), name="Anna Jansen", email="anna@example.org", language=Language.NL)
    given: Json = {
        "ticket_id": uuid4(),
        "reference": f"L{next(numbers):09d}",
        "customer": customer,
        "address": Address(postcode="3511 AB", house_number="12", city="Utrecht"),
        "channel": Channel.WEB,
        "subject": "Mijn factuur klopt niet",
        "body": "Er staat twintig euro te veel op.",
        "judgement": judgement,
        "message_id": uuid4(),
        "submitted_at": now(),
    }
    return TicketSubmitted.model_validate(given | changed)


@dataclass
class Colleague:
    """Somebody who is logged in, at the API."""

    client: httpx.AsyncClient
    name: str
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **params: str | int) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self.headers)

    async def post(self, path: str, **body: object) -> httpx.Response:
        # ASCII, so that tests can send halves of characters too.
        headers = {**self.headers, "content-type": "application/json"}
        return await self.client.post(path, content=json.dumps(body), headers=headers)

    async def take_next(self, *queues: str) -> Json:
        """The next ticket, which must be there."""
        response = await self.post("/api/work/next", queues=list(queues) or None)
        assert response.status_code == 200, response.text
        taken: Json = response.json()
        return taken

    async def act(self, ticket: Json, act: str, **body: object) -> Json:
        """The ticket after an act that must succeed."""
        response = await self.try_to(ticket, act, **body)
        assert response.status_code == 200, response.text
        after: Json = response.json()
        return after

    async def try_to(self, ticket: Json, act: str, **body: object) -> httpx.Response:
        """What comes of an act on a ticket as it was last seen."""
        return await self.post(f"/api/work/{ticket['id']}/{act}", version=ticket["version"], **body)

    async def look_at(self, ticket_id: object) -> Json:
        """A ticket and everything around it."""
        response = await self.get(f"/api/work/{ticket_id}")
        assert response.status_code == 200, response.text
        seen: Json = response.json()
        return seen


@dataclass
class Bureau:
    """Routing, running."""

    service: Service
    client: httpx.AsyncClient

    @property
    def database(self) -> Database:
        return self.service.database

    def browser(self) -> httpx.AsyncClient:
        """A browser of its own, with its own cookies."""
        transport = httpx.ASGITransport(self.service.app)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")

    async def log_in(self, username: str, password: str = PASSWORD) -> Colleague:
        response = await self.client.post("/api/session", json={"username": username, "password": password})
        assert response.status_code == 200, response.text
        return Colleague(self.client, response.json()["name"], {"authorization": f"Bearer {response.json()['token']}"})

    async def viewer(self, session: AsyncSession, who: Colleague) -> Viewer:
        """Somebody who is logged in, as routing sees them."""
        entrance: Entrance = self.service.app.state.entrance
        viewer = await entrance.viewer(session, who.headers["authorization"].removeprefix("Bearer "))
        assert viewer
        return viewer

    async def accept(self, *events: TicketSubmitted) -> list[UUID]:
        """These tickets come in, in one batch."""
        async with self.database.transaction() as session:
            await work.accept(session, events, now())
        return [event.ticket_id for event in events]

    async def customer_writes(self, ticket_id: UUID | str, body: str = "Hoe staat het ermee?") -> None:
        """A message of the customer arrives."""
        event = MessageReceived(
            ticket_id=UUID(str(ticket_id)),
            message_id=uuid4(),
            author_name="Anna Jansen",
            body=body,
            channel=Channel.WEB,
            received_at=now(),
        )
        async with self.database.transaction() as session:
            await replies.receive(session, event, now())

    async def delivery_recorded(
        self, ticket_id: UUID, delivery_id: UUID, state: Literal["sent", "retrying", "failed"], at: datetime
    ) -> None:
        """Notifications say how a notice fares."""
        event = DeliveryRecorded(
            ticket_id=ticket_id,
            delivery_id=delivery_id,
            notice="acknowledgement",
            channel=Channel.EMAIL,
            state=state,
            attempts=1,
            recorded_at=at,
        )
        async with self.database.transaction() as session:
            await projections.keep_deliveries(session, [event], at)

    async def time_passes_until(self, moment: datetime) -> int:
        """Everything due by then happens; how much that was."""
        fired = 0
        while n := await fire_due(self.database, moment):
            fired += n
        return fired

    async def clocks_run_until(self, moment: datetime) -> int:
        """Every stage that clocks reach by then comes to pass; how many clocks that were."""
        fired = 0
        while n := await fire_clocks(self.database, moment):
            fired += n
        return fired

    async def events(self, type_of: str = "") -> list[Event]:
        """What was told to the other services, oldest first."""
        async with self.database.reading() as session:
            rows = await session.execute(text("SELECT type, body FROM outbox ORDER BY seq"))
            return [CATALOGUE[t].model_validate_json(body) for t, body in rows if type_of in {"", t}]

    async def scalar(self, sql: str, **values: object) -> object:
        """One value from the database."""
        async with self.database.reading() as session:
            return await session.scalar(text(sql), values)
