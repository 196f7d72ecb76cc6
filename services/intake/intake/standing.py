"""How a ticket stands for its customer: read off the facts other services told about it, in order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from common.events import (
    DelayExpected,
    Event,
    Promise,
    PromiseImproved,
    ReplySent,
    TicketAssigned,
    TicketClosed,
    TicketMerged,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketRouted,
    TicketWaiting,
)
from common.vocabulary import HandlingClass, TicketState, Tier

WAITS = {
    "customer": TicketState.WAITING_CUSTOMER,
    "internal": TicketState.WAITING_INTERNAL,
    "field": TicketState.WAITING_FIELD,
}
AT_REST = frozenset({TicketState.CLOSED, TicketState.VOID})
IN_QUEUE = frozenset({TicketState.QUEUED, TicketState.REOPENED})  # in nobody's hands


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer may know of where their ticket is."""

    state: TicketState
    handling_class: HandlingClass | None
    tier: Tier | None = None
    agent_name: str | None = None
    promise: Promise | None = None
    is_answered: bool = False
    waits_until: datetime | None = None
    resolved_at: datetime | None = None
    outcome: str | None = None
    merged_into: str | None = None  # the reference of the ticket in which this one went up

    @property
    def is_open(self) -> bool:
        """Whether somebody still has work with it."""
        return self.state not in AT_REST | {TicketState.RESOLVED}


def standing(judged: HandlingClass | None, told: Iterable[Event]) -> Standing:
    """How the ticket stands after everything that was told, oldest first."""
    state = TicketState.CLASSIFIED if judged else TicketState.NEEDS_TRIAGE
    now = Standing(state, judged)
    for event in told:
        now = _after(now, event)
    return now


def _after(before: Standing, event: Event) -> Standing:  # noqa: C901, PLR0911, PLR0912 - one answer for each kind of event
    match event:
        case TicketRouted():
            routed = replace(before, handling_class=event.handling_class, tier=event.tier, promise=event.promise)
            return replace(routed, state=TicketState.QUEUED, agent_name=None, resolved_at=None, outcome=None)
        case TicketAssigned():
            return replace(before, state=TicketState.ASSIGNED, tier=event.tier, agent_name=event.agent_name)
        case TicketReleased():
            return replace(before, state=TicketState.QUEUED, agent_name=None, resolved_at=None, outcome=None)
        case ReplySent():
            answered = replace(before, is_answered=True)
            if before.state in IN_QUEUE:
                return answered
            state = TicketState.IN_PROGRESS if before.state == TicketState.ASSIGNED else before.state
            return replace(answered, agent_name=event.agent_name, state=state)
        case DelayExpected():
            return replace(before, promise=_put_off(before.promise, event))
        case PromiseImproved():
            return replace(before, promise=event.promise)
        case TicketWaiting():
            return replace(before, state=WAITS[event.waits_for], waits_until=event.until)
        case TicketResumed():
            return replace(before, state=TicketState.IN_PROGRESS, waits_until=None)
        case TicketResolved():
            solved = replace(before, state=TicketState.RESOLVED, agent_name=event.agent_name, is_answered=True)
            return replace(solved, resolved_at=event.resolved_at, outcome=event.outcome, waits_until=None)
        case TicketReopened():
            return replace(before, state=TicketState.REOPENED, resolved_at=None, outcome=None, agent_name=None)
        case TicketMerged():
            return replace(before, merged_into=event.into_reference)
        case TicketClosed():
            return replace(before, state=event.final_state)
        case _:
            return before


def _put_off(promise: Promise | None, event: DelayExpected) -> Promise:
    """The promise with its new date, which is what counts from now on."""
    if promise is None:
        return Promise(answer_by=event.expected_by, solve_by=event.expected_by)
    if event.about == "answer":
        solve_by = max(promise.solve_by, event.expected_by)
        return promise.model_copy(update={"answer_by": event.expected_by, "solve_by": solve_by})
    return promise.model_copy(update={"solve_by": event.expected_by})
