"""What other programs hear: ids and times, and nothing a customer said."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from common.events import Event
from notifications.facts import FACTS, TYPES, body_of
from postroom import replied, resolved, routed, submitted, waiting

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TICKET = uuid4()
EVENTS = [
    submitted(TICKET),
    routed(TICKET),
    replied(TICKET, "Geheim"),
    waiting(TICKET),
    resolved(TICKET, body="Geheim"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_a_call_holds_ids_and_times_and_no_words(event: Event) -> None:
    body = body_of(event, NOW)

    told = json.loads(body)
    assert told["type"] == event.type
    assert told["timestamp"] == "2026-11-25T12:00:00+00:00"
    assert told["data"]["ticket_id"] == str(TICKET)
    assert not any(word in body for word in ("Geheim", "anna", "evil", "Bakker"))


def test_only_fields_that_exist_are_told() -> None:
    assert all(set(fields) <= set(event.model_fields) for event, fields in FACTS.items())
    assert len(TYPES) == len(set(TYPES)) == len(FACTS)
