"""The policy document: what a rule may say, in the shape that TOML files, the API and the database share."""

import re
import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Topic
from routing.policy.lookalikes import trick_in

MOST_RULES = 20_000
LONGEST_SPAN = timedelta(hours=1000)
HOURS_A_DAY = 24
# Whoever helps customers in a language has it as a skill, at the highest level.
SPOKEN = {"dutch": Language.NL, "english": Language.EN, "french": Language.FR, "german": Language.DE}
FLUENT = 3
V = TypeVar("V")


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _levels(value: object) -> object:
    """Skills as a list mean each of them at the first level."""
    return dict.fromkeys(value, 1) if isinstance(value, list | tuple) and all(_is_text(v) for v in value) else value


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _shortly(levels: dict[str, int]) -> list[str] | dict[str, int]:
    return list(levels) if set(levels.values()) <= {1} else levels


def _honest(text: str) -> str:
    if trick := trick_in(text):
        sentence, character = trick
        raise PydanticCustomError("trick", "{character}", {"sentence": sentence, "character": character})
    return text


def _in_range(text: str) -> str:
    if not timedelta() < span(text) <= LONGEST_SPAN:
        raise PydanticCustomError("span", "is not between 1m and 1000h")
    return text


def _lasts(text: str) -> str:
    if not hours_of(text):
        raise PydanticCustomError("hour", "is no stretch of whole hours")
    return text


OneOrMore = Annotated[tuple[V, ...], BeforeValidator(_several), Field(min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_honest)]
Span = Annotated[str, StringConstraints(pattern=r"^(\d{1,4}h)?(\d{1,4}m)?$"), AfterValidator(_in_range)]
Region = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z ]{0,9}$")]  # how the postcode starts
Hours = Annotated[str, StringConstraints(pattern=r"^\d{1,2}-\d{1,2}$"), AfterValidator(_lasts)]
_NUMBER = r"(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?)"
Confidence = Annotated[str, StringConstraints(pattern=rf"^(?:(?:>=|<=|>|<){_NUMBER}|{_NUMBER}\.\.{_NUMBER})$")]
Level = Annotated[StrictInt, Field(ge=1, le=3)]
Skills = Annotated[
    dict[Slug, Level], BeforeValidator(_levels), PlainSerializer(_shortly, return_type=list[str] | dict[str, int])
]


class Part(BaseModel):
    """Part of the document; what it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class When(Part):
    """The conditions of a rule: all that are given must hold, each for one of its values."""

    handling_class: OneOrMore[HandlingClass] | None = Field(None, alias="class")
    topic: OneOrMore[Topic] | None = None
    task_type: OneOrMore[TaskType] | None = None
    language: OneOrMore[Language] | None = None
    channel: OneOrMore[Channel] | None = None
    sensitivity: OneOrMore[Sensitivity] | None = None
    urgent: StrictBool | None = None
    region: OneOrMore[Region] | None = None
    segment: OneOrMore[Slug] | None = None
    confidence: Confidence | None = None  # ">=0.6", or "0.4..0.6" without its end
    hours: Literal["open", "closed"] | None = None
    hour: OneOrMore[Hours] | None = None  # "18-22", "22-6": whole hours of the office's day, without the end


class Share(Part):
    """A promise as a percentile: answered within this much open time, for this share of the tickets."""

    within: Span
    share: float | None = Field(None, gt=0, le=1)
    solve: Span | None = None


def _within(value: object) -> object:
    """A promise as a span alone is the time to answer within."""
    return {"within": value} if isinstance(value, str) else value


def _alone(promise: Share | None) -> object:
    """The same, written as shortly as people do."""
    if promise is None or promise.model_fields_set == {"within"}:
        return promise and promise.within
    return promise.model_dump(mode="json", exclude_defaults=True)


Promise = Annotated[
    Share | None, BeforeValidator(_within), PlainSerializer(_alone, return_type=str | dict[str, object])
]


class Then(Part):
    """What a rule decides."""

    queue: Slug
    priority: StrictInt | None = Field(None, ge=1, le=5)
    skills: Skills = Field(default_factory=dict)
    optional_skills: dict[Slug, Span] = Field(default_factory=dict)  # skill → how long to hold out for it
    promise: Promise = None
    front_office_first: StrictBool = False
    confidential: StrictBool = False
    open_too: StrictBool = False  # also for tickets that wait already when this version comes into force


class Rule(Part):
    """One line of the policy; without conditions it holds for everything."""

    name: Name
    when: When = Field(default_factory=When)
    then: Then


class Segment(Part):
    """A kind of customer, told by how their number starts or by the domain of their address."""

    name: Slug
    customer_number: OneOrMore[Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]] | None = None
    email_domain: OneOrMore[Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,200}$")]] | None = None


class Policy(Part):
    """The document that `GET /api/policy` gives and `loket policy` reads."""

    segment: tuple[Segment, ...] = ()
    rule: tuple[Rule, ...] = Field(min_length=1, max_length=MOST_RULES)

    def as_stored(self) -> dict[str, Any]:
        """The document as the database and the API hold it: nothing that is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def default_source() -> str:
    """The words of the policy in force until somebody publishes another."""
    return (files("routing") / "default_policy.toml").read_text("utf-8")


def default_policy() -> Policy:
    """The policy in force until somebody publishes another."""
    return Policy.model_validate(tomllib.loads(default_source()))


@cache
def span(text: str) -> timedelta:
    """How long "2h", "45m" or "1h30m" is."""
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?", text)
    hours, minutes = found.groups() if found else (None, None)
    return timedelta(hours=int(hours or 0), minutes=int(minutes or 0))


def hours_of(text: str) -> range | tuple[int, ...]:
    """The hours of the day in "8-18" or "22-6", which goes on past midnight; none when it is no such stretch."""
    begin, end = map(int, text.split("-"))
    if begin >= HOURS_A_DAY or end > HOURS_A_DAY or begin == end:
        return ()
    return range(begin, end) if begin < end else (*range(begin, HOURS_A_DAY), *range(end))
