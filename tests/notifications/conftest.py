"""Notifications in a test: its own database, a folder for mail, a clock that is set by hand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from common.db import Database
from common.migrate import migrate_service
from embedded.postgres import Server
from http_sink import HttpSink
from notifications.maildir import Maildir
from notifications.tables import Base
from postroom import PostRoom
from running import empty


@pytest.fixture(scope="session")
async def notifications_database(postgres: Server) -> AsyncIterator[Database]:
    url = postgres.ensure_database("notifications_test")
    await migrate_service(url, "notifications")
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
async def database(notifications_database: Database) -> Database:
    await empty(notifications_database, Base.metadata)
    return notifications_database


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    """What a program outside gets to hear over HTTP."""
    async with HttpSink() as sink:
        yield sink


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[PostRoom]:
    """A post room that writes to a Maildir."""
    channel = Maildir(tmp_path / "mail")
    yield PostRoom(database, channel, tmp_path / "mail")
    await channel.close()
