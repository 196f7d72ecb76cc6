"""What is wrong with a policy that can be read: names that do not exist, and rules that get in each other's way."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate
from operator import and_

from common.texts import mark
from common.vocabulary import Tier
from routing.policy.compiled import Compiled, bits
from routing.policy.document import Policy, Rule, hours_of
from routing.policy.facts import Places, first_of
from routing.policy.fields import Field, Values, folded, values_of
from routing.policy.findings import Finding, in_order, no_such, quoted
from routing.policy.lookalikes import likeness
from routing.policy.places import Path
from routing.policy.reading import MOST_FINDINGS, Read, read

MOST_SPLIT = 64  # cells of one field, to see whether several rules together leave nothing
TIERS = {Tier.FRONT_OFFICE: "the front office", Tier.BACK_OFFICE: "the back office", Tier.FIELD: "the field"}
RANGES = ("confidence", "hour")


@dataclass(frozen=True)
class Surroundings:
    """What a policy may name: the queues there are, and the skills; None when nobody keeps a list of skills."""

    queues: Places
    skills: Collection[str] | None = None


def check(source: str, around: Surroundings) -> Read:
    """The text read as a policy, with everything that is wrong with it, from top to bottom."""
    found = read(source)
    if found.policy is None:
        return found
    findings = [*named(found, found.policy, around), *reached(found, found.policy)]
    return Read(source, found.policy, tuple(in_order(findings)[:MOST_FINDINGS]), found.version)


def named(at: Read, policy: Policy, around: Surroundings) -> Iterator[Finding]:
    """What is named and does not exist, or exists twice."""
    yield from _names(at, policy)
    yield from _tiers(at, policy, around.queues)
    segments = {segment.name for segment in policy.segment}
    for number, rule in enumerate(policy.rule):
        path: Path = ("rule", number)
        if rule.then.queue not in around.queues:
            where: Path = (*path, "then", "queue")
            yield Finding(at.line(*where), *no_such("queue", rule.then.queue, around.queues), where)
        elif rule.then.front_office_first and first_of(around.queues, Tier.FRONT_OFFICE) is None:
            where = (*path, "then", "front_office_first")
            yield Finding(at.line(*where), mark("There is no queue in the front office to go to first."), {}, where)
        for skill in (*rule.then.skills, *rule.then.optional_skills):
            if around.skills is not None and skill not in around.skills:
                where = (*path, "then", "skills" if skill in rule.then.skills else "optional_skills", skill)
                yield Finding(at.line(*where), *no_such("skill", skill, around.skills), where)
        for place, segment in enumerate(rule.when.segment or ()):
            if segment not in segments:
                where = (*path, "when", "segment", place)
                yield Finding(at.line(*where), *no_such("segment", segment, segments), where)
        yield from _repeated(at, rule, number)


def reached(at: Read, policy: Policy) -> Iterator[Finding]:
    """Rules that nothing reaches, parts of them that nothing reaches, ranges that overlap, and a missing default."""
    last = len(policy.rule) - 1
    if not _is_default(policy.rule[last]):
        yield Finding(at.line("rule", last), mark("The last rule has no `when`: something must catch everything else."))
    view = Compiled(policy)
    for number, rule in enumerate(policy.rule):
        yield from _hidden(at, view, number, rule)


def _is_default(rule: Rule) -> bool:
    return not rule.when.model_dump(exclude_none=True)


def _names(at: Read, policy: Policy) -> Iterator[Finding]:
    """Two rules that a reader cannot tell apart by name, and segments that are there twice."""
    seen: dict[str, int] = {}
    for number, rule in enumerate(policy.rule):
        first = seen.setdefault(likeness(rule.name), number)
        if first != number:
            values: dict[str, str | int] = {
                "name": quoted(rule.name),
                "line": at.line("rule", first, "name") or first + 1,
            }
            sentence = mark("“%(name)s” reads like the name of the rule on line %(line)s; give it another.")
            yield Finding(at.line("rule", number, "name"), sentence, values)
    known: set[str] = set()
    for number, segment in enumerate(policy.segment):
        if segment.name in known:
            sentence = mark("The segment “%(name)s” is there twice.")
            yield Finding(at.line("segment", number, "name"), sentence, {"name": segment.name})
        if segment.customer_number is None and segment.email_domain is None:
            sentence = mark("Say how customers of this segment are known: by `customer_number` or `email_domain`.")
            yield Finding(at.line("segment", number), sentence)
        known.add(segment.name)


def _tiers(at: Read, policy: Policy, queues: Places) -> Iterator[Finding]:
    """Tiers that no work can get to: without a queue of our own, or without a rule that leads there."""
    last = len(policy.rule) - 1
    led_to = {queues[rule.then.queue].tier for rule in policy.rule if rule.then.queue in queues}
    if any(rule.then.front_office_first for rule in policy.rule):
        led_to.add(Tier.FRONT_OFFICE)
    if Tier.FRONT_OFFICE in led_to:
        led_to.add(Tier.BACK_OFFICE)  # by escalation
    for tier, name in TIERS.items():
        if first_of(queues, tier) is None:
            sentence = mark("There is no queue of our own for %(tier)s.")
            yield Finding(at.line("rule", last), sentence, {"tier": name}, is_warning=True)
        elif tier not in led_to:
            sentence = mark("No rule leads to a queue of %(tier)s.")
            yield Finding(at.line("rule", last), sentence, {"tier": name}, is_warning=True)


def _repeated(at: Read, rule: Rule, number: int) -> Iterator[Finding]:
    """Values of one condition that say the same twice, or partly the same."""
    for name in _written(rule):
        values = values_of(rule.when, name) or ()
        for place, value in enumerate(values):
            other = next((each for each in values[:place] if _overlap(name, each, value)), None)
            if other is not None:
                where = ("rule", number, "when", _alias(name), place)
                shown: dict[str, str | int] = {"one": quoted(other), "other": quoted(value)}
                yield Finding(
                    at.line(*where), mark("“%(one)s” and “%(other)s” overlap in one condition."), shown, where
                )


def _overlap(name: str, one: object, other: object) -> bool:
    if name == "hour":
        return bool(set(hours_of(str(one))) & set(hours_of(str(other))))
    if name == "region":
        a, b = folded(str(one)), folded(str(other))
        return a.startswith(b) or b.startswith(a)
    return one == other


def _hidden(at: Read, view: Compiled, number: int, rule: Rule) -> Iterator[Finding]:
    """What earlier rules take away from this one."""
    asked = [(field, values_of(rule.when, field.name)) for field in view.fields]
    if empty := [field for field, values in asked if values is not None and not list(field.cells_of(values))]:
        where = ("rule", number, "when", _alias(empty[0].name))
        yield Finding(at.line(*where), mark("Nothing can ever meet this condition."), {}, where)
        return
    earlier = (1 << number) - 1
    rest = _without_each([field.covering(values) for field, values in asked], earlier)
    general = rest[-1] & asked[-1][0].covering(asked[-1][1]) if asked else earlier
    if general:
        sentence = mark("Nothing gets to the rule “%(rule)s”: the rule “%(other)s” on line %(line)s takes it all.")
        yield Finding(at.line("rule", number), sentence, _told(at, view, rule, next(bits(general))))
        return
    for (field, values), others in zip(asked, rest, strict=True):
        if others and _is_split(field, values, others):
            sentence = mark("Nothing gets to the rule “%(rule)s”: the rules before it together take it all.")
            yield Finding(at.line("rule", number), sentence, {"rule": quoted(rule.name)})
            return
        if others and values is not None:
            yield from _taken_away(at, view, number, field, others)


def _without_each(covering: list[int], earlier: int) -> list[int]:
    """For each field, the earlier rules that take all of this one as far as the other fields go."""
    before = list(accumulate(covering, and_, initial=earlier))
    after = list(accumulate(reversed(covering), and_, initial=earlier))[::-1]
    return [before[at] & after[at + 1] for at in range(len(covering))]


def _is_split(field: Field, values: Values | None, others: int) -> bool:
    """Whether rules that each take a part of this field leave nothing of it."""
    cells = field.cells if values is None else list(field.cells_of(values))
    return len(cells) <= MOST_SPLIT and all(others & field.taken[cell] for cell in cells)


def _taken_away(at: Read, view: Compiled, number: int, field: Field, others: int) -> Iterator[Finding]:
    """A value of this rule that an earlier one takes, or a range that partly overlaps with an earlier one."""
    rule = view.document.rule[number]
    values = values_of(rule.when, field.name) or ()
    name = _alias(field.name)
    if field.name in RANGES:
        overlapping = others & field.touching(values) & ~field.covering(values) & field.beyond(values)
        if other := _other_than(view, rule, overlapping):
            sentence = mark("The %(field)s of “%(rule)s” overlaps with that of “%(other)s” on line %(line)s.")
            where: Path = ("rule", number, "when", name)
            told = {"field": name, **_told(at, view, rule, other[0])}
            yield Finding(at.line(*where), sentence, told, where, is_warning=True)
        return
    for place, value in enumerate(values):
        if other := _other_than(view, rule, others & field.covering((value,))):
            sentence = mark("“%(value)s” never gets here: the rule “%(other)s” on line %(line)s takes it.")
            where = ("rule", number, "when", name, place)
            told = {"value": quoted(value), **_told(at, view, rule, other[0])}
            yield Finding(at.line(*where), sentence, told, where, is_warning=True)


def _other_than(view: Compiled, rule: Rule, which: int) -> list[int]:
    """The first of these rules that decides something else than this one."""
    return [first for first in list(bits(which))[:1] if view.document.rule[first].then != rule.then]


def _told(at: Read, view: Compiled, rule: Rule, other: int) -> dict[str, str | int]:
    return {
        "rule": quoted(rule.name),
        "other": quoted(view.document.rule[other].name),
        "line": at.line("rule", other) or other + 1,
    }


def _written(rule: Rule) -> list[str]:
    return [name for name, value in rule.when if isinstance(value, tuple)]


def _alias(name: str) -> str:
    return "class" if name == "handling_class" else name
