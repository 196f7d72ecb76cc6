"""What a policy is asked about a ticket, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Protocol, Self

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Tier, Topic

URGENT_REPAIR, URGENT, ORDINARY = 1, 2, 3
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a ticket when it is decided where it goes."""

    handling_class: HandlingClass | None
    topic: Topic | None
    task_type: TaskType | None
    language: Language
    channel: Channel
    sensitivity: Sensitivity
    is_urgent: bool
    confidence: float
    postcode: str | None
    is_open: bool  # whether the office is open at this moment
    hour: int = 12  # of the office's day
    segment: str | None = None
    is_past_front: bool = False  # it is with the back office or the field already

    def document(self) -> dict[str, Any]:
        """The facts as they are stored with the decision."""
        return {name: getattr(self, name) for name in _NAMES}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The facts that were stored; what an older Loket did not store yet is taken as ordinary. Raises ValueError."""
        given = {name: document[name] for name in _NAMES if name in document}
        for name, kind in _KINDS.items():
            given[name] = kind(given[name]) if given.get(name) is not None else None
        return cls(**given)


class Place(Protocol):
    """A queue, as far as a policy must know it."""

    @property
    def queue_id(self) -> str:
        """Its id."""

    @property
    def tier(self) -> Tier:
        """Where its work is done."""

    @property
    def partner(self) -> str | None:
        """The outside company that works it, if any."""


Places = Mapping[str, Place]  # by id, in the order of lists


@dataclass(frozen=True, slots=True)
class Agreed:
    """The promise of a rule, in open time: answered within, perhaps solved within, for which share of the tickets."""

    within: timedelta
    solve: timedelta | None = None
    share: float | None = None

    def document(self) -> dict[str, Any]:
        """The promise as it is stored with a ticket: in minutes."""
        solve = self.solve // MINUTE if self.solve else None
        return {"within": self.within // MINUTE, "solve": solve, "share": self.share}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The promise that was stored."""
        solve = document["solve"]
        return cls(document["within"] * MINUTE, None if solve is None else solve * MINUTE, document["share"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a ticket goes and what is asked for it, and which rule said so."""

    rule: str
    queue_id: str
    priority: int
    passed_over: tuple[str, ...] = ()  # the last of the rules before it that did not match
    broken: tuple[str, ...] = ()  # rules that matched and could not be followed
    skills: Mapping[str, int] = field(default_factory=dict)  # skill → least level
    optional_skills: Mapping[str, timedelta] = field(default_factory=dict)  # skill → how long to hold out for it
    agreed: Agreed | None = None
    escalates_to: str | None = None  # where it goes from the front office when it came there first
    is_confidential: bool = False


def ordinary_priority(facts: Facts) -> int:
    """The priority when a rule names none: urgent repairs, then what is urgent, then the rest."""
    if facts.is_urgent:
        return URGENT_REPAIR if facts.handling_class is HandlingClass.TECHNICAL else URGENT
    return ORDINARY


def first_of(queues: Places, tier: Tier, *, but: str = "") -> str | None:
    """The first own queue of a tier: where work for that tier goes when no rule says more."""
    return next((q.queue_id for q in queues.values() if q.tier is tier and not q.partner and q.queue_id != but), None)


_NAMES = tuple(each.name for each in fields(Facts))
_KINDS = {
    "handling_class": HandlingClass,
    "topic": Topic,
    "task_type": TaskType,
    "language": Language,
    "channel": Channel,
    "sensitivity": Sensitivity,
}
