"""How a ticket stands for its customer after any story other services may tell of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.events import (
    DelayExpected,
    Event,
    Promise,
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
from common.vocabulary import HandlingClass, TicketState
from intake.standing import AT_REST, standing

IT = UUID(int=1)
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def some(event: type[Event], **given_fields: st.SearchStrategy[object]) -> st.SearchStrategy[Event]:
    """Any event of this type about the ticket, as its schema allows."""
    fixed: dict[str, st.SearchStrategy[object]] = {"ticket_id": st.just(IT)}
    return st.builds(event, **{**fixed, **given_fields})


later = st.integers(0, 500).map(lambda hours: AT + timedelta(hours=hours))
stories = st.lists(
    st.one_of(
        some(TicketRouted, promise=st.builds(Promise, answer_by=later, solve_by=later)),
        some(TicketAssigned, agent_name=st.just("Fatima")),
        some(TicketReleased),
        some(ReplySent, agent_name=st.just("Fatima")),
        some(TicketWaiting, until=st.none() | later),
        some(TicketResumed),
        some(TicketResolved, agent_name=st.just("Fatima")),
        some(TicketReopened),
        some(TicketClosed),
        some(TicketMerged),
        some(DelayExpected, expected_by=later),
    ),
    max_size=12,
)


@given(st.none() | st.sampled_from(HandlingClass), stories)
def test_what_is_shown_fits_together_whatever_was_told(judged: HandlingClass | None, told: list[Event]) -> None:
    now = standing(judged, told)

    assert now.is_open == (now.state not in AT_REST | {TicketState.RESOLVED})
    if now.state is TicketState.RESOLVED:
        assert now.resolved_at
    if now.state in {TicketState.QUEUED, TicketState.REOPENED}:
        assert now.agent_name is None
        assert now.resolved_at is None
    if told and isinstance(told[-1], TicketRouted):
        assert now.promise == told[-1].promise


@given(stories, later)
def test_a_new_date_is_what_counts_from_then_on(told: list[Event], expected_by: datetime) -> None:
    for about in ("answer", "solution"):
        delay = DelayExpected.model_construct(
            ticket_id=IT, about=about, promised_by=expected_by, expected_by=expected_by, told_at=expected_by
        )
        now = standing(None, [*told, delay])
        assert now.promise
        assert expected_by in {now.promise.answer_by, now.promise.solve_by}
        assert now.promise.solve_by >= expected_by
