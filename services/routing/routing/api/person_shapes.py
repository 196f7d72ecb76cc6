"""People and absences as the API takes and shows them."""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.vocabulary import Language, Role
from routing.accounts import Account
from routing.api.shapes import Shape
from routing.inputs import Input, Line, Version
from routing.person import LEVELS
from routing.weeks import Block

Level = Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1], strict=True)]
Names = Annotated[tuple[Line, ...], Field(max_length=100)]
Kind = Annotated[str, Field(description="leave, sick, training or other", max_length=40)]


MAY_BE_NOTHING = {"team_id", "email"}


class BlockSent(Input):
    """Work on one day of every week, in the zone of the person; 0 is Monday, ending at 00:00 is the end of the day."""

    weekday: Annotated[int, Field(ge=0, le=6, strict=True)]
    begins: time
    ends: time


Week = Annotated[tuple[BlockSent, ...], Field(max_length=100)]


class PersonGiven(Input):
    """What may be different about somebody; what is left out stays as it is."""

    username: Line | None = None
    name: Line | None = None
    role: Role | None = None
    team: Line | None = None
    queues: Names | None = None
    language: Language | None = None
    has_clearance: Annotated[bool, Field(strict=True)] | None = None
    languages: tuple[Language, ...] | None = None
    skills: Annotated[dict[Line, Level], Field(max_length=100)] | None = None
    cost_per_minute: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    capacity: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    zone: Line | None = None
    email: Line | None = None
    shifts: Week | None = None

    def fields(self) -> dict[str, Any]:
        """What was given, by the names that a person has for it; null is no team, and no address."""
        given = {name: getattr(self, name) for name in self.model_fields_set & PersonGiven.model_fields.keys()}
        for sent, name in (("team", "team_id"), ("queues", "queue_ids"), ("shifts", "week")):
            if sent in given:
                given[name] = given.pop(sent)
        if given.get("week") is not None:
            given["week"] = week_of(given["week"])
        return {name: value for name, value in given.items() if value is not None or name in MAY_BE_NOTHING}


class NewPerson(PersonGiven):
    """Somebody new: whom they are and what they do must be said."""

    username: Line
    name: Line
    role: Role


class PersonChange(PersonGiven):
    """A change of somebody as they were in `version`; with `is_active` false they may not log in any more."""

    version: Version
    is_active: Annotated[bool, Field(strict=True)] | None = None


class Roster(Input):
    """The hours of an ordinary week, all of them."""

    version: Version
    shifts: Week


class AbsenceSent(Input):
    """From when to when somebody does not work."""

    kind: Kind
    begins_at: AwareDatetime
    ends_at: AwareDatetime


class BlockShown(Shape):
    """Work on one day of every week."""

    weekday: int
    begins: time
    ends: time


class PersonShown(Shape):
    """A member of staff; send `version` along with every change."""

    id: UUID
    version: int
    username: str
    name: str
    role: Role
    team: str | None
    queues: list[str]
    language: Language
    has_clearance: bool
    languages: list[Language]
    skills: dict[str, int]
    cost_per_minute: float
    capacity: float
    zone: str
    email: str | None
    shifts: list[BlockShown]
    is_active: bool
    has_password: bool

    @classmethod
    def of(cls, account: Account) -> Self:
        """The account as it is stored."""
        person = account.person
        own = {name: getattr(person, name) for name in cls.model_fields if hasattr(person, name)}
        stored = {"id": account.agent_id, "version": account.version, "has_password": account.has_password}
        week = [BlockShown(weekday=b.weekday, begins=b.begins, ends=b.ends) for b in person.week]
        return cls.model_validate(own | stored | {"team": person.team_id, "queues": person.queue_ids, "shifts": week})


class PersonChanged(Shape):
    """Somebody after a change, and how many tickets went back to their queues with it."""

    person: PersonShown
    returned: int


class AbsenceShown(Shape):
    """When somebody is away although their week says they work."""

    id: UUID = Field(validation_alias="absence_id")
    kind: str
    begins_at: datetime
    ends_at: datetime


class PasswordMade(Shape):
    """A new password: shown this once, and kept nowhere in a form that can be read."""

    password: str


def week_of(blocks: Iterable[BlockSent]) -> tuple[Block, ...]:
    """The week that these blocks are, in order of time."""
    return tuple(sorted(Block(each.weekday, _plain(each.begins), _plain(each.ends)) for each in blocks))


def _plain(moment: time) -> time:
    return moment.replace(second=0, microsecond=0, tzinfo=None)
