"""What other programs hear of each fact: ids and times. Words, names and addresses stay here."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from common.events import (
    DelayExpected,
    Event,
    ReplySent,
    TicketReopened,
    TicketResolved,
    TicketRouted,
    TicketSubmitted,
    TicketWaiting,
)

FACTS: Mapping[type[Event], Sequence[str]] = {
    TicketSubmitted: ("ticket_id", "reference", "channel", "submitted_at"),
    TicketRouted: ("ticket_id", "reference", "queue_id", "tier", "priority", "cause", "routed_at"),
    ReplySent: ("ticket_id", "message_id", "sent_at"),
    TicketWaiting: ("ticket_id", "waits_for", "until", "waiting_since"),
    TicketResolved: ("ticket_id", "outcome", "resolved_at"),
    TicketReopened: ("ticket_id", "reopened_at"),
    DelayExpected: ("ticket_id", "expected_by", "told_at"),
}
TYPES = tuple(str(event.model_fields["type"].default) for event in FACTS)


def body_of(event: Event, now: datetime) -> str:
    """The body of a call, as Standard Webhooks advises: type, timestamp, data."""
    data = event.model_dump(mode="json", include=set(FACTS[type(event)]))
    return json.dumps({"type": event.type, "timestamp": now.isoformat(), "data": data})
