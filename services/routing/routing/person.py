"""What there is to say about a member of staff, and what does not fit."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Self
from zoneinfo import available_timezones

from pydantic import TypeAdapter

from common.texts import mark
from common.vocabulary import Language, Role
from routing.weeks import Week, is_in_order

ZONE = "Europe/Amsterdam"
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}", re.IGNORECASE)
WITHOUT_TEAM = frozenset({Role.LEAD, Role.ADMIN})
LONGEST_NAME = 200
LONGEST_EMAIL = 254
EMAIL = re.compile(r"[^@\s<>()\[\]\\,;:\"]+@[^@\s<>()\[\]\\,;:\"]+")
DEAREST = Decimal(100)  # euro a minute
ROOMIEST = 100.0  # units
LEVELS = (1, 2, 3)


@dataclass(frozen=True)
class Person:
    """A member of staff as an organisation describes them."""

    username: str
    name: str
    role: Role
    team_id: str | None
    queue_ids: tuple[str, ...] = ()
    language: Language = Language.NL  # of their own pages
    has_clearance: bool = True
    languages: tuple[Language, ...] = ()  # in which they help customers
    skills: Mapping[str, int] = field(default_factory=dict)  # with the level: 1 learns, 2 works alone, 3 is asked
    cost_per_minute: Decimal = Decimal("0.6")  # euro
    capacity: float = 6.0  # units of work in hand at once
    zone: str = ZONE
    week: Week = ()
    is_active: bool = True
    email: str | None = None  # where they hear of alarms

    def tidy(self) -> Self:
        """The same person in one fixed form, so that two can be compared; who speaks nothing speaks their own language.

        Needs numbers that fit.
        """
        return replace(
            self,
            username=self.username.lower(),
            name=self.name.strip(),
            email=(self.email or "").strip() or None,
            queue_ids=tuple(sorted(set(self.queue_ids))),
            languages=tuple(sorted(set(self.languages or (self.language,)))),
            skills=dict(sorted(self.skills.items())),
            cost_per_minute=self.cost_per_minute.quantize(Decimal("0.0001")),
            capacity=float(self.capacity),
            week=tuple(sorted(self.week)),
        )

    def document(self) -> dict[str, Any]:
        """Everything as JSON has it."""
        document: dict[str, Any] = _DOCUMENT.dump_python(self.tidy(), mode="json")
        return document


_DOCUMENT = TypeAdapter(Person)
FIELDS = tuple(each.name for each in fields(Person))


def person_of(document: Mapping[str, Any]) -> Person:
    """The person a document is about."""
    return _DOCUMENT.validate_python(document)


@dataclass(frozen=True)
class House:
    """What a person can belong to."""

    teams: Mapping[str, str | None]  # with the outside company
    queues: Mapping[str, str]  # with the team
    skills: Collection[str]


@dataclass(frozen=True)
class Problem:
    """One thing that does not fit: the field, and a sentence with what was given."""

    field: str
    sentence: str
    value: str = ""

    def __str__(self) -> str:
        """The sentence in English."""
        return self.sentence % {"value": self.value}


def problems(person: Person, house: House) -> Iterator[Problem]:
    """Everything about this person that does not fit."""
    if not USERNAME.fullmatch(person.username):
        said = mark("%(value)s is no user name: use 2 to 64 letters, digits, dots, dashes.")
        yield Problem("username", said, repr(person.username[:80]))
    if not 0 < len(person.name.strip()) <= LONGEST_NAME:
        yield Problem("name", mark("Give the name that customers read; at most 200 characters."))
    if person.email and not (EMAIL.fullmatch(person.email.strip()) and len(person.email) <= LONGEST_EMAIL):
        yield Problem("email", mark("%(value)s is no e-mail address."), repr(person.email[:80]))
    yield from _team_problems(person, house)
    yield from _skill_problems(person, house)
    yield from _time_problems(person)
    if not (person.cost_per_minute.is_finite() and 0 <= person.cost_per_minute <= DEAREST):
        said = mark("A minute costs between 0 and 100 euro, not %(value)s.")
        yield Problem("cost_per_minute", said, str(person.cost_per_minute))
    if not 0 <= person.capacity <= ROOMIEST:
        yield Problem("capacity", mark("Capacity is between 0 and 100 units, not %(value)s."), f"{person.capacity:g}")


def _team_problems(person: Person, house: House) -> Iterator[Problem]:
    if person.team_id is None and person.role not in WITHOUT_TEAM:
        yield Problem("team_id", mark("A team is missing; there are %(value)s."), ", ".join(house.teams))
    if person.team_id is not None and person.team_id not in house.teams:
        yield Problem("team_id", mark("There is no team %(value)s."), repr(person.team_id))
        return
    is_outside = person.team_id is not None and house.teams[person.team_id] is not None
    if is_outside is not (person.role is Role.PARTNER) and not (person.team_id is None and person.role is Role.PARTNER):
        yield Problem("role", mark("Partners, and nobody else, belong to the team of an outside company."))
    if person.role is Role.PARTNER and person.has_clearance:
        yield Problem("has_clearance", mark("Partners cannot have clearance: confidential tickets stay inside."))
    for queue_id in person.queue_ids:
        if queue_id not in house.queues:
            yield Problem("queue_ids", mark("There is no queue %(value)s."), repr(queue_id))
        elif is_outside and house.queues[queue_id] != person.team_id:
            said = mark("Partners work queues of their own team only, and %(value)s is not one.")
            yield Problem("queue_ids", said, queue_id)


def _skill_problems(person: Person, house: House) -> Iterator[Problem]:
    for skill_id, level in person.skills.items():
        if skill_id not in house.skills:
            yield Problem("skills", mark("There is no skill %(value)s; add it first."), repr(skill_id))
        if level not in LEVELS:
            yield Problem("skills", mark("The level of a skill is 1, 2 or 3, not %(value)s."), str(level))


def _time_problems(person: Person) -> Iterator[Problem]:
    if person.zone not in available_timezones():
        yield Problem("zone", mark("There is no time zone %(value)s."), repr(person.zone))
    if not is_in_order(person.week):
        yield Problem("week", mark("Working hours must end after they begin, and those of one day may not overlap."))
