"""What is kept of the house's rules: the very same while nobody changes them, and never what is out of date."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bureau import Bureau
from common.clock import now
from common.db import Database
from routing.almanac import Almanac
from routing.editions import forget
from routing.rulebook import Rulebook, rulebook
from routing.tables import CalendarVersion, Queue, QueueTime
from routing.timetables import timetable


@pytest.fixture
async def database(bureau: Bureau) -> AsyncIterator[Database]:
    """The bureau's; its queues are as they were afterwards."""
    database = bureau.service.database
    async with database.reading() as session:
        rows = await session.execute(text("SELECT queue_id, name FROM queue"))
        names = {row.queue_id: row.name for row in rows}
    yield database
    async with database.transaction() as session:
        for queue_id, name in names.items():
            await session.execute(update(Queue).where(Queue.queue_id == queue_id).values(name=name))


async def read(database: Database) -> Rulebook:
    async with database.reading() as session:
        return await rulebook(session)


async def rename(session: AsyncSession, name: str) -> None:
    await session.execute(update(Queue).where(Queue.queue_id == "field").values(name=name))


async def test_the_same_rules_are_made_once_for_all_who_ask(database: Database) -> None:
    assert await read(database) is await read(database)


async def test_whoever_changes_a_queue_is_followed_by_the_next_who_asks(database: Database) -> None:
    before = await read(database)

    async with database.transaction() as session:
        await rename(session, "Out in the rain")

    after = await read(database)
    assert (before.queues["field"].name, after.queues["field"].name) == (before.queues["field"].name, "Out in the rain")
    assert after is not before


async def test_a_transaction_sees_its_own_changes_and_nobody_else_does_when_they_are_undone(
    database: Database,
) -> None:
    before = await read(database)

    async with database.engine.connect() as connection, AsyncSession(connection) as session:
        for name in ("First", "Second"):  # twice in one transaction: the maker of the row stays the same
            await rename(session, name)
            forget(session)
            assert (await rulebook(session)).queues["field"].name == name
        await session.rollback()

    assert (await read(database)).queues["field"].name == before.queues["field"].name


async def test_what_a_session_holds_back_counts_too(database: Database) -> None:
    async with database.transaction() as session:
        queue = await session.get(Queue, "field")
        assert queue
        queue.name = "Held back"
        assert (await rulebook(session)).queues["field"].name == "Held back"


async def test_what_is_kept_belongs_to_no_session(database: Database) -> None:
    async with database.transaction() as session:
        rules = await rulebook(session)
        rules.queues["field"].name = rules.queues["field"].name
        assert not session.dirty
        assert not session.identity_map.values()


async def test_a_queue_that_keeps_other_time_and_a_new_calendar_are_followed(database: Database) -> None:
    async with database.reading() as session:
        before = await timetable(session)

    nights = Almanac(name="Nights", zone="Europe/Amsterdam", week="mo-su 20:00-24:00")
    async with database.transaction() as session:
        session.add(
            CalendarVersion(
                calendar_id="nights", version=1, document=nights.as_stored(), changed_at=now(), changed_by="Annelies"
            )
        )
        await session.merge(QueueTime(queue_id="field", calendar_id="nights", warn_percent=60))

    async with database.reading() as session:
        after = await timetable(session)
    assert before.of("field").warn_percent != 60
    assert (after.of("field").warn_percent, after.of_queue("field").name) == (60, "nights")
