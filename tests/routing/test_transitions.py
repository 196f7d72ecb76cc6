"""The transition table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Conflict
from common.vocabulary import TicketState as State
from routing.transitions import HELD, IN_HAND, OPEN, TABLE, WAITING_FOR, WAITING_IN_QUEUE, Act, Party, acts_from, move

AT_REST = {*OPEN, State.RESOLVED, State.CLOSED, State.VOID}
STARTS = (State.NEEDS_TRIAGE, State.QUEUED)
any_act = st.sampled_from([act for act in Act if act is not Act.ACCEPT])


def test_every_step_starts_and_ends_where_a_ticket_can_rest() -> None:
    for steps in TABLE.values():
        assert set(steps) <= AT_REST
        assert set(steps.values()) <= AT_REST


def test_every_state_can_be_reached_from_the_start() -> None:
    seen = set(STARTS)
    while more := {to for act, steps in TABLE.items() for state, to in _steps(act, steps) if state in seen} - seen:
        seen |= more
    assert seen == AT_REST


def _steps(act: Act, steps: object) -> list[tuple[State, State]]:
    assert isinstance(steps, dict)
    if act is Act.WAIT:
        return [(state, to) for state in steps for to in WAITING_FOR.values()]
    return list(steps.items())


@given(st.lists(st.tuples(any_act, st.sampled_from(Party)), max_size=30), st.sampled_from(STARTS))
def test_a_walk_of_any_acts_keeps_the_rules(walk: list[tuple[Act, Party]], start: State) -> None:
    state = start
    for act, party in walk:
        if act not in acts_from(state):
            with pytest.raises(Conflict) as refused:
                move(act, state, party)
            assert str(refused.value).endswith(".")
            continue
        before, state = state, move(act, state, party)
        if before is State.VOID:
            assert state is State.VOID
        if state is State.CLOSED:
            assert before is State.RESOLVED
        if state in IN_HAND:
            assert act is Act.TAKE or before in HELD


def test_only_taking_brings_a_ticket_from_a_queue_into_hands() -> None:
    for act, steps in TABLE.items():
        for state, to in steps.items():
            if state in WAITING_IN_QUEUE and to in HELD:
                assert act is Act.TAKE


@pytest.mark.parametrize("act", [Act.ESCALATE, Act.RETURN, Act.TRANSFER, Act.RELEASE, Act.EXPIRE])
def test_what_is_handed_over_waits_in_a_queue(act: Act) -> None:
    assert set(TABLE[act].values()) == {State.QUEUED}


@pytest.mark.parametrize("party", Party)
def test_waiting_names_whom_for(party: Party) -> None:
    assert move(Act.WAIT, State.IN_PROGRESS, party) is WAITING_FOR[party]


def test_a_customer_wakes_and_reopens_but_never_takes_work_from_a_queue() -> None:
    assert move(Act.RECEIVE, State.WAITING_CUSTOMER) is State.IN_PROGRESS
    assert move(Act.RECEIVE, State.RESOLVED) is State.REOPENED
    assert move(Act.RECEIVE, State.QUEUED) is State.QUEUED
    assert move(Act.RECEIVE, State.WAITING_INTERNAL) is State.WAITING_INTERNAL
