"""What fails together is done singly: the good once each, the poisonous set aside, and never anything for an outage."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import TimeoutError as PoolTimeout

from common.singly import alone, claimed_or_singly, together_or_singly


class Kind(Enum):
    GOOD = "good"
    POISONOUS = "poisonous"
    SHY = "shy"  # can be done alone, never in company
    TRANSIENT = "transient"


OUTAGES = (ConnectionError("away"), TimeoutError(), PoolTimeout("no connection is free"))
mixtures = st.lists(st.sampled_from([Kind.GOOD, Kind.POISONOUS, Kind.SHY]), max_size=12)


@dataclass
class Store:
    """Does a batch or nothing, as a transaction does; what is away comes back after so many calls."""

    kinds: Sequence[Kind]
    outage: Exception = OUTAGES[0]
    away: int = 0
    done: Counter[int] = field(default_factory=Counter)
    aside: Counter[int] = field(default_factory=Counter)
    errors: list[Exception] = field(default_factory=list)

    @property
    def left(self) -> list[int]:
        return [n for n in range(len(self.kinds)) if not self.done[n] and not self.aside[n]]

    async def act(self, items: Sequence[int] | None) -> list[int]:
        items = self.left if items is None else items
        for item in items:
            match self.kinds[item]:
                case Kind.POISONOUS:
                    raise ValueError(item)
                case Kind.SHY if len(items) > 1:
                    raise LookupError(item)
                case Kind.TRANSIENT if self.away:
                    self.away -= 1
                    raise self.outage
        self.done.update(items)
        return list(items)

    async def set_aside(self, item: int, error: Exception) -> list[int]:
        self.aside[item] += 1
        self.errors.append(error)
        return []

    async def candidates(self) -> list[int]:
        return self.left


def of(store: Store, *kinds: Kind) -> set[int]:
    return {n for n, kind in enumerate(store.kinds) if kind in kinds}


async def till_done(store: Store, *, claims: bool) -> list[Exception]:
    """What a loop does with it: again until nothing is left. The outages it met."""
    outages: list[Exception] = []
    while True:
        done, aside = store.done.copy(), store.aside.copy()
        try:
            if claims:
                await claimed_or_singly(store.act, store.candidates, store.set_aside)
            else:
                await together_or_singly(store.left, store.act, store.set_aside)
        except type(store.outage) as error:
            outages.append(error)
            assert done <= store.done
            assert aside <= store.aside
        else:
            return outages


@given(kinds=mixtures, claims=st.booleans())
async def test_the_good_are_done_once_and_the_poisonous_set_aside_once(kinds: list[Kind], *, claims: bool) -> None:
    store = Store(kinds)

    assert await till_done(store, claims=claims) == []

    assert store.done == Counter(of(store, Kind.GOOD, Kind.SHY))
    assert store.aside == Counter(of(store, Kind.POISONOUS))


@given(
    kinds=st.lists(st.sampled_from(Kind), max_size=12),
    outage=st.sampled_from(OUTAGES),
    away=st.integers(0, 4),
    claims=st.booleans(),
)
async def test_an_outage_sets_nothing_aside_and_all_is_done_once_when_it_is_over(
    kinds: list[Kind], outage: Exception, away: int, *, claims: bool
) -> None:
    store = Store(kinds, outage, away)

    outages = await till_done(store, claims=claims)

    assert len(outages) == away - store.away
    assert store.done == Counter(of(store, Kind.GOOD, Kind.SHY, Kind.TRANSIENT))
    assert store.aside == Counter(of(store, Kind.POISONOUS))
    assert outage not in store.errors


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda error: type(error).__name__)
async def test_an_outage_of_the_whole_batch_tries_nobody_singly(outage: Exception) -> None:
    store = Store([Kind.GOOD, Kind.TRANSIENT, Kind.GOOD], outage, away=1)

    with pytest.raises(type(outage)):
        await together_or_singly([0, 1, 2], store.act, store.set_aside)

    assert not store.done
    assert not store.aside


async def test_a_batch_that_goes_through_is_one_act() -> None:
    store = Store([Kind.GOOD] * 3)

    assert await together_or_singly([0, 1, 2], store.act, store.set_aside) == [[0, 1, 2]]


async def test_a_batch_of_one_is_tried_once() -> None:
    tries: list[Sequence[str]] = []

    async def act(items: Sequence[str]) -> str:
        tries.append(items)
        raise ValueError

    async def set_aside(item: str, error: Exception) -> str:
        return f"{item} {type(error).__name__}"

    assert await together_or_singly(["bad"], act, set_aside) == ["bad ValueError"]
    assert await alone("bad", act, set_aside) == "bad ValueError"
    assert tries == [["bad"], ["bad"]]


async def test_without_items_nothing_is_done() -> None:
    store = Store([])

    assert await together_or_singly([], store.act, store.set_aside) == []


async def test_one_that_cannot_be_set_aside_either_stops_the_batch() -> None:
    store = Store([Kind.GOOD, Kind.POISONOUS, Kind.GOOD])

    async def full(_item: int, error: Exception) -> list[int]:
        raise OSError("no room for the dead") from error

    with pytest.raises(OSError, match="no room"):
        await together_or_singly([0, 1, 2], store.act, full)

    assert store.left == [1, 2]
