"""Judgement takes its time while there is time, and hurries in a crowd; the record says which."""

import pytest

from common.vocabulary import Channel
from intake.crowd import Crowd
from intake.drafts import Draft
from intake.judging import Judge

LEAK = Draft(
    name="A", email="a@example.org", subject="", body="Er druppelt water door het plafond.", channel=Channel.API
)


async def test_a_ticket_that_comes_alone_is_judged_in_full() -> None:
    judge = Judge()

    [judged] = await judge.judge([LEAK])

    assert judged.judgement.stage == "full"


async def test_a_crowd_is_judged_at_a_glance_and_the_record_says_so() -> None:
    judge = Judge(crowd_per_second=0.5)

    [judged] = await judge.judge([LEAK])

    assert judged.judgement.stage == "fast"
    assert judged.judgement.handling_class == "technical"


def test_steady_arrivals_settle_at_their_rate_and_fade_when_they_stop() -> None:
    crowd = Crowd()
    for tenth in range(100):
        rate = crowd.arrive(5, tenth / 10)

    assert rate == pytest.approx(50, rel=0.1)
    assert crowd.arrive(1, 15) < 2
