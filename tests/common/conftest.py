"""A service of its own for the plumbing's tests: it counts what reaches it."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from common.bus_postgres import PostgresBus
from common.db import Database
from common.inbox import Inbox
from common.migrate import migrate, migrate_log
from embedded.postgres import Server
from plumbing import Effects
from running import LOG, empty


@pytest.fixture(scope="session")
async def plumbing_database(postgres: Server) -> AsyncIterator[Database]:
    database = Database(postgres.ensure_database("plumbing"))
    await migrate(database.url, "common:migrations")
    async with database.engine.begin() as connection:
        await connection.execute(
            text("CREATE TABLE effect (seq int GENERATED ALWAYS AS IDENTITY, ticket_id uuid, score int)")
        )
    yield database
    await database.close()


@pytest.fixture
async def database(plumbing_database: Database) -> Database:
    await empty(plumbing_database)
    await empty(plumbing_database, names=["effect"])
    return plumbing_database


@pytest.fixture(scope="session")
async def log_dsn(postgres: Server) -> str:
    url = postgres.ensure_database("plumbing_log")
    await migrate_log(url)
    return url.replace("+asyncpg", "")


@pytest.fixture
async def postgres_bus(log_dsn: str, postgres: Server) -> AsyncIterator[PostgresBus]:
    database = Database(postgres.ensure_database("plumbing_log"))
    await empty(database, names=LOG)
    await database.close()
    bus = PostgresBus(log_dsn)
    yield bus
    await bus.close()


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
def inbox(database: Database, effects: Effects) -> Inbox:
    return Inbox(database, effects.handlers, "plumbing")
