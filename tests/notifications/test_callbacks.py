"""What the provider of texts tells us: believed when signed, once, and without numbers."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from common.clock import now
from common.db import Database
from common.settings import DEMO_SECRET, Settings
from common.signed_calls import new_secret, signed
from common.vocabulary import Channel
from notifications.app import build
from notifications.channels import Parcel
from notifications.retries import Answer, Verdict
from postroom import PostRoom, routed, submitted

SECRET = new_secret()
URL = "/api/callbacks/sms/status"


class Telephones:
    at_once = 10
    a_domain = 10

    async def send(self, _parcel: Parcel) -> Answer:
        """Always well."""
        return Answer(Verdict.ACCEPTED, "202 Accepted")

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    service = build(
        Settings(
            demo=True,
            mail_url=f"maildir:{tmp_path}",
            notifications_database_url=database.url,
            log_database_url=database.url,
            secret_key=SecretStr(DEMO_SECRET),
        )
    )
    service.app.state.sms_secret = SECRET
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://x") as client:
        yield client
    await service.close()


async def say(client: httpx.AsyncClient, secret: str = SECRET, **told: str) -> int:
    body = json.dumps(told).encode()
    answer = await client.post(URL, content=body, headers=signed(secret, "msg_1", body, now()))
    return answer.status_code


async def texted(room: PostRoom) -> str:
    room.add(Channel.SMS, Telephones())
    ticket = uuid4()
    await room.hear(submitted(ticket, email=None, phone="0612345678"), routed(ticket))
    await room.deliver()
    async with room.database.reading() as session:
        return str(await session.scalar(text("SELECT delivery_id FROM delivery WHERE state = 'sent'")))


async def rows(room: PostRoom) -> list[tuple[str, str | None]]:
    return [(row.state, row.detail) for row in await room.rows()]


async def test_that_a_text_arrived_is_kept_as_its_proof(client: httpx.AsyncClient, room: PostRoom) -> None:
    delivery_id = await texted(room)

    assert await say(client, id=delivery_id, status="delivered") == 204
    assert await rows(room) == [("sent", "delivered")]


async def test_that_a_text_did_not_arrive_marks_the_number_once(client: httpx.AsyncClient, room: PostRoom) -> None:
    delivery_id = await texted(room)

    for _ in range(2):
        assert await say(client, id=delivery_id, status="failed", reason="no such +31 612345678") == 204
    assert await rows(room) == [("bounced", "failed: no such <number>"), ("planned", None)]
    room.now = now()
    await room.deliver()
    assert (await rows(room))[1] == ("suppressed", "no_other_way")


async def test_a_stranger_is_not_believed(client: httpx.AsyncClient, room: PostRoom) -> None:
    delivery_id = await texted(room)

    assert await say(client, new_secret(), id=delivery_id, status="failed") == 401
    assert (await client.post(URL, content=b"{}")).status_code == 401
    assert await rows(room) == [("sent", "202 Accepted")]


@pytest.mark.parametrize("told", [{}, {"id": "x", "status": "failed"}, {"id": str(uuid4()), "status": "lost"}])
async def test_what_is_no_status_is_refused(client: httpx.AsyncClient, told: dict[str, str]) -> None:
    assert await say(client, **told) == 422


async def test_an_unknown_text_changes_nothing(client: httpx.AsyncClient, room: PostRoom) -> None:
    await texted(room)

    assert await say(client, id=str(uuid4()), status="failed") == 204
    assert await rows(room) == [("sent", "202 Accepted")]
