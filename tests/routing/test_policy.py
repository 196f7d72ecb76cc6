"""The policy: what a rule can ask, and what it decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from common.vocabulary import HandlingClass, Tier
from policies import FACTS, QUEUES, any_facts, holds, policy, rules
from routing.policy import Agreed, Facts, NoRuleMatches, Policy, compiled, decide, default_policy, readable

DEFAULT = compiled(default_policy())


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
    assert decide(DEFAULT, replace(FACTS, handling_class=handling_class), QUEUES).queue_id == queue_id


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"class": "technical"}, True),
        ({"class": ["routine", "specialist"]}, False),
        ({"topic": ["outage", "repair"], "urgent": True}, True),
        ({"urgent": False}, False),
        ({"region": ["35", "36"]}, True),
        ({"region": ["3511A"]}, True),
        ({"region": "35 11"}, True),
        ({"region": "10"}, False),
        ({"hours": "closed"}, True),
        ({"hours": "open"}, False),
        ({"hour": "18-22"}, True),
        ({"hour": "8-20"}, False),
        ({"hour": ["8-9", "20-6"]}, True),
        ({"confidence": ">=0.7"}, True),
        ({"confidence": ">0.7"}, False),
        ({"confidence": "<1"}, True),
        ({"confidence": "0.5..0.7"}, False),
        ({"confidence": "0.7..0.8"}, True),
        ({"segment": "business"}, True),
        ({"segment": "landlord"}, False),
        ({"language": "fr", "channel": "web", "sensitivity": "normal", "task_type": "fault"}, True),
    ],
)
def test_a_rule_holds_when_all_its_conditions_do(when: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    asked = policy({"when": when, "then": {"queue": "field"}}, {"then": {"queue": "triage"}})
    assert (decide(asked, FACTS, QUEUES).queue_id == "field") is expected


@given(rules, any_facts)
def test_however_rules_are_indexed_the_first_that_holds_decides(
    given_rules: list[dict[str, Any]], facts: Facts
) -> None:
    asked = policy(*given_rules, {"then": {"queue": "triage"}})
    first = next(rule for rule in asked.document.rule if holds(rule.when, facts))
    verdict = decide(asked, facts, QUEUES)
    assert (verdict.rule, verdict.queue_id) == (first.name, first.then.queue)


@given(rules, any_facts)
def test_a_decision_is_the_same_each_time_and_after_a_round_trip(
    given_rules: list[dict[str, Any]], facts: Facts
) -> None:
    asked = policy(*given_rules, {"then": {"queue": "triage"}})
    again = readable(asked.document.as_stored())
    assert not again.unreadable
    assert decide(asked, facts, QUEUES) == decide(again, Facts.of(facts.document()), QUEUES)


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


def test_a_rule_says_which_skills_are_asked_and_how_long_to_hold_out_for_others() -> None:
    then = {
        "queue": "field",
        "skills": ["gas"],
        "optional_skills": {"french": "1h30m"},
        "promise": {"within": "24h", "share": 0.95},
    }
    verdict = decide(policy({"then": then}), FACTS, QUEUES)
    assert verdict.skills == {"gas": 1}
    assert verdict.optional_skills == {"french": timedelta(minutes=90)}
    assert verdict.agreed == Agreed(timedelta(hours=24), None, 0.95)


@pytest.mark.parametrize(
    ("promise", "agreed"),
    [
        ("2h", Agreed(timedelta(hours=2))),
        ({"within": "45m", "solve": "10h"}, Agreed(timedelta(minutes=45), timedelta(hours=10))),
        ({"within": "24h", "share": 0.95}, Agreed(timedelta(hours=24), share=0.95)),
    ],
)
def test_a_promise_is_a_span_or_a_share_within_one(promise: object, agreed: Agreed) -> None:
    asked = policy({"then": {"queue": "field", "promise": promise}})
    assert decide(asked, FACTS, QUEUES).agreed == agreed == Agreed.of(agreed.document())
    assert asked.document.as_stored()["rule"][0]["then"]["promise"] == promise


@pytest.mark.parametrize(
    ("queue", "now_at", "then_to"),
    [("legal", "front-office", "legal"), ("triage", "triage", "back-office"), ("field", "front-office", "field")],
)
def test_front_office_first_goes_there_before_where_it_is_escalated_to(queue: str, now_at: str, then_to: str) -> None:
    asked = policy({"then": {"queue": queue, "front_office_first": True}})
    fresh = decide(asked, FACTS, QUEUES)
    assert (fresh.queue_id, fresh.escalates_to) == (now_at, then_to)
    later = decide(asked, replace(FACTS, is_past_front=True), QUEUES)
    assert (later.queue_id, later.escalates_to) == (then_to, None)


def test_a_rule_that_cannot_be_followed_is_skipped_and_named() -> None:
    asked = policy({"then": {"queue": "attic"}}, {"then": {"queue": "triage"}})
    verdict = decide(asked, FACTS, QUEUES)
    assert (verdict.queue_id, verdict.broken) == ("triage", ("rule 0",))
    assert asked.broken(QUEUES) == ("rule 0",)


def test_front_office_first_without_a_front_office_cannot_be_followed() -> None:
    asked = policy({"then": {"queue": "legal", "front_office_first": True}}, {"then": {"queue": "field"}})
    backs = {key: queue for key, queue in QUEUES.items() if queue.tier is not Tier.FRONT_OFFICE or queue.partner}
    verdict = decide(asked, FACTS, backs)
    assert (verdict.queue_id, verdict.broken) == ("field", ("rule 0",))


def test_a_policy_that_says_nothing_about_a_ticket_is_an_error() -> None:
    with pytest.raises(NoRuleMatches):
        decide(policy({"when": {"class": "routine"}, "then": {"queue": "triage"}}), FACTS, QUEUES)


def test_a_stored_rule_that_is_not_understood_any_more_is_left_out_and_named() -> None:
    stored = {
        "rule": [
            {"name": "Telex", "when": {"channel": "telex"}, "then": {"queue": "field"}},
            {"name": "Everything else", "then": {"queue": "triage"}},
        ]
    }
    asked = readable(stored)
    assert asked.unreadable == asked.broken(QUEUES) == ("Telex",)
    assert decide(asked, FACTS, QUEUES).queue_id == "triage"


def test_a_segment_is_told_by_a_number_or_by_the_domain_of_an_address() -> None:
    asked = compiled(
        Policy.model_validate(
            {
                "segment": [
                    {"name": "business", "customer_number": ["B", "Z"], "email_domain": "bedrijf.example"},
                    {"name": "landlord", "email_domain": ["wonen.example"]},
                ],
                "rule": [{"name": "all", "then": {"queue": "triage"}}],
            }
        )
    )
    assert asked.segment_of("b-100", None) == "business"
    assert asked.segment_of(None, "an@mail.Bedrijf.example") == "business"
    assert asked.segment_of("900", "jo@wonen.example") == "landlord"
    assert asked.segment_of("900", "jo@notwonen.example") is None
    assert asked.segment_of(None, None) is None


@pytest.mark.parametrize(
    "rule",
    [
        {"then": {"queue": "field"}, "when": {"weather": "rain"}},
        {"then": {"queue": "field"}, "when": {"class": "plumbing"}},
        {"then": {"queue": "field"}, "when": {"confidence": "high"}},
        {"then": {"queue": "field"}, "when": {"urgent": 1}},
        {"then": {"queue": "field"}, "when": {"hour": "8-8"}},
        {"then": {"queue": "field", "priority": 9}},
        {"then": {"queue": "field", "priority": True}},
        {"then": {"queue": "field", "promise": "2 days"}},
        {"then": {"queue": "field", "promise": "0m"}},
        {"then": {}},
        {"when": {}},
    ],
)
def test_what_no_rule_may_say_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        policy(rule)


def test_the_document_survives_a_round_trip() -> None:
    assert Policy.model_validate(default_policy().as_stored()) == default_policy()


@given(any_facts)
def test_the_default_policy_places_everything(facts: Facts) -> None:
    verdict = decide(DEFAULT, facts, QUEUES)
    assert verdict.queue_id in QUEUES
    assert 1 <= verdict.priority <= 5
