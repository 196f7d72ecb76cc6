"""A loop's rhythm: at once after a pause, and the more there is to carry, the less often."""

import asyncio
from dataclasses import dataclass, field

A_BATCH = 20  # rows; a turn that carried so many was worth waiting for


@dataclass
class Rhythm:
    """Turns that begin at least so far apart: `shortest_seconds` when they carry little, `longest_seconds` when much.

    A turn costs as much as ten of its rows, so under load rows had better gather; idle work waits for nobody.
    """

    shortest_seconds: float
    longest_seconds: float
    a_batch: int = A_BATCH
    _began: float = field(default=0.0, init=False)

    async def turn(self, carried: int = 0, enough: asyncio.Event | None = None) -> None:
        """Return when the next turn may begin, after one that carried so many rows; sooner when there is enough."""
        clock = asyncio.get_running_loop()
        share = min(1.0, carried / self.a_batch)
        apart = self.shortest_seconds + share * (self.longest_seconds - self.shortest_seconds)
        wait = self._began + apart - clock.time()
        if wait > 0:
            await (_either(enough, wait) if enough else asyncio.sleep(wait))
        self._began = clock.time()


async def _either(enough: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await enough.wait()
    except TimeoutError:
        return
