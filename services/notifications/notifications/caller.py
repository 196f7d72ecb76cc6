"""The caller: claims calls that are due, makes them outside any transaction, records what became of them."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from common import clock
from common.db import Database
from common.rhythm import Rhythm
from common.wakeup import Wakeups
from notifications import calls
from notifications.calls import Due, Made
from notifications.channels import Channel, Parcel
from notifications.subscribers import CHANNEL
from notifications.telemetry import DELIVERIES

LOOK_EVERY_SECONDS = 1.0
APART_SECONDS = (0.05, 0.2)
GATHER_SECONDS = 0.05


class Caller:
    """Keeps a bounded number of calls under way; one subscriber that stalls leaves room for the others."""

    def __init__(self, database: Database, channel: Channel, now: Callable[[], datetime] = clock.now) -> None:
        self._database = database
        self._channel = channel
        self._now = now
        self._under_way: dict[asyncio.Task[Made], Due] = {}

    async def run(self, wakeups: Wakeups) -> None:
        """Call for ever: at once when woken, and once a second for what became due by itself.

        When it falls over, what is under way goes on, and is recorded once it runs again.
        """
        hint = asyncio.create_task(wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS))
        rhythm = Rhythm(*APART_SECONDS)
        try:
            while True:
                await rhythm.turn()
                await self.turn()
                if hint.done():
                    hint = asyncio.create_task(wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS))
                await asyncio.wait({*self._under_way, hint}, return_when=asyncio.FIRST_COMPLETED)
                if self._under_way:
                    await asyncio.wait(self._under_way, timeout=GATHER_SECONDS)
        except asyncio.CancelledError:
            for task in self._under_way:  # their leases run out, and they are made again
                task.cancel()
            self._under_way.clear()
            raise
        finally:
            hint.cancel()

    async def drain(self) -> None:
        """Call until nothing is due."""
        while True:
            await self.turn()
            if not self._under_way:
                return
            await asyncio.wait(self._under_way)

    async def turn(self) -> None:
        """One transaction: record what has come back and claim what is next."""
        done = [task for task in self._under_way if task.done()]
        flying = Counter(due.subscriber_id for task, due in self._under_way.items() if task not in done)
        busy = [who for who, count in flying.items() if count >= self._channel.a_domain]
        most = self._channel.at_once - flying.total()
        async with self._database.transaction() as session:
            states = await calls.record(session, [task.result() for task in done], self._now())
            share = self._channel.a_domain
            claimed = await calls.claim(session, most, share, busy, self._now()) if most > 0 else []
        for task in done:
            del self._under_way[task]
        for due in claimed:
            self._under_way[asyncio.create_task(self._make(due))] = due
        for state in states:
            DELIVERIES.labels("webhook", state.value).inc()

    async def _make(self, due: Due) -> Made:
        parcel = Parcel(due.call_id, "", due.url, due.body.encode(), {"secret": due.secret})
        return Made(due, await self._channel.send(parcel), self._now())
