"""A bureau with the demo's people, emptied of tickets before each test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bureau import Bureau, Colleague
from common.log import configure
from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from embedded.postgres import Server
from routing.app import build
from routing.tables import Base
from running import PLUMBING

KEPT = {
    *("team", "queue", "agent", "agent_queue", "skill", "agent_skill", "agent_language", "shift"),
    *("policy", "staff_session"),
}


@pytest.fixture(scope="session")
async def addresses(postgres: Server) -> dict[str, str]:
    """A migrated database for routing, and one for the log."""
    urls = {name: postgres.ensure_database(f"bureau_{name}") for name in ("routing", "log")}
    await migrate_service(urls["routing"], "routing")
    await migrate_log(urls["log"])
    return {f"{name}_database_url": url for name, url in urls.items()}


@pytest.fixture(scope="session")
def settings(addresses: dict[str, str]) -> Settings:
    secret = SecretStr("only for these tests, never elsewhere!")
    return Settings(demo=True, pool_size=20, secret_key=secret, **addresses)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
async def opened(settings: Settings) -> AsyncIterator[Bureau]:
    """Opened once: hashing the demo's passwords takes a while."""
    configure("WARNING")
    service = build(settings)
    await service.prepare()
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield Bureau(service, client)
    await service.close()


@pytest.fixture
async def bureau(opened: Bureau) -> Bureau:
    """A bureau in which nothing has happened yet."""
    tables = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name not in KEPT]
    async with opened.database.engine.begin() as connection:
        for name in [*tables, *PLUMBING]:
            await connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - names from our own tables
    return opened


@pytest.fixture(scope="session")
async def colleagues(opened: Bureau) -> dict[str, Colleague]:
    """Everybody of the demo, logged in once."""
    names = ("frontoffice", "frontoffice2", "backoffice", "technician", "lead", "admin", "partner")
    return {name: await opened.log_in(name) for name in names}


@pytest.fixture
def fatima(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001 - on an empty desk
    """Of the front office."""
    return colleagues["frontoffice"]


@pytest.fixture
def joris(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001
    """Of the front office too."""
    return colleagues["frontoffice2"]


@pytest.fixture
def annelies(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001
    """Of the back office."""
    return colleagues["backoffice"]


@pytest.fixture
def bram(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001
    """Technician."""
    return colleagues["technician"]


@pytest.fixture
def sofie(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001
    """Team lead."""
    return colleagues["lead"]


@pytest.fixture
def pieter(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001
    """Works for a partner."""
    return colleagues["partner"]
