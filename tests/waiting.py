"""Waiting for what another process does: asked again until it is so, with an end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
LOOK_EVERY_SECONDS = 0.05


def until(asked: Callable[[], T | None], seconds: float = 30) -> T:
    """The first answer that is true; an assertion fails when there is none in time."""
    end = time.monotonic() + seconds
    while not (answer := asked()):
        assert time.monotonic() < end, f"not so within {seconds:.0f} s"
        time.sleep(LOOK_EVERY_SECONDS)
    return answer


async def becomes(asked: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Return once it is so, while other tasks of this loop go on; an assertion fails when it is not in time."""
    async with asyncio.timeout(seconds):
        while not await asked():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_SECONDS)  # what is waited for gives no sign
