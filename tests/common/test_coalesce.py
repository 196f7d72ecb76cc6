"""Coalescing: many wait for one commit, and none of them for a neighbour's mistake."""

import asyncio
from collections.abc import Sequence

import pytest

from common.coalesce import Coalescer
from common.errors import BadInput, Refusal, Unavailable


class Bench:
    """Does batches of numbers when let, and remembers them; 13 breaks a batch, odd ones are refused when asked to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go = asyncio.Event()
        self.may_go.set()
        self.breaks: Exception = ValueError("thirteen")

    async def act(self, items: Sequence[int]) -> list[int | Refusal]:
        self.batches.append(list(items))
        await self.may_go.wait()
        if 13 in items:
            raise self.breaks
        return [BadInput("Not this one.") if item < 0 else item * 2 for item in items]


async def settled() -> None:
    """Let everything that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_comes_in_meanwhile_goes_together_and_in_order() -> None:
    bench = Bench()
    bench.may_go.clear()
    coalescer = Coalescer(bench.act, most=64, in_flight=2)
    asked = [asyncio.create_task(coalescer.do(number)) for number in range(100, 200)]
    await settled()
    assert len(bench.batches) == 2
    bench.may_go.set()

    assert await asyncio.gather(*asked) == [number * 2 for number in range(100, 200)]
    assert [item for batch in bench.batches for item in batch] == list(range(100, 200))
    assert max(map(len, bench.batches)) <= 64
    assert len(bench.batches) <= 4


async def test_who_comes_right_after_an_answer_is_answered_too() -> None:
    coalescer = Coalescer(Bench().act, in_flight=1, apart_seconds=(0.0, 0.0))
    async with asyncio.timeout(5):
        assert [await coalescer.do(number) for number in range(3)] == [0, 2, 4]


async def test_one_bad_item_fails_alone() -> None:
    bench = Bench()
    coalescer = Coalescer(bench.act)
    results = await asyncio.gather(*(coalescer.do(number) for number in (1, 13, 3)), return_exceptions=True)
    assert results[0] == 2
    assert isinstance(results[1], ValueError)
    assert results[2] == 6


async def test_a_refusal_reaches_the_one_it_is_for() -> None:
    coalescer = Coalescer(Bench().act)
    results = await asyncio.gather(*(coalescer.do(number) for number in (1, -2, 3)), return_exceptions=True)
    assert results[0] == 2
    assert isinstance(results[1], BadInput)
    assert results[2] == 6


async def test_when_the_database_is_away_nobody_is_tried_one_by_one() -> None:
    bench = Bench()
    bench.may_go.clear()
    bench.breaks = ConnectionError("away")
    coalescer = Coalescer(bench.act, in_flight=1)
    asked = [asyncio.create_task(coalescer.do(number)) for number in (1, 13, 3)]
    await settled()
    bench.may_go.set()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError] * 3
    assert len(bench.batches) == 1


async def test_a_client_that_leaves_while_waiting_is_forgotten_and_one_that_leaves_later_is_served() -> None:
    bench = Bench()
    bench.may_go.clear()
    coalescer = Coalescer(bench.act, most=1, in_flight=1)
    begun, waiting, last = (asyncio.create_task(coalescer.do(number)) for number in (1, 2, 3))
    await settled()
    begun.cancel()
    waiting.cancel()
    await settled()
    bench.may_go.set()

    assert await last == 6
    assert bench.batches == [[1], [3]]


async def test_more_than_may_wait_are_refused_at_once() -> None:
    bench = Bench()
    bench.may_go.clear()
    coalescer = Coalescer(bench.act, most=1, in_flight=1, most_waiting=2)
    asked = [asyncio.create_task(coalescer.do(1))]
    await settled()
    asked += [asyncio.create_task(coalescer.do(number)) for number in (2, 3, 4)]
    await settled()
    with pytest.raises(Unavailable):
        asked[3].result()
    bench.may_go.set()
    assert await asyncio.gather(*asked[:3]) == [2, 4, 6]
