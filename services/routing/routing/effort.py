"""How many minutes a piece of work takes: learned from what it took, leaning on a prior while little is known."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.vocabulary import HandlingClass, Tier, Topic

Cell = tuple[HandlingClass | None, Topic | None, Tier]

WEIGHT_OF_PRIOR = 20.0  # tickets: after so many, what was seen counts as much as what was thought
SHORTEST_MINUTES, LONGEST_MINUTES = 0.5, 480.0
FRONT, BACK, FIELD = Tier.FRONT_OFFICE, Tier.BACK_OFFICE, Tier.FIELD
PRIOR: Mapping[HandlingClass | None, Mapping[Tier, float]] = {
    HandlingClass.ROUTINE: {FRONT: 6.0, BACK: 6.0, FIELD: 8.0},
    HandlingClass.SPECIALIST: {FRONT: 20.0, BACK: 15.0, FIELD: 20.0},
    HandlingClass.TECHNICAL: {FRONT: 15.0, BACK: 12.0, FIELD: 10.0},
    None: {FRONT: 5.0, BACK: 5.0, FIELD: 6.0},
}
WEIGHT: Mapping[HandlingClass | None, float] = {  # capacity units
    HandlingClass.ROUTINE: 1.0,
    HandlingClass.SPECIALIST: 2.0,
    HandlingClass.TECHNICAL: 2.0,
    None: 1.0,
}


@dataclass(frozen=True)
class Seen:
    """What one kind of work took so far."""

    tickets: float
    minutes: float  # of all together


@dataclass(frozen=True)
class Efforts:
    """What work takes, by kind and by who does it."""

    seen: Mapping[Cell, Seen] = field(default_factory=dict)
    of_class: Mapping[tuple[HandlingClass | None, Tier], Seen] = field(default_factory=dict)
    _told: dict[tuple[HandlingClass | None, Topic | None], Mapping[Tier, float]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def minutes(self, handling_class: HandlingClass | None, topic: Topic | None) -> Mapping[Tier, float]:
        """Expected minutes by tier: the topic's own, leaning on the class's, leaning on the prior."""
        key = handling_class, topic
        if key not in self._told:
            self._told[key] = {tier: self._of(handling_class, topic, tier) for tier in Tier}
        return self._told[key]

    def _of(self, handling_class: HandlingClass | None, topic: Topic | None, tier: Tier) -> float:
        broad = shrunk(PRIOR[handling_class][tier], self.of_class.get((handling_class, tier)))
        narrow = shrunk(broad, self.seen.get((handling_class, topic, tier)))
        return round(min(max(narrow, SHORTEST_MINUTES), LONGEST_MINUTES), 2)


def learned(seen: Mapping[Cell, Seen]) -> Efforts:
    """Efforts that know what was seen."""
    tickets: defaultdict[tuple[HandlingClass | None, Tier], float] = defaultdict(float)
    minutes: defaultdict[tuple[HandlingClass | None, Tier], float] = defaultdict(float)
    for (handling_class, _, tier), each in seen.items():
        tickets[handling_class, tier] += each.tickets
        minutes[handling_class, tier] += each.minutes
    return Efforts(seen, {key: Seen(n, minutes[key]) for key, n in tickets.items()})


def shrunk(prior: float, seen: Seen | None) -> float:
    """The mean of what was seen, pulled towards the prior as long as little was."""
    if seen is None:
        return prior
    return (WEIGHT_OF_PRIOR * prior + seen.minutes) / (WEIGHT_OF_PRIOR + seen.tickets)
