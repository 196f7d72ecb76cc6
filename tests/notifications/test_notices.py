"""Which event gives which notice, and when it stays unsaid: rules without a database."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from common.events import DelayExpected, Event, TicketAssigned
from common.vocabulary import Tier
from notifications.notices import PROMISE_PATIENCE, Draft, NoticeKind, notice_of
from postroom import START, reopened, replied, resolved, routed, submitted, waiting

TICKET = uuid4()
ASSIGNED = TicketAssigned(
    ticket_id=TICKET, agent_id=uuid4(), agent_name="Piet", tier=Tier.FRONT_OFFICE, assigned_at=START
)

DELAYED = DelayExpected(
    ticket_id=TICKET, about="answer", promised_by=START, expected_by=START + timedelta(hours=20), told_at=START
)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (submitted(TICKET), NoticeKind.ACKNOWLEDGEMENT),
        (submitted(TICKET, email=None), NoticeKind.ACKNOWLEDGEMENT),
        (replied(TICKET), NoticeKind.REPLY),
        (waiting(TICKET), NoticeKind.WAITING),
        (resolved(TICKET), NoticeKind.RESOLVED),
        (reopened(TICKET), NoticeKind.REOPENED),
        (DELAYED, NoticeKind.DELAY),
        (waiting(TICKET, waits_for="internal"), None),
        (waiting(TICKET, waits_for="field"), None),
        (routed(TICKET), None),
        (ASSIGNED, None),
    ],
    ids=lambda value: getattr(value, "type", value),
)
def test_each_event_gives_its_customer_this_notice(event: Event, kind: NoticeKind | None) -> None:
    draft = notice_of(event)

    assert (draft.kind if draft else None) == kind


def test_an_acknowledgement_waits_a_while_for_the_promise_and_repeats_nothing_of_the_customer() -> None:
    draft = _drafted(submitted(TICKET))

    assert draft.patience == PROMISE_PATIENCE
    assert draft.promise_since
    assert draft.body is None


def test_a_reopened_ticket_waits_for_a_new_promise_not_for_the_old_one() -> None:
    assert _drafted(reopened(TICKET, at=START)).promise_since == START


def test_what_an_agent_wrote_comes_along_with_the_reply_and_with_the_resolution() -> None:
    message_id = UUID(int=7)

    assert _drafted(replied(TICKET, "Done.", message_id=message_id)).message_id == message_id
    assert _drafted(resolved(TICKET, body="Fixed.", message_id=message_id)).body == "Fixed."


def _drafted(event: Event) -> Draft:
    draft = notice_of(event)
    assert draft
    return draft


def test_a_delay_says_the_new_date() -> None:
    draft = notice_of(DELAYED)
    assert draft
    assert draft.until == START + timedelta(hours=20)
