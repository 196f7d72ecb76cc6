"""What happens after an attempt: sent, once more later, or given up where people see it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GIVE_UP_AFTER = timedelta(days=3)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=4)
LONGEST_PAUSE_AWAY = timedelta(minutes=1)  # so that everything flows again soon after the channel is back
PROBE_EVERY = timedelta(seconds=5)
GROWTH = 3


class Verdict(StrEnum):
    """What a channel says of an attempt."""

    ACCEPTED = "accepted"
    TRY_LATER = "try_later"
    AWAY = "away"  # not this mail's fault: any other would fare the same
    REFUSED = "refused"
    GONE = "gone"  # refused, because nobody can be reached at this address any more


@dataclass(frozen=True, slots=True)
class Answer:
    """A channel's answer; `detail` holds no personal data."""

    verdict: Verdict
    detail: str


class DeliveryState(StrEnum):
    """Where a delivery is in its life."""

    PLANNED = "planned"
    SENDING = "sending"
    RETRYING = "retrying"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"  # accepted, and then returned by a server further on
    SUPPRESSED = "suppressed"
    HELD = "held"  # waits for a person to release it


FINAL = frozenset({Verdict.REFUSED, Verdict.GONE})
RESENDABLE = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.SUPPRESSED})
OUTSTANDING = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.RETRYING})


def pause_after(attempts: int) -> timedelta:
    """How long to wait after this many attempts: 15 s, 45 s, 2 min 15 s … at most 4 h."""
    growth: int = GROWTH ** min(attempts - 1, 10)
    return min(FIRST_PAUSE * growth, LONGEST_PAUSE)


def after(answer: Answer, attempts: int, planned_at: datetime, now: datetime) -> tuple[DeliveryState, datetime]:
    """The delivery's next state and when to look at it again; given up when the next try would pass three days."""
    if answer.verdict is Verdict.ACCEPTED:
        return DeliveryState.SENT, now
    pause = pause_after(attempts)
    due_at = now + (min(pause, LONGEST_PAUSE_AWAY) if answer.verdict is Verdict.AWAY else pause)
    if answer.verdict in FINAL or due_at > planned_at + GIVE_UP_AFTER:
        return DeliveryState.FAILED, now
    return DeliveryState.RETRYING, due_at
