"""Calls to other programs: planned with the event, signed, retried, given up after three days, replayed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from breaking import BUSY, refusing
from common.db import Database
from common.signed_calls import is_signed
from common.wakeup import Wakeups
from http_sink import HttpSink
from notifications import calls, subscribers
from notifications.caller import Caller
from notifications.outside import Outside, networks
from notifications.subscribers import CHANNEL
from notifications.webhooks import Webhooks
from postroom import PostRoom, replied, submitted
from waiting import becomes

HOUR = timedelta(hours=1)


@dataclass
class Exchange:
    """Events come in, calls go out, the clock is set by hand."""

    room: PostRoom
    sink: HttpSink
    caller: Caller
    secret: str
    subscriber_id: UUID

    async def call(self, after: timedelta = timedelta()) -> None:
        self.room.now += after
        await self.caller.drain()

    async def rows(self) -> list[tuple[UUID, str, int, str | None]]:
        wanted = text("SELECT call_id, state, attempts, detail FROM call ORDER BY call_id")
        async with self.room.database.reading() as session:
            return [tuple(row) for row in await session.execute(wanted)]

    async def replay(self, call_id: UUID) -> None:
        async with self.room.database.transaction() as session:
            await calls.replay(session, call_id, self.room.now)


@pytest.fixture
async def exchange(database: Database, room: PostRoom) -> AsyncIterator[Exchange]:
    outside = Outside(networks("127.0.0.0/8"), total_seconds=1)
    async with HttpSink() as sink:
        caller = Caller(database, Webhooks(outside, lambda: room.now), lambda: room.now)
        async with database.transaction() as session:
            who = await subscribers.subscribe(session, f"{sink.url}/hook", ["reply.sent"], "admin", room.now)
        yield Exchange(room, sink, caller, who.secret, who.subscriber_id)
    await outside.close()


async def test_who_wants_to_hear_of_a_fact_is_called_once_and_signed(exchange: Exchange) -> None:
    ticket = uuid4()
    await exchange.room.hear(submitted(ticket), replied(ticket, "Geheim"))
    await exchange.call()

    [call] = exchange.sink.calls
    assert is_signed(exchange.secret, call.headers, call.body, exchange.room.now)
    assert b"reply.sent" in call.body
    assert b"Geheim" not in call.body
    assert [(state, attempts, detail) for _, state, attempts, detail in await exchange.rows()] == [
        ("sent", 1, "200 OK")
    ]


async def test_a_program_that_is_down_is_called_again_under_the_same_id_for_three_days(exchange: Exchange) -> None:
    exchange.sink.status = 503
    await exchange.room.hear(replied(uuid4()))
    for _ in range(90):
        await exchange.call(after=HOUR)

    [(_, state, attempts, detail)] = await exchange.rows()
    assert (state, detail) == ("failed", "503 Service Unavailable")
    assert attempts == len(exchange.sink.calls)
    assert 15 < attempts < 40
    assert len({call.headers["webhook-id"] for call in exchange.sink.calls}) == 1


async def test_a_call_that_failed_is_replayed_under_its_id(exchange: Exchange) -> None:
    exchange.sink.status = 503
    await exchange.room.hear(replied(uuid4()))
    for _ in range(90):
        await exchange.call(after=HOUR)
    [(call_id, *_)] = await exchange.rows()

    exchange.sink.status = 200
    await exchange.replay(call_id)
    await exchange.call()

    assert (await exchange.rows())[0][1] == "sent"
    assert exchange.sink.calls[-1].headers["webhook-id"] == str(call_id)


async def test_a_program_that_says_it_is_gone_is_called_no_more(exchange: Exchange) -> None:
    exchange.sink.status = 410
    await exchange.room.hear(replied(uuid4()))
    await exchange.call()
    await exchange.room.hear(replied(uuid4()))
    await exchange.call(after=HOUR)

    assert len(exchange.sink.calls) == 1
    assert len(await exchange.rows()) == 1


async def test_what_waited_while_a_program_was_stopped_is_called_when_it_starts(exchange: Exchange) -> None:
    await exchange.room.hear(replied(uuid4()))
    async with exchange.room.database.transaction() as session:
        await subscribers.stop(session, exchange.subscriber_id, "stopped by admin", exchange.room.now)
    await exchange.call()
    assert not exchange.sink.calls

    async with exchange.room.database.transaction() as session:
        await subscribers.start(session, exchange.subscriber_id)
    await exchange.call()
    assert len(exchange.sink.calls) == 1


async def test_a_program_that_stalls_leaves_room_for_the_others(exchange: Exchange) -> None:
    async with HttpSink(is_stalling=True) as slow:
        async with exchange.room.database.transaction() as session:
            await subscribers.subscribe(session, slow.url, ["reply.sent"], "admin", exchange.room.now)
        await exchange.room.hear(*(replied(uuid4()) for _ in range(40)))
        await exchange.call()

    assert len(exchange.sink.calls) == 40


async def test_old_calls_are_forgotten(exchange: Exchange) -> None:
    await exchange.room.hear(replied(uuid4()))
    await exchange.call()
    async with exchange.room.database.transaction() as session:
        await calls.forget(session, exchange.room.now + timedelta(days=31))

    assert await exchange.rows() == []


async def test_calls_go_on_after_the_database_was_away_while_some_were_under_way(exchange: Exchange) -> None:
    wakeups = Wakeups(exchange.room.database, [CHANNEL])

    async def both_are_under_way() -> bool:
        return len(exchange.sink.calls) == len(slow.calls) == 1

    async def all_are_made() -> bool:
        exchange.room.now += HOUR  # whatever failed meanwhile is due again
        return {state for _, state, *_ in await exchange.rows()} == {"sent"}

    async with HttpSink(is_stalling=True) as slow:
        exchange.sink.is_stalling = True
        async with exchange.room.database.transaction() as session:
            await subscribers.subscribe(session, slow.url, ["reply.sent"], "admin", exchange.room.now)
        await exchange.room.hear(replied(uuid4()))
        running = asyncio.create_task(exchange.caller.run(wakeups))
        await becomes(both_are_under_way)
        async with refusing(exchange.room.database, "call", sqlstate=BUSY):
            await exchange.sink.close()
            with pytest.raises(DBAPIError):
                await running

        exchange.sink.is_stalling = slow.is_stalling = False
        await exchange.sink.open()
        again = asyncio.create_task(exchange.caller.run(wakeups))  # as whoever keeps loops alive does
        await becomes(all_are_made)
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
