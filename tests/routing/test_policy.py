"""The policy."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Topic
from routing.policy import Facts, NoRuleMatches, Policy, decide, default_policy, matches

QUEUES = {"front-office", "triage", "back-office", "field", "partner"}
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
)


def policy(*rules: dict[str, Any]) -> Policy:
    return Policy.model_validate({"rule": [{"name": f"rule {n}", **rule} for n, rule in enumerate(rules)]})


@pytest.mark.parametrize(
    ("handling_class", "queue_id"),
    [
        (HandlingClass.ROUTINE, "front-office"),
        (HandlingClass.SPECIALIST, "back-office"),
        (HandlingClass.TECHNICAL, "field"),
        (None, "triage"),
    ],
)
def test_by_default_each_class_has_its_queue(handling_class: HandlingClass | None, queue_id: str) -> None:
    verdict = decide(default_policy(), replace(FACTS, handling_class=handling_class), QUEUES)
    assert verdict.queue_id == queue_id


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({}, True),
        ({"class": "technical"}, True),
        ({"class": ["routine", "specialist"]}, False),
        ({"topic": ["outage", "repair"], "urgent": True}, True),
        ({"urgent": False}, False),
        ({"region": ["35", "36"]}, True),
        ({"region": ["3511A"]}, True),
        ({"region": "10"}, False),
        ({"hours": "closed"}, True),
        ({"hours": "open"}, False),
        ({"confidence": ">=0.7"}, True),
        ({"confidence": ">0.7"}, False),
        ({"confidence": "<1"}, True),
        ({"language": "fr", "channel": "web", "sensitivity": "normal", "task_type": "fault"}, True),
    ],
)
def test_a_rule_holds_when_all_its_conditions_do(when: dict[str, Any], holds: bool) -> None:  # noqa: FBT001
    [rule] = policy({"when": when, "then": {"queue": "field"}}).rule
    assert matches(rule.when, FACTS) is holds


def test_the_first_rule_that_matches_decides_and_names_those_before_it() -> None:
    verdict = decide(
        policy(
            {"when": {"class": "routine"}, "then": {"queue": "triage"}},
            {"when": {"urgent": True}, "then": {"queue": "field", "priority": 4}},
            {"then": {"queue": "back-office"}},
        ),
        FACTS,
        QUEUES,
    )
    assert (verdict.rule, verdict.queue_id, verdict.priority) == ("rule 1", "field", 4)
    assert verdict.passed_over == ("rule 0",)


def test_a_rule_with_an_unknown_queue_is_skipped_and_named() -> None:
    verdict = decide(policy({"then": {"queue": "attic"}}, {"then": {"queue": "triage"}}), FACTS, QUEUES)
    assert (verdict.queue_id, verdict.broken) == ("triage", ("rule 0",))


def test_a_policy_that_says_nothing_about_a_ticket_is_an_error() -> None:
    with pytest.raises(NoRuleMatches):
        decide(policy({"when": {"class": "routine"}, "then": {"queue": "triage"}}), FACTS, QUEUES)


@pytest.mark.parametrize(
    "rule",
    [
        {"then": {"queue": "field"}, "when": {"weather": "rain"}},
        {"then": {"queue": "field"}, "when": {"class": "plumbing"}},
        {"then": {"queue": "field"}, "when": {"confidence": "high"}},
        {"then": {"queue": "field", "priority": 9}},
        {"then": {}},
        {"when": {}},
    ],
)
def test_what_no_rule_may_say_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        policy(rule)


def test_the_document_survives_a_round_trip() -> None:
    document = default_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert Policy.model_validate(document) == default_policy()


@given(
    st.sampled_from([*HandlingClass, None]),
    st.sampled_from([*Topic, None]),
    st.booleans(),
    st.floats(0, 1),
    st.none() | st.text(max_size=8),
)
def test_the_default_policy_places_everything(
    handling_class: HandlingClass | None,
    topic: Topic | None,
    is_urgent: bool,  # noqa: FBT001
    confidence: float,
    postcode: str | None,
) -> None:
    facts = replace(FACTS, handling_class=handling_class, topic=topic, is_urgent=is_urgent, confidence=confidence)
    verdict = decide(default_policy(), replace(facts, postcode=postcode), QUEUES)
    assert verdict.queue_id in QUEUES
    assert 1 <= verdict.priority <= 5
