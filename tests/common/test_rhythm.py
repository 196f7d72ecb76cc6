"""Idle work waits for nobody; under load rows gather."""

import asyncio

from common.rhythm import A_BATCH, Rhythm


async def begun(rhythm: Rhythm, carried: int) -> float:
    clock = asyncio.get_running_loop()
    await rhythm.turn()
    before = clock.time()
    await rhythm.turn(carried)
    return clock.time() - before


async def test_turns_that_carried_much_are_further_apart() -> None:
    assert await begun(Rhythm(0.0, 0.05), 0) < await begun(Rhythm(0.0, 0.05), A_BATCH // 2)
    assert await begun(Rhythm(0.0, 0.05), A_BATCH) >= 0.05


async def test_after_a_pause_nobody_waits() -> None:
    rhythm = Rhythm(0.0, 10.0)

    async with asyncio.timeout(5):
        await rhythm.turn(A_BATCH)


async def test_enough_waits_for_nobody_even_when_it_comes_together_meanwhile() -> None:
    rhythm, enough = Rhythm(0.0, 3600.0, a_batch=5), asyncio.Event()
    await rhythm.turn()
    asyncio.get_running_loop().call_later(0.01, enough.set)

    async with asyncio.timeout(5):
        await rhythm.turn(5, enough)


async def test_too_little_waits_until_its_turn() -> None:
    rhythm, clock = Rhythm(0.0, 0.05, a_batch=5), asyncio.get_running_loop()
    await rhythm.turn()
    before = clock.time()
    await rhythm.turn(5, asyncio.Event())
    assert clock.time() - before >= 0.04
