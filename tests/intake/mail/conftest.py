"""The mail room for its tests: children that read stay warm for the session."""

from collections.abc import AsyncIterator

import pytest

from front_desk import Loket
from intake.judging import Judge
from intake.mailroom.readers import Readers
from letterbox import Letterbox


@pytest.fixture(scope="session")
async def readers() -> AsyncIterator[Readers]:
    async with Readers() as readers:
        yield readers


@pytest.fixture(scope="session")
async def judge() -> AsyncIterator[Judge]:
    judge = Judge(most_in_full=0)  # a glance is enough where the class does not matter
    await judge.ready()
    yield judge
    await judge.close()


@pytest.fixture
async def letterbox(loket: Loket, readers: Readers, judge: Judge) -> AsyncIterator[Letterbox]:
    box = Letterbox(loket, readers, judge)
    yield box
    for listener in box.listeners:
        await listener.close()
