"""Events leave with the transaction that made them, numbered and in order."""

import asyncio
from uuid import uuid4

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import text

from common.bus_postgres import PostgresBus
from common.db import Database
from common.outbox import EventTooLarge, emit
from common.relay import relay_once
from plumbing import feedback


async def outbox_rows(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as session:
        rows = await session.execute(text("SELECT key, version FROM outbox ORDER BY seq"))
        return [(str(key), version) for key, version in rows]


async def test_an_event_of_a_rolled_back_transaction_never_existed(database: Database) -> None:
    async def emit_and_fall_over() -> None:
        async with database.transaction() as session:
            emit(session, feedback())
            raise LookupError

    with pytest.raises(LookupError):
        await emit_and_fall_over()

    assert await outbox_rows(database) == []


async def test_the_events_of_one_ticket_are_numbered_from_one(database: Database) -> None:
    ticket, other = uuid4(), uuid4()
    async with database.transaction() as session:
        for event in (feedback(ticket), feedback(other), feedback(ticket)):
            emit(session, event)
    async with database.transaction() as session:
        emit(session, feedback(ticket))

    assert await outbox_rows(database) == [(str(ticket), 1), (str(other), 1), (str(ticket), 2), (str(ticket), 3)]


async def test_two_transactions_on_one_ticket_wait_for_each_other(database: Database) -> None:
    ticket = uuid4()

    async def one() -> None:
        async with database.transaction() as session:
            emit(session, feedback(ticket))

    await asyncio.gather(*(one() for _ in range(20)))

    assert [version for _, version in await outbox_rows(database)] == list(range(1, 21))


async def test_an_event_over_the_limit_is_refused_when_it_is_emitted(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(EventTooLarge):
            emit(session, feedback(comment="x" * 300_000))

    assert await outbox_rows(database) == []


async def test_the_relay_empties_the_outbox_only_after_the_log_has_it(
    database: Database, postgres_bus: PostgresBus
) -> None:
    async with database.transaction() as session:
        emit(session, feedback())

    assert await relay_once(database, postgres_bus, "test") == 1

    assert await outbox_rows(database) == []
    assert await relay_once(database, postgres_bus, "test") == 0


async def test_two_relays_of_one_database_never_publish_at_the_same_time(
    database: Database, postgres_bus: PostgresBus
) -> None:
    async with database.transaction() as session:
        emit(session, feedback())
    async with database.transaction() as session:
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('loket outbox relay'))"))

        assert await relay_once(database, postgres_bus, "second") == 0

    assert await relay_once(database, postgres_bus, "second") == 1


@hypothesis.settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=5), st.booleans()), min_size=1, max_size=6))
async def test_whatever_commits_is_numbered_without_a_gap_and_whatever_does_not_takes_no_number(
    database: Database, transactions: list[tuple[list[int], bool]]
) -> None:
    tickets = [uuid4() for _ in range(3)]

    async def one(numbers: list[int], *, commits: bool) -> None:
        async with database.transaction() as session:
            for number in numbers:
                emit(session, feedback(tickets[number]))
            if not commits:
                raise LookupError

    await asyncio.gather(*(one(numbers, commits=commits) for numbers, commits in transactions), return_exceptions=True)

    rows = await outbox_rows(database)
    for number, ticket in enumerate(tickets):
        written = sum(numbers.count(number) for numbers, commits in transactions if commits)
        assert [version for key, version in rows if key == str(ticket)] == list(range(1, written + 1))
