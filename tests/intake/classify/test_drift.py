"""A simulated organisation with habits and jargon of its own: what two hundred corrections change."""

import numpy as np
import pytest

from intake.classify import judge_many
from intake.classify.adjustment import as_bytes, from_bytes
from intake.classify.comparing import Bench, held_out, standing
from intake.classify.corrections import remembered
from intake.classify.evaluation import CLASSES
from intake.classify.examples import written
from intake.classify.judgement import Stage
from intake.classify.lessons import Lesson
from intake.classify.model import load
from intake.classify.refit import refit, replayed
from intake.classify.taught import UNTAUGHT, Taught
from organisation import bank, contrary, forced

LEAST_RISE = 0.04
FROZEN = held_out()
TRUTH = np.array([CLASSES.index(example.kind) for example in FROZEN], dtype=np.intp)


def at_once(*lessons: Lesson) -> Taught:
    """The lessons as nearest examples."""
    return Taught(remembered(load(), lessons))


def overnight(*lessons: Lesson) -> Taught:
    """The lessons as nearest examples and in a promoted refit."""
    made = refit(load(), lessons, replayed(written(), FROZEN))
    return Taught(remembered(load(), lessons), from_bytes(as_bytes(made)))


@pytest.fixture(scope="module")
def lessons() -> list[Lesson]:
    return [*bank().corrected, *bank().settled]


def test_two_hundred_corrections_of_six_agents_were_made() -> None:
    assert len(bank().corrected) == 200
    assert {lesson.agent for lesson in bank().corrected} == {f"agent-{number}" for number in range(6)}
    texts = {lesson.body for lesson in (*bank().corrected, *bank().settled)}
    assert len(texts & {text for text, _ in bank().later}) <= 2, "the later tickets are other ones"


@pytest.mark.parametrize("stage", ["fast", "full"])
def test_they_count_at_once_for_tickets_that_come_later(lessons: list[Lesson], stage: Stage) -> None:
    before = bank().accuracy(UNTAUGHT, stage)

    assert bank().accuracy(at_once(*lessons), stage) >= before + LEAST_RISE


def test_and_more_so_after_the_night(lessons: list[Lesson]) -> None:
    before = bank().accuracy(at_once(*lessons), "fast")
    taught = overnight(*lessons)

    assert bank().accuracy(taught, "fast") >= before
    shipped, refitted = (standing(TRUTH, frozen().choices(one)) for one in (None, taught.live))
    assert refitted.macro_f1 >= shipped.macro_f1 - 0.01
    assert refitted.technical_recall >= shipped.technical_recall - 0.01


def test_one_agents_two_hundred_contrary_corrections_are_capped(lessons: list[Lesson]) -> None:
    """Somebody calls every repair routine; repairs stay technical, and what the others taught stays too."""
    repairs = [example for example in FROZEN if example.kind == "technical"]
    texts = [("", example.text) for example in repairs]
    before = sum(forced(one) == "technical" for one in judge_many(texts, stage="fast"))

    for taught in (at_once(*lessons, *contrary()), overnight(*lessons, *contrary())):
        still = sum(forced(one) == "technical" for one in judge_many(texts, stage="fast", taught=taught))
        assert still >= before - 0.03 * len(repairs)
    assert bank().accuracy(at_once(*lessons, *contrary()), "fast") >= bank().accuracy(UNTAUGHT, "fast") + LEAST_RISE


def test_many_agents_who_agree_are_not_capped() -> None:
    texts = [("", lesson.body) for lesson in contrary()[:50]]
    several = [
        Lesson(f"{lesson.ticket}-{number}", "", lesson.body, "routine", None, f"agent-{number}")
        for lesson in contrary()[:50]
        for number in range(4)
    ]

    judged = judge_many(texts, stage="fast", taught=at_once(*several))
    assert sum(forced(one) == "routine" for one in judged) >= 35


def frozen() -> Bench:
    return Bench(load(), [example.text for example in FROZEN], "fast")
