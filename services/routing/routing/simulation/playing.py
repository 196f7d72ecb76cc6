"""Several runs of one policy on the same days, and what came of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from routing.matching import Tariff
from routing.policy import Compiled
from routing.simulation.days import Day
from routing.simulation.dispatch import BASELINES, Dispatch, Economic, InTurn
from routing.simulation.engine import Run
from routing.simulation.figures import Measured, difference, measure, summary


@dataclass(frozen=True)
class Contender:
    """A policy and a way to hand out work, under a name."""

    name: str
    policy: Compiled
    dispatch: Callable[[], Dispatch]  # a new one for each run: some remember what they gave


def ours(name: str, policy: Compiled, tariff: Tariff) -> Contender:
    """A policy with Loket's own matching."""
    return Contender(name, policy, lambda: Economic(tariff))


def baselines(policy: Compiled) -> list[Contender]:
    """The same policy with the ways that others hand out work."""
    return [_baseline(name, policy) for name in BASELINES]


def play(contenders: Sequence[Contender], days: Sequence[Day]) -> Iterator[Mapping[str, Any]]:
    """One object for each contender, in order; those after the first also say how they differ from it."""
    first: list[Measured] = []
    for contender in contenders:
        began = perf_counter()
        runs = [measure(day, Run(day, contender.policy, contender.dispatch()).play()) for day in days]
        told = summary(contender.name, runs, (perf_counter() - began) / len(days))
        if first:
            told["difference"] = difference(first, runs)
        first = first or runs
        yield told


def _baseline(name: str, policy: Compiled) -> Contender:
    return Contender(name, policy, lambda: InTurn(BASELINES[name]))
