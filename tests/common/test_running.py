"""A service that runs: loops that fall over come back, what is watched is fresh, and a taken port is a sentence."""

import asyncio
import socket
from dataclasses import dataclass
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from breaking import BUSY, refusing
from common.assemble import common_loops, wakeups_for, watch
from common.bus import Delivery
from common.bus_postgres import PostgresBus
from common.consume import consume_once, retry_parked_once
from common.db import Database
from common.inbox import Inbox
from common.outbox import emit
from common.relay import relay_once
from common.run import Loop, Service, keep_alive, listen, run_loops
from common.settings import BadSetting
from plumbing import Effects, effects_of, feedback, record
from statements import counted
from waiting import becomes


@dataclass
class Stumbling:
    """A loop that falls over so many times, ends by itself once, and then runs on."""

    times: int
    begun: int = 0

    async def run(self) -> None:
        self.begun += 1
        if self.begun <= self.times:
            raise LookupError("not for the log: Jan Jansen")
        if self.begun > self.times + 1:
            await asyncio.Event().wait()


async def test_a_loop_that_falls_over_or_ends_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    loop = Stumbling(2)
    task = asyncio.create_task(keep_alive("plumbing", Loop("stumbling", loop.run)))

    async def runs_on() -> bool:
        return loop.begun == 4

    await becomes(runs_on)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    counted = {"service": "plumbing", "loop": "stumbling"}
    assert REGISTRY.get_sample_value("loket_loop_failures_total", counted) == 2
    assert "Jan Jansen" not in caplog.text


async def test_a_loop_that_is_cancelled_from_within_is_started_again_and_one_from_outside_is_not() -> None:
    begun = 0

    async def run() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            raise asyncio.CancelledError
        await asyncio.Event().wait()

    async def runs_on() -> bool:
        return begun == 3 or task.done()

    task = asyncio.create_task(keep_alive("plumbing", Loop("cancelled", run)))
    await becomes(runs_on)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_loop_that_falls_over_leaves_the_others_alone(database: Database, postgres_bus: PostgresBus) -> None:
    steady, stumbling = Stumbling(-1), Stumbling(1)
    loops = [Loop("steady", steady.run), Loop("other", stumbling.run)]
    running = asyncio.create_task(run_loops([Service("plumbing", None, database, postgres_bus, loops)]))  # type: ignore[arg-type]

    async def came_back() -> bool:
        return stumbling.begun == 3

    await becomes(came_back)
    assert steady.begun == 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_a_port_that_is_taken_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadSetting, match="choose another with LOKET_HTTP_PORT"):
            listen("127.0.0.1", taken.getsockname()[1])


def test_a_service_listens_on_either_kind_of_address() -> None:
    for host in ("127.0.0.1", "::1"):
        with listen(host, 0) as bound:
            assert bound.getsockname()[1] > 0


async def test_what_is_watched_is_fresh_and_ids_are_forgotten_after_a_month(database: Database) -> None:
    async with database.transaction() as session:
        for days in (29, 31):
            await session.execute(
                text("INSERT INTO inbox (event_id, received_at) VALUES (:id, now() - make_interval(days => :days))"),
                {"id": uuid4(), "days": days},
            )
    watching = asyncio.create_task(watch("plumbing", database))

    async def one_is_left() -> bool:
        async with database.reading() as session:
            return bool(await session.scalar(text("SELECT count(*) FROM inbox")) == 1)

    await becomes(one_is_left)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert REGISTRY.get_sample_value("loket_dead_letters", {"service": "plumbing"}) == 0


async def test_the_loops_of_a_service_bring_an_event_from_one_outbox_to_its_handler(
    database: Database, postgres_bus: PostgresBus, effects: Effects
) -> None:
    wakeups, ticket = wakeups_for(database), uuid4()
    loops = common_loops("plumbing", database, postgres_bus, wakeups, effects.handlers)
    running = asyncio.create_task(run_loops([Service("plumbing", None, database, postgres_bus, loops)]))  # type: ignore[arg-type]
    async with database.transaction() as session:
        emit(session, feedback(ticket, score=4))

    async def arrived() -> bool:
        return await effects_of(database, ticket) == [4]

    await becomes(arrived)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_batch_waits_for_a_database_that_is_busy_and_nothing_is_parked(
    database: Database, postgres_bus: PostgresBus, effects: Effects
) -> None:
    ticket, inbox = uuid4(), Inbox(database, effects.handlers, "plumbing")
    async with database.transaction() as session:
        emit(session, feedback(ticket, score=5))
    await relay_once(database, postgres_bus, "plumbing")
    async with postgres_bus.subscribe("busy", ["intake.tickets"]) as subscription:
        with counted(database) as said:

            async def tried_again() -> bool:
                return sum("INTO effect" in each for each in said) > 1

            async with refusing(database, "effect", sqlstate=BUSY):
                carrying = asyncio.create_task(consume_once(subscription, inbox, "busy", wait_seconds=5))
                await becomes(tried_again)
                assert not carrying.done()
        assert await carrying == 1

    assert await effects_of(database, ticket) == [5]
    assert await retry_parked_once(database, inbox) == 0


async def test_a_parked_event_keeps_its_tries_while_the_database_is_busy(
    database: Database, inbox: Inbox, effects: Effects
) -> None:
    ticket = uuid4()
    effects.broken = {3}
    await inbox.take([Delivery("intake.tickets", 0, 0, record(feedback(ticket), 1))])
    effects.broken = set()
    async with database.transaction() as session:
        await session.execute(text("UPDATE parked_event SET due_at = now() - interval '1 second'"))
    async with refusing(database, "effect", sqlstate=BUSY):
        with pytest.raises(DBAPIError):
            await retry_parked_once(database, inbox)

    async with database.reading() as session:
        assert await session.scalar(text("SELECT attempts FROM parked_event")) == 1
    assert await retry_parked_once(database, inbox) == 1
    assert await effects_of(database, ticket) == [3]
