"""What a simulation is played with: the work that comes in, the people who are there, and how long things take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.vocabulary import HandlingClass, Tier
from routing.calendars import Calendar, Span
from routing.effort import Efforts
from routing.matching import Candidate
from routing.policy import Facts


@dataclass(frozen=True, slots=True)
class SimulatedQueue:
    """A queue, as far as a policy must know it."""

    queue_id: str
    tier: Tier
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket that comes in. What chance decides about it is drawn beforehand, so that every run meets the same."""

    number: int
    at: datetime
    facts: Facts
    truly: HandlingClass  # what work it is, also when the classifier abstains
    difficulty: float  # times what such work takes on average
    chance: float  # 0 to 1: whether the front office can do what is for specialists


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster: what matching knows of them, when they work, and how quick they are."""

    candidate: Candidate
    spans: Sequence[Span]
    pace: float  # times what work takes on average


@dataclass(frozen=True)
class Day:
    """Everything a simulation is played with."""

    arrivals: Sequence[Arrival]
    people: Sequence[Person]
    queues: Mapping[str, SimulatedQueue]
    office: Calendar
    efforts: Efforts  # what matching expects of handling times, and what they are on average
    switching_minutes: float = 1.0
    front_office_solves: float = 0.35  # share of specialists' work that the front office can do when it tries
    triage_minutes: float = 1.5
    tries_share: float = 0.5  # of the time work takes, until the front office knows that it cannot do it
    calendars: Mapping[str, Calendar] = field(default_factory=dict)  # of queues that keep another time than the office
