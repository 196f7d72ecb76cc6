"""The sender at work over SMTP: down and up again, refused, stalled, stopped."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from common.db import Database
from common.events import DeliveryRecorded
from common.wakeup import Wakeups
from notifications.queries import CHANNEL
from notifications.retries import GIVE_UP_AFTER, PROBE_EVERY
from notifications.smtp import Smtp, server_of
from postroom import PostRoom, routed, submitted
from smtp_sink import Sink

QUARTER = timedelta(seconds=15)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture
async def smtp_room(database: Database, sink: Sink) -> AsyncIterator[PostRoom]:
    """A post room that speaks SMTP to the sink."""
    channel = Smtp(server_of(sink.url))
    yield PostRoom(database, channel)
    await channel.close()


async def test_mail_waits_for_a_server_that_is_down_and_leaves_under_the_same_id(
    smtp_room: PostRoom, sink: Sink
) -> None:
    tickets = [uuid4() for _ in range(50)]
    await smtp_room.hear(*map(submitted, tickets), *map(routed, tickets))
    await sink.close()
    await smtp_room.deliver()
    for _ in range(3):
        await smtp_room.deliver(after=QUARTER)
    rows = await smtp_room.rows()
    ids = {row.mail_id for row in rows if row.mail_id}
    assert {row.state for row in rows} == {"planned", "retrying"}
    assert sum(row.attempts for row in rows) < 2 * len(rows)  # probes, not a storm

    await sink.open()
    await smtp_room.deliver(after=timedelta(minutes=1))

    assert {row.state for row in await smtp_room.rows()} == {"sent"}
    assert ids < {str(mail["Message-ID"]).strip("<>") for mail in sink.mails}
    assert len(sink.mails) == len(tickets)


async def test_a_refused_mail_has_failed_where_staff_and_routing_see_it(smtp_room: PostRoom, sink: Sink) -> None:
    sink.refusals["customer.example"] = "550 5.1.1 <anna@customer.example>: unknown"
    ticket = uuid4()
    await smtp_room.hear(submitted(ticket), routed(ticket))
    await smtp_room.deliver()

    [row] = await smtp_room.rows()
    assert (row.state, row.attempts, row.detail) == ("failed", 1, "550 5.1.1 <address> unknown")
    [told] = await smtp_room.told()
    assert isinstance(told, DeliveryRecorded)
    assert (told.state, told.notice) == ("failed", "acknowledgement")


async def test_a_mail_put_off_for_three_days_is_given_up(smtp_room: PostRoom, sink: Sink) -> None:
    sink.refusals["customer.example"] = "451 4.7.1 come back later"
    ticket = uuid4()
    await smtp_room.hear(submitted(ticket), routed(ticket))
    began = smtp_room.now
    while (row := (await smtp_room.rows())[0]).state != "failed":
        smtp_room.now = max(smtp_room.now, row.due_at)
        await smtp_room.deliver()

    assert GIVE_UP_AFTER - timedelta(hours=4) <= smtp_room.now - began <= GIVE_UP_AFTER
    assert [event.state for event in await told_by(smtp_room)][-2:] == ["retrying", "failed"]


async def told_by(room: PostRoom) -> list[DeliveryRecorded]:
    return [event for event in await room.told() if isinstance(event, DeliveryRecorded)]


@asynccontextmanager
async def running(room: PostRoom) -> AsyncIterator[None]:
    """The sender's own loop, awake to the database."""
    wakeups = Wakeups(room.database, [CHANNEL])
    loops = [asyncio.create_task(wakeups.run()), asyncio.create_task(room.sender.run(wakeups))]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def arrived(sink: Sink, count: int) -> None:
    """Wait until so many mails have come in."""
    async with asyncio.timeout(20):
        while len(sink.mails) < count:
            await sink.something.wait()
            sink.something.clear()


async def test_a_domain_that_stalls_does_not_hold_up_the_others(smtp_room: PostRoom, sink: Sink) -> None:
    sink.stalling.add("slow.example")
    slow, quick = [uuid4() for _ in range(60)], [uuid4() for _ in range(60)]
    await smtp_room.hear(*(submitted(t, email=f"{t.hex}@slow.example") for t in slow), *map(routed, slow))
    await smtp_room.hear(*(submitted(t, email=f"{t.hex}@quick.example") for t in quick), *map(routed, quick))

    async with running(smtp_room):
        await arrived(sink, len(quick))
        await sink.close()  # the stalled ones learn that nobody will answer

    states = Counter(row.state for row in await smtp_room.rows())
    assert states["sent"] == len(quick)
    assert states["retrying"] <= 16
    assert states["planned"] >= len(slow) - 16


async def test_a_running_sender_is_woken_by_the_commit_and_stops_with_everything_recorded(
    smtp_room: PostRoom, sink: Sink
) -> None:
    tickets = [uuid4() for _ in range(20)]
    async with running(smtp_room):
        await smtp_room.hear(*map(submitted, tickets), *map(routed, tickets))
        await arrived(sink, len(tickets))

    assert {row.state for row in await smtp_room.rows()} == {"sent"}
    assert len(sink.mails) == len(tickets)


async def test_a_probe_waits_its_time(smtp_room: PostRoom, sink: Sink) -> None:
    await sink.close()
    ticket, other = uuid4(), uuid4()
    await smtp_room.hear(submitted(ticket), routed(ticket))
    await smtp_room.deliver()
    await smtp_room.hear(submitted(other), routed(other))

    assert await smtp_room.deliver() == 0
    assert await smtp_room.deliver(after=PROBE_EVERY) == 1
