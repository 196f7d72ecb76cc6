"""Being woken when a row appears: LISTEN on one connection, an asyncio event a channel."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from common.db import Database


class Wakeups:
    """Hints that there is work in a table. A hint may be lost, so waiters also look by themselves."""

    def __init__(self, database: Database, channels: Sequence[str]) -> None:
        self._database = database
        self._channels = channels
        self._events: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(self) -> None:
        """Listen until the connection breaks; every waiter is woken at the start, having perhaps missed a hint."""
        connection = await self._database.listener()
        broken = asyncio.Event()
        connection.add_termination_listener(lambda _: broken.set())
        try:
            for channel in self._channels:
                await connection.add_listener(channel, self._hear)
                self._events[channel].set()
            await broken.wait()
        finally:
            connection.terminate()
        raise ConnectionError("the listening connection broke")

    def _hear(self, _connection: object, _pid: int, channel: str, _payload: object) -> None:
        self._events[channel].set()

    async def wait(self, channel: str, most_seconds: float) -> None:
        """Return when the channel was notified since the last call, or after `most_seconds`."""
        event = self._events[channel]
        try:
            async with asyncio.timeout(most_seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            event.clear()
