"""Who hears of what: which event gives a customer which notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from common.events import (
    DelayExpected,
    Event,
    ReplySent,
    TicketReopened,
    TicketResolved,
    TicketSubmitted,
    TicketWaiting,
)

# Routing answers within a second when it is up. A customer should not wait longer than this for a sign of life.
PROMISE_PATIENCE = timedelta(minutes=1)
ANY_PROMISE = datetime(1970, 1, 1, tzinfo=UTC)


class NoticeKind(StrEnum):
    """What a customer can hear from us."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    WAITING = "waiting"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    DELAY = "delay"
    NEWS = "news"  # of a broadcast


class Silence(StrEnum):
    """Why a notice is not brought; stands in the delivery, where staff can read it."""

    NO_ADDRESS = "no_address"
    NO_OTHER_WAY = "no_other_way"
    STOPPED = "stopped"  # they asked for no notices of this kind
    ASKED_IN_REPLY = "asked_in_reply"
    PROGRAM = "program"  # a program wrote to us, and could answer what we send of our own accord


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice to plan. `promise_since`: it waits, at most `patience`, for a promise given at that time or later."""

    kind: NoticeKind
    ticket_id: UUID
    occurred_at: datetime
    body: str | None = None
    agent_name: str | None = None
    message_id: UUID | None = None  # the message it brings
    until: datetime | None = None
    patience: timedelta = timedelta()
    promise_since: datetime | None = None
    promised_at: datetime | None = None  # of a delay: which promise it puts off


def _submitted(event: TicketSubmitted) -> Draft | None:
    if not event.may_be_answered:
        return None
    # One acknowledgement, with the promise in it: it is planned now, so that it comes even when routing is down for
    # hours, and leaves the moment routing has promised something.
    return Draft(
        kind=NoticeKind.ACKNOWLEDGEMENT,
        ticket_id=event.ticket_id,
        occurred_at=event.submitted_at,
        patience=PROMISE_PATIENCE,
        promise_since=ANY_PROMISE,
    )


def _replied(event: ReplySent) -> Draft:
    return Draft(
        kind=NoticeKind.REPLY,
        ticket_id=event.ticket_id,
        occurred_at=event.sent_at,
        body=event.body,
        agent_name=event.agent_name,
        message_id=event.message_id,
    )


def _waiting(event: TicketWaiting) -> Draft | None:
    # That colleagues wait for each other is our concern, not the customer's: their promise runs on.
    if event.waits_for != "customer":
        return None
    return Draft(kind=NoticeKind.WAITING, ticket_id=event.ticket_id, occurred_at=event.waiting_since, until=event.until)


def _resolved(event: TicketResolved) -> Draft:
    return Draft(
        kind=NoticeKind.RESOLVED,
        ticket_id=event.ticket_id,
        occurred_at=event.resolved_at,
        body=event.body,
        agent_name=event.agent_name,
        message_id=event.message_id,
    )


def _reopened(event: TicketReopened) -> Draft:
    return Draft(
        kind=NoticeKind.REOPENED,
        ticket_id=event.ticket_id,
        occurred_at=event.reopened_at,
        patience=PROMISE_PATIENCE,
        promise_since=event.reopened_at,
    )


def _delayed(event: DelayExpected) -> Draft:
    return Draft(
        kind=NoticeKind.DELAY,
        ticket_id=event.ticket_id,
        occurred_at=event.told_at,
        until=event.expected_by,
        promised_at=event.promised_at or event.promised_by,
    )


RULES: Mapping[type[Event], Callable[[Any], Draft | None]] = {
    TicketSubmitted: _submitted,
    ReplySent: _replied,
    TicketWaiting: _waiting,
    TicketResolved: _resolved,
    TicketReopened: _reopened,
    DelayExpected: _delayed,
}


def notice_of(event: Event) -> Draft | None:
    """The notice an event gives the customer; None when it is no news to them."""
    rule = RULES.get(type(event))
    return rule(event) if rule else None
