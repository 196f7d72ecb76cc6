"""A policy made ready to decide: many rules at the price of a few."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from common.texts import mark
from common.vocabulary import Tier
from routing.policy.document import Policy, Rule, Segment, Share, Then, span
from routing.policy.facts import Agreed, Facts, Places, Verdict, first_of, ordinary_priority
from routing.policy.fields import Field, fields_of

MOST_TOLD = 20  # of the rules that were passed over
NO_RULE = mark("No rule of the policy could be followed")
LAST_RESORT = "triage"


class NoRuleMatches(ValueError):
    """The policy has no last rule without conditions whose queue exists."""


@dataclass(frozen=True)
class Compiled:
    """A policy and how its rules divide what can come in."""

    document: Policy
    unreadable: tuple[str, ...] = ()  # rules that this Loket does not understand, left out

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What its conditions speak of."""
        return fields_of([rule.when for rule in self.document.rule])

    @cached_property
    def for_open(self) -> frozenset[str]:
        """The rules that also take tickets which wait already when the policy comes into force."""
        return frozenset(rule.name for rule in self.document.rule if rule.then.open_too)

    def matching(self, facts: Facts) -> Iterator[tuple[int, Rule]]:
        """The rules whose conditions hold, in order, each with its number from 0."""
        left = (1 << len(self.document.rule)) - 1
        for field in self.fields:
            left &= field.takers(facts)
        yield from ((number, self.document.rule[number]) for number in bits(left))

    def segment_of(self, customer_number: str | None, email: str | None) -> str | None:
        """The kind of customer this is: the first segment that fits, or none."""
        domain = (email or "").rpartition("@")[2].lower()
        number = (customer_number or "").upper()
        return next((each.name for each in self.document.segment if _fits(each, number, domain)), None)

    def broken(self, queues: Places) -> tuple[str, ...]:
        """The rules that cannot be followed as things are: not understood, or a queue they need does not exist."""
        return (*self.unreadable, *(rule.name for rule in self.document.rule if not _can_follow(rule.then, queues)))


def compiled(document: Policy) -> Compiled:
    """The policy, ready to decide."""
    return Compiled(document)


def readable(stored: Mapping[str, Any]) -> Compiled:
    """The stored policy with every rule that can be read; the names of the others stand in `unreadable`.

    A rule can become unreadable when Loket itself changes, such as by a topic that is no more.
    """
    try:
        return Compiled(Policy.model_validate(stored))
    except ValidationError:
        pass
    rules: list[Rule] = []
    segments: list[Segment] = []
    lost = []
    for number, rule in enumerate(stored.get("rule", ()), start=1):
        try:
            rules.append(Rule.model_validate(rule))
        except ValidationError:
            lost.append(str(rule.get("name", number)))
    for segment in stored.get("segment", ()):
        try:
            segments.append(Segment.model_validate(segment))
        except ValidationError:
            lost.append(str(segment.get("name", "segment")))
    return Compiled(Policy.model_construct(rule=tuple(rules), segment=tuple(segments)), tuple(lost))


def decide(policy: Compiled, facts: Facts, queues: Places) -> Verdict:
    """The verdict of the first rule that matches and can be followed. Raises NoRuleMatches when there is none."""
    broken: list[str] = []
    for number, rule in policy.matching(facts):
        if not _can_follow(rule.then, queues):
            broken.append(rule.name)
            continue
        before = policy.document.rule[max(0, number - MOST_TOLD) : number]
        passed_over = tuple(each.name for each in before if each.name not in broken)
        return _verdict(rule, facts, queues, passed_over, tuple(broken))
    raise NoRuleMatches("the last rule of a policy has no conditions and names a queue that exists")


def settled(policy: Compiled, facts: Facts, queues: Places) -> Verdict:
    """The verdict of the policy; when nothing in it can be followed, triage or whatever is left: no ticket is lost."""
    try:
        return decide(policy, facts, queues)
    except NoRuleMatches:
        queue_id = LAST_RESORT if LAST_RESORT in queues else first_of(queues, Tier.FRONT_OFFICE) or next(iter(queues))
        return Verdict(NO_RULE, queue_id, ordinary_priority(facts), broken=(NO_RULE,))


def bits(number: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _verdict(
    rule: Rule, facts: Facts, queues: Places, passed_over: tuple[str, ...], broken: tuple[str, ...]
) -> Verdict:
    then = rule.then
    queue_id, escalates_to = _way(then, facts, queues)
    return Verdict(
        rule=rule.name,
        queue_id=queue_id,
        priority=then.priority or ordinary_priority(facts),
        passed_over=passed_over,
        broken=broken,
        skills=then.skills,
        optional_skills={skill: span(text) for skill, text in then.optional_skills.items()},
        agreed=_agreed(then.promise),
        escalates_to=escalates_to,
        is_confidential=then.confidential,
    )


def _can_follow(then: Then, queues: Places) -> bool:
    return then.queue in queues and not (then.front_office_first and first_of(queues, Tier.FRONT_OFFICE) is None)


def _way(then: Then, facts: Facts, queues: Places) -> tuple[str, str | None]:
    """Where it goes now, and where from there when it is escalated; None: to the first queue of the back office.

    Front office first means once: what is past it does not come back by itself.
    """
    if not then.front_office_first:
        return then.queue, None
    is_front = queues[then.queue].tier is Tier.FRONT_OFFICE
    beyond = first_of(queues, Tier.BACK_OFFICE) if is_front else then.queue
    if facts.is_past_front:
        return beyond or then.queue, None
    return then.queue if is_front else first_of(queues, Tier.FRONT_OFFICE) or then.queue, beyond


def _agreed(promise: Share | None) -> Agreed | None:
    if promise is None:
        return None
    return Agreed(span(promise.within), span(promise.solve) if promise.solve else None, promise.share)


def _fits(segment: Segment, number: str, domain: str) -> bool:
    starts = tuple(start.upper() for start in segment.customer_number or ())
    domains = segment.email_domain or ()
    return bool(starts and number.startswith(starts)) or any(
        domain == each or domain.endswith(f".{each}") for each in domains
    )
