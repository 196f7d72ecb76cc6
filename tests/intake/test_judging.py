"""Judgement takes its time while there is time, hurries in a crowd, and outlives its process; the record says which."""

import json
from collections.abc import AsyncIterator

import psutil
import pytest

from common.vocabulary import Channel
from intake import classify
from intake.classify.lessons import Lesson
from intake.classify.taught import UNTAUGHT
from intake.crowd import Crowd
from intake.drafts import Draft
from intake.judge_child import learned
from intake.judge_pieces import Taken, lesson_piece
from intake.judging import Judge

LEAK = Draft(
    name="A", email="a@example.org", subject="", body="Er druppelt water door het plafond.", channel=Channel.API
)


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    judge = Judge(most_in_full=2)
    yield judge
    await judge.close()


def children() -> list[psutil.Process]:
    mine = psutil.Process().children()
    return [child for child in mine if "intake.judge_child" in child.cmdline()]


async def test_a_ticket_that_comes_alone_is_judged_in_full(judge: Judge) -> None:
    [judged] = await judge.judge([LEAK])

    assert judged.judgement.stage == "full"


async def test_a_crowd_is_judged_at_a_glance_and_the_record_says_so(judge: Judge) -> None:
    judged = await judge.judge([LEAK] * 3)

    assert {each.judgement.stage for each in judged} == {"fast"}
    assert {each.judgement.handling_class for each in judged} == {"technical"}


async def test_a_judge_whose_process_is_killed_starts_another(judge: Judge) -> None:
    await judge.ready()
    for child in children():
        child.kill()
        child.wait()

    [judged] = await judge.judge([LEAK])

    assert judged.judgement.handling_class == "technical"


async def test_a_closed_judge_leaves_no_process_behind() -> None:
    judge = Judge()
    before = len(children())
    await judge.ready()
    assert len(children()) == before + 1

    await judge.close()

    assert len(children()) == before


def test_steady_arrivals_settle_at_their_rate_and_fade_when_they_stop() -> None:
    crowd = Crowd()
    for tenth in range(100):
        rate = crowd.arrive(5, tenth / 10)

    assert rate == pytest.approx(50, rel=0.1)
    assert crowd.arrive(1, 15) < 2


def test_a_model_that_cannot_be_read_stops_nobody() -> None:
    told = json.loads(lesson_piece(Taken((Lesson("1", "", "De lift staat stil", "technical", None, "a"),), b"x", b"y")))

    taught = learned(told, UNTAUGHT)

    assert (taught.live, taught.shadow) == (None, None)
    assert classify.judge("", "De lift staat stil", stage="fast", taught=taught).handling_class == "technical"
