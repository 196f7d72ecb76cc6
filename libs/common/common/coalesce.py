"""Concurrent work gathered into batches: one commit then serves all that wait for one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.db import DATABASE_ERRORS
from common.errors import Refusal, Unavailable
from common.rhythm import Rhythm
from common.singly import together_or_singly

APART_SECONDS = (0.01, 0.06)  # whoever comes alone does not wait
A_BATCH = 6  # a batch costs as much as so many of its items, so that many are worth waiting for
ENOUGH = 24  # beyond so many, more of them in one batch save next to nothing

T = TypeVar("T")
R = TypeVar("R")

Act = Callable[[Sequence[T]], Awaitable[Sequence[R | Refusal]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[T, R]):
    item: T
    answer: asyncio.Future[R]


class Coalescer(Generic[T, R]):
    """Gives `act` what arrives while earlier batches are under way, in order of arrival.

    `act` does a whole batch or nothing and gives a result or a refusal for each item. When it raises, each item of the
    batch is tried alone, so that a bad one fails by itself; what is transient fails the whole batch at once.
    """

    def __init__(
        self,
        act: Act[T, R],
        *,
        most: int = 64,
        in_flight: int = 2,
        most_waiting: int = 1024,
        apart_seconds: tuple[float, float] = APART_SECONDS,
    ) -> None:
        self._act = act
        self._most = most
        self._in_flight = in_flight
        self._most_waiting = most_waiting
        self._queue: deque[_Waiting[T, R]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._rhythm = Rhythm(*apart_seconds, A_BATCH)
        self._carried = 0
        self._enough = asyncio.Event()

    async def do(self, item: T) -> R:
        """The item's result, once its batch is done; raises its refusal, or Unavailable when too much waits already.

        A caller that is cancelled gives up its place while it waits; once its batch has begun, it is done all the same.
        """
        if len(self._queue) >= self._most_waiting:
            raise Unavailable("We cannot do this right now. Nothing was lost; please try again in a moment.")
        waiting: _Waiting[T, R] = _Waiting(item, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if len(self._queue) >= ENOUGH:
            self._enough.set()
        if len(self._running) < self._in_flight:
            task = asyncio.create_task(self._drain())
            self._running.add(task)
        return await waiting.answer

    async def _drain(self) -> None:
        """Batch after batch until nothing waits."""
        try:
            while True:
                await self._rhythm.turn(self._carried, self._enough)
                if not (batch := self._next()):
                    return
                self._carried = len(batch)
                await self._finish(batch)
        finally:  # not when the task is seen to be done: whoever comes in between would wait for ever
            self._running -= {task for task in self._running if task is asyncio.current_task()}

    def _next(self) -> list[_Waiting[T, R]]:
        batch: list[_Waiting[T, R]] = []
        while self._queue and len(batch) < self._most:
            waiting = self._queue.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        if len(self._queue) < ENOUGH:
            self._enough.clear()
        return batch

    async def _finish(self, batch: Sequence[_Waiting[T, R]]) -> None:
        """Answer every one of the batch, whatever happens."""
        try:
            await together_or_singly(batch, self._do, _fail)
        except DATABASE_ERRORS as error:
            for waiting in batch:
                await _fail(waiting, error)
        except BaseException:
            for waiting in batch:
                waiting.answer.cancel()
            raise

    async def _do(self, batch: Sequence[_Waiting[T, R]]) -> None:
        results = await self._act([waiting.item for waiting in batch])
        for waiting, result in zip(batch, results, strict=True):
            if isinstance(result, Refusal):
                await _fail(waiting, result)
            elif not waiting.answer.done():
                waiting.answer.set_result(result)


async def _fail(waiting: _Waiting[T, R], error: Exception) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
