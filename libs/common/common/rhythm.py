"""A loop's rhythm: at once after a pause, but never so often that each turn finds a single row to carry."""

import asyncio


class Rhythm:
    """Turns that begin at least so far apart. Idle work waits for nobody; under load rows gather in between."""

    def __init__(self, apart_seconds: float) -> None:
        self._apart = apart_seconds
        self._next = 0.0

    async def turn(self) -> None:
        """Return when the next turn may begin."""
        clock = asyncio.get_running_loop()
        wait = self._next - clock.time()
        if wait > 0:
            await asyncio.sleep(wait)
        self._next = clock.time() + self._apart
