"""Services as tests run them: databases that empty quickly, and draining until quiet instead of sleeping."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import MetaData, text

from common.bus import Bus, Delivery, Record, Subscription
from common.consume import consume_once, retry_parked_once
from common.db import Database
from common.inbox import Handlers, Inbox
from common.relay import relay_once

PLUMBING = ("discarded_event", "parked_event", "event_seen", "inbox", "outbox", "event_stream")
LOG = ("log_record", "log_offset", "log_member")


async def empty(
    database: Database,
    metadata: MetaData | None = None,
    *,
    names: Sequence[str] = PLUMBING,
    keep: Sequence[str] = (),
) -> None:
    """Delete every row, children first: far quicker than TRUNCATE on small tables."""
    own = [table.name for table in reversed(metadata.sorted_tables) if table.name not in keep] if metadata else []
    async with database.engine.begin() as connection:
        for name in [*own, *names]:
            await connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - names from our own tables


class CountingBus:
    """A real log that remembers how many records went into each topic, so that quiet can be told from slow."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.published: Counter[str] = Counter()

    async def publish(self, records: Sequence[Record]) -> None:
        await self._bus.publish(records)
        self.published.update(record.topic for record in records)

    def subscribe(self, group: str, topics: Sequence[str]) -> AbstractAsyncContextManager[Subscription]:
        return self._bus.subscribe(group, topics)

    async def close(self) -> None:
        await self._bus.close()


@dataclass
class Member:
    """One service's share of the log in a test: what it relays and what it listens to."""

    name: str
    database: Database
    handlers: Handlers
    subscription: Subscription
    topics: Sequence[str]
    fetched: Counter[str] = field(default_factory=Counter)

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.database, self.handlers, self.name)

    async def fetch(self, most: int, wait_seconds: float) -> list[Delivery]:
        batch = await self.subscription.fetch(most, wait_seconds)
        self.fetched.update(delivery.topic for delivery in batch)
        return batch

    async def commit(self, deliveries: Sequence[Delivery]) -> None:
        await self.subscription.commit(deliveries)

    async def lag(self) -> int:
        return await self.subscription.lag()


class Stage:
    """Several services around one log, moved forward by hand."""

    def __init__(self, bus: Bus) -> None:
        self.bus = CountingBus(bus)
        self.members: dict[str, Member] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def join(self, name: str, database: Database, handlers: Handlers) -> None:
        """Let a service take part."""
        topics = sorted({event.topic for event in handlers})
        subscription = await self._stack.enter_async_context(self.bus.subscribe(name, topics))
        self.members[name] = Member(name, database, handlers, subscription, topics)

    async def settle(self, *, without: Sequence[str] = ()) -> int:
        """Relay and handle until everything in the log has reached everybody; how many deliveries there were.

        Services named in `without` are down meanwhile.
        """
        up = [member for name, member in self.members.items() if name not in without]
        handled = 0
        async with asyncio.timeout(60):
            while True:
                moved = sum([await relay_once(member.database, self.bus, member.name) for member in up])
                for member in up:
                    behind = any(member.fetched[topic] < self.bus.published[topic] for topic in member.topics)
                    n = await consume_once(member, member.inbox, member.name, wait_seconds=0.2 if behind else 0.0)
                    handled += n
                    moved += n + behind + await retry_parked_once(member.database, member.inbox)
                if not moved:
                    return handled
