"""Every failure is an answer: with a sentence, an id, and nothing of the inside."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from common.app import build_app
from common.db import Database, Reading, Transaction
from common.errors import Conflict
from common.outbox import emit
from plumbing import feedback


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    word: str


def plain(_request: Request, status: int, sentence: str, values: dict[str, str | float]) -> Response:
    return Response(sentence % values if values else sentence, status, media_type="text/plain")


def application(database: Database) -> FastAPI:
    app = build_app("test", database, plain)

    @app.post("/api/echo")
    async def echo(body: Body) -> Body:
        return body

    @app.get("/api/refused")
    @app.get("/refused")
    async def refused() -> None:
        raise Conflict("%(name)s was quicker.", name="Anna")

    @app.get("/api/broken")
    async def broken() -> None:
        raise LookupError("jan.jansen@example.org")

    @app.post("/api/write")
    async def write(session: Transaction) -> dict[str, str]:
        await session.execute(text("INSERT INTO effect (score) VALUES (1)"))
        emit(session, feedback())
        return {"status": "written"}

    @app.post("/api/write-in-a-reading")
    async def cheat(session: Reading) -> None:
        await session.execute(text("INSERT INTO effect (score) VALUES (1)"))

    return app


@pytest.fixture
async def client(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(database), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_a_refusal_is_a_problem_under_api_and_a_page_elsewhere(client: httpx.AsyncClient) -> None:
    api, page = await client.get("/api/refused"), await client.get("/refused")

    assert (api.status_code, page.status_code) == (409, 409)
    assert api.headers["content-type"] == "application/problem+json"
    assert api.json()["detail"] == page.text == "Anna was quicker."
    assert api.json()["id"]


async def test_a_bug_tells_nothing_of_the_inside(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/broken")

    assert answer.status_code == 500
    assert "jansen" not in answer.text
    assert "LookupError" not in answer.text


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 10_000, b'{"word": 1}', b'{"word": "a", "x": 1}', b"\xff\xfe", b"null"],
)
async def test_malformed_json_is_refused_without_echoing_it(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/echo", content=body, headers={"content-type": "application/json"})

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_body_over_a_mebibyte_is_refused_whether_or_not_it_says_so(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 64 * 1024

    told = await client.post("/api/echo", content=b"x" * (1024 * 1024 + 1))
    untold = await client.post("/api/echo", content=chunks())

    assert (told.status_code, untold.status_code) == (413, 413)


async def test_an_answer_comes_only_after_the_commit(client: httpx.AsyncClient, database: Database) -> None:
    answer = await client.post("/api/write")

    assert answer.status_code == 200
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM outbox")) == 1


async def test_a_reading_cannot_write(client: httpx.AsyncClient, database: Database) -> None:
    answer = await client.post("/api/write-in-a-reading")

    assert answer.status_code == 500
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM effect")) == 0


async def test_a_database_that_is_away_is_503_with_retry_after() -> None:
    away = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(away)), base_url="http://test") as client:
        answers = [await client.post("/api/write"), await client.get("/readyz")]
        alive = await client.get("/livez")
    await away.close()

    assert [a.status_code for a in answers] == [503, 503]
    assert all(a.headers["retry-after"] for a in answers)
    assert alive.status_code == 200


async def test_metrics_name_routes_not_paths(client: httpx.AsyncClient) -> None:
    await client.get("/api/refused")
    await client.get("/nowhere/jan@example.org")

    said = (await client.get("/metrics")).text

    assert 'route="/api/refused"' in said
    assert "jan@example.org" not in said
