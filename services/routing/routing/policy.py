"""The policy: an ordered list of rules over what is known of a ticket; the first that matches says where it goes."""

import operator
import re
import tomllib
from collections.abc import Callable, Container
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Topic

URGENT_REPAIR, URGENT, ORDINARY = 1, 2, 3
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
V = TypeVar("V")


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


OneOrMore = Annotated[tuple[V, ...], BeforeValidator(_several), Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class When(_Part):
    """The conditions of a rule: all that are given must hold, each for one of its values."""

    handling_class: OneOrMore[HandlingClass] | None = Field(None, alias="class")
    topic: OneOrMore[Topic] | None = None
    task_type: OneOrMore[TaskType] | None = None
    language: OneOrMore[Language] | None = None
    channel: OneOrMore[Channel] | None = None
    sensitivity: OneOrMore[Sensitivity] | None = None
    region: OneOrMore[str] | None = None  # how the postcode starts
    urgent: bool | None = None
    confidence: str | None = Field(None, pattern=r"^(>=|<=|>|<)(0(\.\d+)?|1(\.0+)?)$")
    hours: Literal["open", "closed"] | None = None


class Share(_Part):
    """A promise as a percentile: this share within this time."""

    within: str
    share: float = Field(gt=0, le=1)


class Then(_Part):
    """What a rule decides."""

    queue: str
    priority: int | None = Field(None, ge=1, le=5)
    skills: tuple[str, ...] = ()
    optional_skills: dict[str, str] = Field(default_factory=dict)  # skill → how long to hold out for it
    promise: str | Share | None = None
    front_office_first: bool = False


class Rule(_Part):
    """One line of the policy; without conditions it holds for everything."""

    name: str = Field(min_length=1, max_length=200)
    when: When = Field(default_factory=When)
    then: Then


class Policy(_Part):
    """The document that `GET /api/policy` gives and `loket policy` reads."""

    rule: tuple[Rule, ...] = Field(min_length=1)


@dataclass(frozen=True)
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

    def document(self) -> dict[str, Any]:
        """The facts as they are stored with the decision."""
        return dict(vars(self))


@dataclass(frozen=True)
class Verdict:
    """Where a ticket goes, how urgently, and which rule said so."""

    rule: str
    queue_id: str
    priority: int
    passed_over: tuple[str, ...]  # the rules before it that did not match
    broken: tuple[str, ...] = ()  # rules that matched and were skipped because their queue does not exist


class NoRuleMatches(ValueError):
    """The policy has no last rule without conditions."""


def decide(policy: Policy, facts: Facts, queue_ids: Container[str]) -> Verdict:
    """The verdict of the first rule that matches and names a queue there is. Raises NoRuleMatches when none does."""
    passed_over: list[str] = []
    broken: list[str] = []
    for rule in policy.rule:
        if not matches(rule.when, facts):
            passed_over.append(rule.name)
        elif rule.then.queue not in queue_ids:
            broken.append(rule.name)
        else:
            priority = rule.then.priority or ordinary_priority(facts)
            return Verdict(rule.name, rule.then.queue, priority, tuple(passed_over), tuple(broken))
    raise NoRuleMatches("the last rule of a policy has no conditions and names a queue that exists")


def matches(when: When, facts: Facts) -> bool:
    """Whether all given conditions hold for these facts."""
    return (
        all(_is_one_of(getattr(when, name), getattr(facts, name)) for name in _NAMED)
        and (when.urgent is None or when.urgent == facts.is_urgent)
        and (when.region is None or _postcode(facts).startswith(tuple(map(_folded, when.region))))
        and (when.confidence is None or _compares(when.confidence, facts.confidence))
        and (when.hours is None or (when.hours == "open") == facts.is_open)
    )


def ordinary_priority(facts: Facts) -> int:
    """The priority when a rule names none: urgent repairs, then what is urgent, then the rest."""
    if facts.is_urgent:
        return URGENT_REPAIR if facts.handling_class is HandlingClass.TECHNICAL else URGENT
    return ORDINARY


def default_policy() -> Policy:
    """The policy in force until somebody publishes another."""
    return Policy.model_validate(tomllib.loads((files("routing") / "default_policy.toml").read_text("utf-8")))


_NAMED = ("handling_class", "topic", "task_type", "language", "channel", "sensitivity")


def _is_one_of(wanted: tuple[object, ...] | None, found: object) -> bool:
    return wanted is None or found in wanted


def _folded(postcode: str) -> str:
    return re.sub(r"\s", "", postcode).upper()


def _postcode(facts: Facts) -> str:
    return _folded(facts.postcode or "")


def _compares(condition: str, value: float) -> bool:
    sign = condition.rstrip("0123456789.")
    return COMPARISONS[sign](value, float(condition.removeprefix(sign)))
