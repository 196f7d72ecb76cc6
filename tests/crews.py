"""People and needs for tests of matching: plain ones to change, and hypothesis strategies for whole offices."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from common.vocabulary import HandlingClass, Language, Sensitivity, Tier, Topic
from routing.effort import WEIGHT, Efforts
from routing.matching import Candidate, Need, Presence

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RATES = {Tier.FRONT_OFFICE: 0.5, Tier.BACK_OFFICE: 1.0, Tier.FIELD: 0.9}


def need(number: int = 1, **changed: object) -> Need:
    """A routine ticket of the front office, due in four hours."""
    of_class: Any = changed.get("handling_class", HandlingClass.ROUTINE)
    given: dict[str, Any] = {
        "ticket_id": UUID(int=number),
        "queue_id": "front-office",
        "priority": 3,
        "handling_class": of_class,
        "topic": Topic.BILLING,
        "language": Language.NL,
        "sensitivity": Sensitivity.NORMAL,
        "due_at": NOW + 240 * MINUTE,
        "waiting_since": NOW - 10 * MINUTE,
        "minutes": Efforts().minutes(of_class, Topic.BILLING),
        "weight": WEIGHT[of_class],
    }
    return Need(**(given | changed))


def agent(number: int, tier: Tier = Tier.FRONT_OFFICE, **changed: object) -> Candidate:
    """Somebody who is there, with room, and works both offices."""
    given: dict[str, Any] = {
        "agent_id": UUID(int=number),
        "presence": Presence.AVAILABLE,
        "tier": tier,
        "queue_ids": ("back-office", "front-office"),
        "cost_per_minute": RATES[tier],
        "capacity": 2.0,
        "used": 0.0,
        "idle_since": NOW - number * MINUTE,
    }
    return Candidate(**(given | changed))


moments = st.integers(-300, 600).map(lambda minutes: NOW + minutes * MINUTE)
skills = st.dictionaries(st.sampled_from(["gas", "french", "insolvency"]), st.integers(1, 3), max_size=2)
queues = st.sampled_from(["front-office", "back-office"])


@st.composite
def needs(draw: st.DrawFn, most: int = 6) -> list[Need]:
    """A few waiting tickets of every sort."""
    numbers = range(1, draw(st.integers(1, most)) + 1)
    return [
        need(
            number,
            handling_class=draw(st.sampled_from([HandlingClass.ROUTINE, *HandlingClass, None])),
            queue_id=draw(queues),
            priority=draw(st.integers(1, 5)),
            topic=draw(st.sampled_from([Topic.BILLING, Topic.REPAIR, None])),
            language=draw(st.sampled_from([Language.NL, Language.FR])),
            sensitivity=draw(st.sampled_from(Sensitivity)),
            due_at=draw(moments),
            skills=draw(skills),
            optional_skills=draw(st.dictionaries(st.sampled_from(["gas", "french"]), moments, max_size=1)),
        )
        for number in numbers
    ]


@st.composite
def crews(draw: st.DrawFn, most: int = 6) -> list[Candidate]:
    """A few people of every sort."""
    numbers = range(101, draw(st.integers(1, most)) + 101)
    return [
        agent(
            number,
            draw(st.sampled_from(Tier)),
            presence=draw(st.sampled_from([Presence.AVAILABLE, *Presence])),
            queue_ids=tuple(sorted(draw(st.sets(queues, min_size=1)))),
            cost_per_minute=draw(st.sampled_from([0.4, 0.5, 0.8, 1.0])),
            capacity=draw(st.sampled_from([0.0, 1.0, 2.0, 6.0])),
            used=draw(st.sampled_from([0.0, 0.0, 1.0, 2.0])),
            room_at=draw(st.none() | moments),
            skills=draw(skills),
            languages=draw(st.sampled_from([(), (Language.NL,), (Language.FR, Language.NL)])),
            has_clearance=draw(st.booleans()),
            topic=draw(st.sampled_from([None, Topic.BILLING, Topic.ORDER])),
            idle_since=draw(moments),
        )
        for number in numbers
    ]
