"""Policies as tests write them: rules, queues, facts, and what a reader with all the time in the world would decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Tier, Topic
from routing.policy import Compiled, Facts, Policy, Read, Surroundings, check, compiled
from routing.policy.document import When, hours_of

FACTS = Facts(
    handling_class=HandlingClass.TECHNICAL,
    topic=Topic.OUTAGE,
    task_type=TaskType.FAULT,
    language=Language.FR,
    channel=Channel.WEB,
    sensitivity=Sensitivity.NORMAL,
    is_urgent=True,
    confidence=0.7,
    postcode="3511 ab",
    is_open=False,
    hour=20,
    segment="business",
)


@dataclass(frozen=True)
class Waiting:
    """A queue."""

    queue_id: str
    tier: Tier
    partner: str | None = None


QUEUES: Mapping[str, Waiting] = {
    queue.queue_id: queue
    for queue in (
        Waiting("front-office", Tier.FRONT_OFFICE),
        Waiting("triage", Tier.FRONT_OFFICE),
        Waiting("back-office", Tier.BACK_OFFICE),
        Waiting("legal", Tier.BACK_OFFICE),
        Waiting("field", Tier.FIELD),
        Waiting("partner", Tier.FRONT_OFFICE, "Contactpunt"),
    )
}
AROUND = Surroundings(QUEUES, {"gas", "french"})


def policy(*rules: dict[str, Any], segments: tuple[str, ...] = ("business", "landlord")) -> Compiled:
    """These rules, each named by its number unless it has a name."""
    named = [{"name": f"rule {number}", **rule} for number, rule in enumerate(rules)]
    known = [{"name": segment, "customer_number": segment[:1]} for segment in segments]
    return compiled(Policy.model_validate({"rule": named, "segment": known}))


def checked(source: str, around: Surroundings = AROUND) -> Read:
    return check(source, around)


def complaints(source: str, around: Surroundings = AROUND) -> list[str]:
    """What is wrong, as people read it."""
    return [str(finding) for finding in checked(source, around).findings]


def holds(when: When, facts: Facts) -> bool:
    """Whether all conditions hold, worked out the slow and obvious way."""
    postcode = (facts.postcode or "").replace(" ", "").upper()
    return all(
        (
            when.handling_class is None or facts.handling_class in when.handling_class,
            when.topic is None or facts.topic in when.topic,
            when.task_type is None or facts.task_type in when.task_type,
            when.language is None or facts.language in when.language,
            when.channel is None or facts.channel in when.channel,
            when.sensitivity is None or facts.sensitivity in when.sensitivity,
            when.urgent is None or facts.is_urgent == when.urgent,
            when.segment is None or facts.segment in when.segment,
            when.region is None or any(postcode.startswith(start.replace(" ", "").upper()) for start in when.region),
            when.hours is None or when.hours == ("open" if facts.is_open else "closed"),
            when.hour is None or any(facts.hour in hours_of(each) for each in when.hour),
            when.confidence is None or _within(when.confidence, facts.confidence),
        )
    )


def _within(condition: str, confidence: float) -> bool:
    low, dots, high = condition.partition("..")
    if dots:
        return float(low) <= confidence < float(high)
    number = float(condition.lstrip("<>="))
    if condition.startswith((">=", "<=")):
        return confidence >= number if condition[0] == ">" else confidence <= number
    return confidence > number if condition[0] == ">" else confidence < number


numbers = st.integers(0, 20).map(lambda n: f"{n / 20:.2f}")
confidences = st.one_of(
    st.tuples(st.sampled_from([">=", "<=", ">", "<"]), numbers).map("".join),
    st.tuples(numbers, numbers).map(lambda ends: "..".join(sorted(ends))),
)
hour_ranges = (
    st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda h: h[0] != h[1]).map(lambda h: f"{h[0]}-{h[1]}")
)


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=3, unique=True)


conditions = st.fixed_dictionaries(
    {},
    optional={
        "class": some(st.sampled_from(HandlingClass)),
        "topic": some(st.sampled_from([Topic.BILLING, Topic.OUTAGE, Topic.REPAIR])),
        "task_type": some(st.sampled_from([TaskType.COMPLAINT, TaskType.FAULT])),
        "language": some(st.sampled_from(Language)),
        "channel": some(st.sampled_from([Channel.WEB, Channel.EMAIL])),
        "sensitivity": some(st.sampled_from(Sensitivity)),
        "urgent": st.booleans(),
        "segment": some(st.sampled_from(["business", "landlord"])),
        "region": some(st.sampled_from(["3", "35", "3511", "3511A", "36", "10"])),
        "hours": st.sampled_from(["open", "closed"]),
        "hour": some(hour_ranges),
        "confidence": confidences,
    },
)
rules = st.lists(
    st.builds(lambda when, queue: {"when": when, "then": {"queue": queue}}, conditions, st.sampled_from([*QUEUES])),
    max_size=12,
)
any_facts = st.builds(
    Facts,
    handling_class=st.sampled_from([*HandlingClass, None]),
    topic=st.sampled_from([Topic.BILLING, Topic.OUTAGE, Topic.REPAIR, Topic.OTHER, None]),
    task_type=st.sampled_from([TaskType.COMPLAINT, TaskType.FAULT, None]),
    language=st.sampled_from(Language),
    channel=st.sampled_from(Channel),
    sensitivity=st.sampled_from(Sensitivity),
    is_urgent=st.booleans(),
    confidence=st.one_of(st.floats(0, 1), st.integers(0, 20).map(lambda n: n / 20)),
    postcode=st.one_of(st.none(), st.sampled_from(["3511 AB", "3511ZZ", "3600", "1011", "35", "", "é3"])),
    is_open=st.booleans(),
    hour=st.integers(0, 23),
    segment=st.sampled_from(["business", "landlord", "stranger", None]),
)
