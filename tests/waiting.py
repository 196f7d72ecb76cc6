"""Waiting for what another process does: asked again until it is so, with an end."""

import time
from collections.abc import Callable
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
