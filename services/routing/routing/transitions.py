"""What may happen to a ticket in which state, and where that brings it: one table."""

from collections.abc import Mapping
from enum import StrEnum

from common.errors import Conflict
from common.texts import mark
from common.vocabulary import TicketState as State


class Act(StrEnum):
    """Everything that moves a ticket; the audit names these."""

    ACCEPT = "accept"
    TAKE = "take"
    REPLY = "reply"
    NOTE = "note"
    ESCALATE = "escalate"
    RETURN = "return"
    TRANSFER = "transfer"
    RECLASSIFY = "reclassify"
    ASK = "task"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    RELEASE = "release"
    EXPIRE = "expire"
    RECEIVE = "receive"
    REOPEN = "reopen"
    CLOSE = "close"
    VOID = "void"
    RAISE = "raise"
    MERGE = "merge"  # another ticket went up in this one
    MERGED = "merged"  # this one went up in another
    ADOPT = "adopt"  # another ticket is answered together with this one
    JOIN = "join"  # this one is answered together with another
    PART = "part"
    REVISE = "revise"  # a new policy says otherwise
    SPLIT = "split"  # a part of it becomes a ticket of its own
    ANSWER = "answer"  # by the answer to its parent


class Party(StrEnum):
    """Whom a waiting ticket waits for."""

    CUSTOMER = "customer"
    INTERNAL = "internal"
    FIELD = "field"


WAITING_IN_QUEUE = (State.NEEDS_TRIAGE, State.QUEUED, State.REOPENED)
IN_HAND = (State.ASSIGNED, State.IN_PROGRESS)
WAITING_FOR = {
    Party.CUSTOMER: State.WAITING_CUSTOMER,
    Party.INTERNAL: State.WAITING_INTERNAL,
    Party.FIELD: State.WAITING_FIELD,
}
HELD = (*IN_HAND, *WAITING_FOR.values())
OPEN = (*WAITING_IN_QUEUE, *HELD)

Step = Mapping[State, State]  # from → to


def _each(froms: tuple[State, ...], to: State) -> Step:
    return dict.fromkeys(froms, to)


def _staying(states: tuple[State, ...]) -> Step:
    return {state: state for state in states}


TABLE: Mapping[Act, Step] = {
    Act.TAKE: _each(WAITING_IN_QUEUE, State.ASSIGNED),
    Act.REPLY: _each(HELD, State.IN_PROGRESS),
    Act.NOTE: {**_staying(HELD), State.ASSIGNED: State.IN_PROGRESS},
    Act.ESCALATE: _each(HELD, State.QUEUED),
    Act.RETURN: _each(HELD, State.QUEUED),
    Act.TRANSFER: _each(OPEN, State.QUEUED),
    Act.RECLASSIFY: {**_staying(OPEN), State.NEEDS_TRIAGE: State.QUEUED, State.ASSIGNED: State.IN_PROGRESS},
    Act.ASK: _each(HELD, State.WAITING_INTERNAL),
    Act.WAIT: _each(HELD, State.WAITING_CUSTOMER),  # for the customer, unless `move` is told for whom
    Act.RESUME: _each(tuple(WAITING_FOR.values()), State.IN_PROGRESS),
    Act.RESOLVE: _each(HELD, State.RESOLVED),
    Act.RELEASE: _each(HELD, State.QUEUED),
    Act.EXPIRE: _each(IN_HAND, State.QUEUED),
    Act.RECEIVE: {
        **_staying((*OPEN, State.VOID)),
        State.WAITING_CUSTOMER: State.IN_PROGRESS,
        State.RESOLVED: State.REOPENED,
        State.CLOSED: State.REOPENED,  # intake did not know yet that it was closed: words are never lost
    },
    Act.REOPEN: _each((State.RESOLVED, State.CLOSED), State.REOPENED),
    Act.CLOSE: {State.RESOLVED: State.CLOSED},
    Act.VOID: _each(OPEN, State.VOID),
    Act.RAISE: _staying(WAITING_IN_QUEUE),
    Act.MERGE: {**_staying(HELD), State.ASSIGNED: State.IN_PROGRESS},
    Act.MERGED: _each(OPEN, State.VOID),
    Act.ADOPT: {**_staying(HELD), State.ASSIGNED: State.IN_PROGRESS},
    Act.JOIN: _staying(OPEN),
    Act.PART: {**_staying(HELD), State.ASSIGNED: State.IN_PROGRESS},
    Act.ANSWER: _each(OPEN, State.RESOLVED),
    Act.REVISE: _staying(OPEN),
    Act.SPLIT: {**_staying(HELD), State.ASSIGNED: State.IN_PROGRESS},
}

NOT_NOW = {
    State.NEEDS_TRIAGE: mark("Nobody works on this ticket yet; take it first."),
    State.QUEUED: mark("Nobody works on this ticket yet; take it first."),
    State.REOPENED: mark("Nobody works on this ticket yet; take it first."),
    State.ASSIGNED: mark("Somebody works on this ticket; that cannot be done now."),
    State.IN_PROGRESS: mark("Somebody works on this ticket; that cannot be done now."),
    State.WAITING_CUSTOMER: mark("This ticket waits for the customer; that cannot be done now."),
    State.WAITING_INTERNAL: mark("This ticket waits for a colleague; that cannot be done now."),
    State.WAITING_FIELD: mark("This ticket waits for a visit; that cannot be done now."),
    State.RESOLVED: mark("This ticket is resolved; reopen it first."),
    State.CLOSED: mark("This ticket is closed; reopen it first."),
    State.VOID: mark("This ticket was discarded; nothing more can be done with it."),
}


def move(act: Act, state: State, party: Party = Party.CUSTOMER) -> State:
    """Where the act brings a ticket that is in this state. Raises Conflict with a sentence when it may not happen."""
    to = TABLE[act].get(state)
    if to is None:
        raise Conflict(NOT_NOW[state])
    return WAITING_FOR[party] if act is Act.WAIT else to


def acts_from(state: State) -> frozenset[Act]:
    """Everything that may happen to a ticket in this state."""
    return frozenset(act for act, steps in TABLE.items() if state in steps)
