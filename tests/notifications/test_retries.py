"""What happens after an attempt: a schedule that can be foretold, and an end to it."""

from datetime import timedelta

import pytest

from notifications.retries import GIVE_UP_AFTER, Answer, DeliveryState, Verdict, after, pause_after
from postroom import START

LATER = Answer(Verdict.TRY_LATER, "451")


def test_pauses_grow_threefold_up_to_four_hours() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 9)]

    assert [p / timedelta(seconds=1) for p in pauses] == [15, 45, 135, 405, 1215, 3645, 10935, 14400]
    assert pause_after(10_000) == timedelta(hours=4)


def test_a_delivery_is_given_up_when_the_next_try_would_pass_three_days() -> None:
    now, attempts = START, 0
    while True:
        attempts += 1
        state, due_at = after(LATER, attempts, START, now)
        if state is DeliveryState.FAILED:
            break
        assert state is DeliveryState.RETRYING
        now = due_at

    assert now <= START + GIVE_UP_AFTER < now + pause_after(attempts)
    assert attempts < 30


@pytest.mark.parametrize(
    ("verdict", "state"), [(Verdict.ACCEPTED, DeliveryState.SENT), (Verdict.REFUSED, DeliveryState.FAILED)]
)
def test_an_accepted_mail_is_sent_and_a_refused_one_has_failed_at_once(verdict: Verdict, state: DeliveryState) -> None:
    assert after(Answer(verdict, ""), 1, START, START) == (state, START)


def test_a_channel_that_is_away_is_asked_again_within_a_minute_however_long_it_takes() -> None:
    state, due_at = after(Answer(Verdict.AWAY, ""), 12, START, START + timedelta(hours=9))

    assert state is DeliveryState.RETRYING
    assert due_at - (START + timedelta(hours=9)) == timedelta(minutes=1)
