"""Ways to hand out work: ours, and three that others use, to compare it with."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.vocabulary import Tier
from routing.matching import Candidate, Need, Tariff, has_room, match, unfitness
from routing.pulling import pull

HALF = 0.5  # of the shared work, for who has work of their own
WEIGHTS: Mapping[Tier, float] = {Tier.FRONT_OFFICE: 1.0, Tier.BACK_OFFICE: HALF, Tier.FIELD: HALF}


class Dispatch(Protocol):
    """One way to hand out work."""

    def who(self, need: Need, crew: Sequence[Candidate], now: datetime) -> UUID | None:
        """Who gets a ticket that comes in; None when it waits."""

    def what(self, one: Candidate, waiting: Sequence[Need], crew: Sequence[Candidate], now: datetime) -> Need | None:
        """Which of the waiting tickets somebody gets who is free; None when nothing is for them."""


@dataclass(frozen=True)
class Economic:
    """Loket's own: the lowest expected cost, and routine work never to a specialist while somebody cheaper can."""

    tariff: Tariff

    def who(self, need: Need, crew: Sequence[Candidate], now: datetime) -> UUID | None:
        """The present agent who fits and costs least."""
        return match(need, crew, now, self.tariff).chosen

    def what(self, one: Candidate, waiting: Sequence[Need], crew: Sequence[Candidate], now: datetime) -> Need | None:
        """What "take next" gives."""
        return next(iter(pull(one, waiting, crew, now, self.tariff).order), None)


@dataclass(frozen=True)
class Given:
    """What everybody was given so far."""

    turn: dict[UUID, int] = field(default_factory=dict)  # the number of the last ticket they got
    tickets: Counter[UUID] = field(default_factory=Counter)
    minutes: dict[UUID, float] = field(default_factory=dict)  # expected

    def note(self, one: Candidate, need: Need) -> None:
        """They got one more."""
        self.tickets[one.agent_id] += 1
        self.turn[one.agent_id] = self.tickets.total()
        self.minutes[one.agent_id] = self.minutes.get(one.agent_id, 0.0) + need.minutes[one.tier]


Order = Callable[[Candidate, Given], float]


@dataclass(frozen=True)
class InTurn:
    """Whoever is free and qualified, the lowest in some order; neither money nor the kind of work plays a part.

    Who becomes free takes what is first in the queues they work, or with `own_first` in those of their own office.
    """

    order: Order
    own_first: Mapping[str, Tier] = field(default_factory=dict)  # queue → whose work it is
    given: Given = field(default_factory=Given)

    def who(self, need: Need, crew: Sequence[Candidate], now: datetime) -> UUID | None:
        """The first of those who could."""
        could = (one for one in crew if has_room(need, one) and unfitness(need, one, now) is None)
        best = min(could, key=lambda one: (self.order(one, self.given), one.agent_id), default=None)
        if best is None:
            return None
        self.given.note(best, need)
        return best.agent_id

    def what(
        self,
        one: Candidate,
        waiting: Sequence[Need],
        crew: Sequence[Candidate],  # noqa: ARG002 - the others play no part either
        now: datetime,
    ) -> Need | None:
        """The first they qualify for."""
        fitting = (need for need in waiting if unfitness(need, one, now) is None)
        found = min(fitting, key=lambda need: self.own_first.get(need.queue_id, one.tier) is not one.tier, default=None)
        if found:
            self.given.note(one, found)
        return found


def round_robin(one: Candidate, given: Given) -> float:
    """Whose last turn is longest ago."""
    return given.turn.get(one.agent_id, -1)


def least_loaded(one: Candidate, given: Given) -> float:
    """Who was given the least work so far."""
    return given.minutes.get(one.agent_id, 0.0)


def weighted(one: Candidate, given: Given) -> float:
    """Who is furthest below their share, where specialists have half a share of the common work."""
    return given.tickets[one.agent_id] / WEIGHTS[one.tier]


BASELINES: Mapping[str, Order] = {
    "round robin": round_robin,
    "least loaded": least_loaded,
    "weighted assignment": weighted,
}
