"""Everything a condition can speak of, each cut into cells so fine that a rule takes a cell whole or not at all.

Which rules take a cell is one number with a bit for each rule. A decision is then a few ANDs, however many rules
there are, and so is the question whether one rule leaves anything to another.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import islice
from operator import and_, or_

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Topic
from routing.policy.document import HOURS_A_DAY, When, hours_of
from routing.policy.facts import Facts

Cell = Hashable
Values = Sequence[object]
OTHER = ""  # the cell of what no rule names


@dataclass(frozen=True)
class Field:
    """One thing that conditions speak of."""

    name: str  # as `When` calls it
    cells: Sequence[Cell]
    cells_of: Callable[[Values], Iterable[Cell]]  # of the values of one condition
    cell_of: Callable[[Facts], Cell]
    every: int  # all rules
    taken: Mapping[Cell, int]  # which rules take the cell
    _known: dict[tuple[str, Values | None], int] = field(default_factory=dict)

    def takers(self, facts: Facts) -> int:
        """The rules whose condition on this holds for these facts."""
        return self.taken[self.cell_of(facts)]

    def covering(self, values: Values | None) -> int:
        """The rules that take everything these values take; without values, the rules that take everything."""
        return self._reduced("covering", and_, self.every, values, self._own(values))

    def touching(self, values: Values | None) -> int:
        """The rules that take something of what these values take."""
        return self._reduced("touching", or_, 0, values, self._own(values))

    def beyond(self, values: Values | None) -> int:
        """The rules that take something that these values do not take."""
        own = set(self._own(values))
        return self._reduced("beyond", or_, 0, values, (cell for cell in self.cells if cell not in own))

    def _own(self, values: Values | None) -> Iterable[Cell]:
        return self.cells if values is None else self.cells_of(values)

    def _reduced(
        self, what: str, by: Callable[[int, int], int], start: int, values: Values | None, cells: Iterable[Cell]
    ) -> int:
        key = (what, values)
        if key not in self._known:
            self._known[key] = reduce(by, (self.taken[cell] for cell in cells), start)
        return self._known[key]


def fields_of(conditions: Sequence[When]) -> tuple[Field, ...]:
    """The fields that at least one of these conditions speaks of."""
    named = {name: [values_of(when, name) for when in conditions] for name in NAMES}
    return tuple(_field(name, values) for name, values in named.items() if any(each is not None for each in values))


def values_of(when: When, name: str) -> Values | None:
    """What a condition says about a field, always as several values; None when it says nothing."""
    said = getattr(when, name)
    return said if said is None or isinstance(said, tuple) else (said,)


def folded(postcode: str) -> str:
    """A postcode as it is compared: without spaces, in capitals."""
    return re.sub(r"\s", "", postcode).upper()


def _field(name: str, values: Sequence[Values | None]) -> Field:
    cells, cells_of, cell_of = _CUT[name]([each for each in values if each is not None])
    everywhere = sum(1 << number for number, each in enumerate(values) if each is None)
    taken = dict.fromkeys(cells, everywhere)
    for number, each in enumerate(values):
        for cell in set(cells_of(each)) if each is not None else ():
            taken[cell] |= 1 << number
    return Field(name, cells, cells_of, cell_of, (1 << len(values)) - 1, taken)


Cut = tuple[Sequence[Cell], Callable[[Values], Iterable[Cell]], Callable[[Facts], Cell]]


def _listed(cells: Sequence[Cell], cell_of: Callable[[Facts], Cell], _: Sequence[Values]) -> Cut:
    return cells, lambda values: values, cell_of


def _hour(_: Sequence[Values]) -> Cut:
    return range(HOURS_A_DAY), lambda values: [h for each in values for h in hours_of(str(each))], lambda f: f.hour


def _segment(named: Sequence[Values]) -> Cut:
    known = dict.fromkeys(each for values in named for each in values)
    cells = (*known, OTHER)
    return cells, lambda values: values, lambda facts: facts.segment if facts.segment in known else OTHER


def _region(named: Sequence[Values]) -> Cut:
    """A cell for each start of a postcode that a rule names: the postcodes with it and with no longer one."""
    starts = sorted({folded(str(each)) for values in named for each in values} | {OTHER})
    known, longest = frozenset(starts), max(map(len, starts))

    def cells_of(values: Values) -> Iterable[Cell]:
        for start in map(folded, map(str, values)):
            for cell in islice(starts, bisect_left(starts, start), None):
                if not cell.startswith(start):
                    break
                yield cell

    def cell_of(facts: Facts) -> Cell:
        postcode = folded(facts.postcode or "")[:longest]
        return next(postcode[:size] for size in range(len(postcode), -1, -1) if postcode[:size] in known)

    return starts, cells_of, cell_of


def _confidence(named: Sequence[Values]) -> Cut:
    """Cells between and on the numbers that rules name: 2n for what lies below the nth, 2n + 1 for the number."""
    edges = sorted(
        {float(each) for values in named for each in re.findall(r"\d(?:\.\d+)?", " ".join(map(str, values)))}
    )

    def place(number: float) -> int:
        at = bisect_left(edges, number)
        return 2 * at + 1 if at < len(edges) and edges[at] == number else 2 * at

    def cells_of(values: Values) -> Iterable[Cell]:
        low, high = _ends(str(values[0]), place, last=2 * len(edges))
        return range(max(low, first), min(high, last) + 1)

    first, last = place(0), place(1)
    return range(first, last + 1), cells_of, lambda facts: place(min(max(facts.confidence, 0.0), 1.0))


def _ends(condition: str, place: Callable[[float], int], last: int) -> tuple[int, int]:
    """The first and last cell of ">=0.6", "<0.4" or "0.4..0.6"."""
    low, dots, high = condition.partition("..")
    if dots:
        return place(float(low)), place(float(high)) - 1
    at = place(float(condition.lstrip("<>=")))
    sign = condition[:2] if condition[1] == "=" else condition[0]
    return {">=": (at, last), ">": (at + 1, last), "<=": (0, at), "<": (0, at - 1)}[sign]


_CUT: Mapping[str, Callable[[Sequence[Values]], Cut]] = {
    "handling_class": partial(_listed, (*HandlingClass, None), lambda facts: facts.handling_class),
    "topic": partial(_listed, (*Topic, None), lambda facts: facts.topic),
    "task_type": partial(_listed, (*TaskType, None), lambda facts: facts.task_type),
    "language": partial(_listed, tuple(Language), lambda facts: facts.language),
    "channel": partial(_listed, tuple(Channel), lambda facts: facts.channel),
    "sensitivity": partial(_listed, tuple(Sensitivity), lambda facts: facts.sensitivity),
    "urgent": partial(_listed, (True, False), lambda facts: facts.is_urgent),
    "hours": partial(_listed, ("open", "closed"), lambda facts: "open" if facts.is_open else "closed"),
    "hour": _hour,
    "segment": _segment,
    "region": _region,
    "confidence": _confidence,
}
NAMES = tuple(_CUT)
