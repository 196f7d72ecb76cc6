"""Nearest corrected messages: who counts how much, what is said about it, and what can never be lowered."""

import pytest

from common.vocabulary import HandlingClass, Language
from intake.classify import judge, reason_text
from intake.classify.corrections import remembered
from intake.classify.judgement import Stage
from intake.classify.lessons import Lesson, weights
from intake.classify.model import load
from intake.classify.taught import Taught

SOLAR = "Kan ik mijn zonnepanelen terugleveren aan het net, en wat is de terugleververgoeding?"
LATER = "Hoe hoog is de terugleververgoeding als ik zonnepanelen neem?"
ELSEWHERE = "Kunt u mij een kopie van de factuur van maart sturen?"


def corrected(*agents: str | None, body: str = SOLAR, kind: str = "specialist", topic: str | None = None) -> Taught:
    """The same message on several tickets, corrected by these agents (None: settled as judged)."""
    lessons = [Lesson(f"ticket-{n}", "", body, kind, topic, agent) for n, agent in enumerate(agents)]
    return Taught(remembered(load(), lessons))


@pytest.mark.parametrize("stage", ["fast", "full"])
def test_what_colleagues_corrected_moves_a_similar_message_and_says_so(stage: Stage) -> None:
    before = judge("", LATER, stage=stage)
    after = judge("", LATER, stage=stage, taught=corrected("a", "b", "c"))

    assert before.handling_class is HandlingClass.ROUTINE
    assert after.handling_class is HandlingClass.SPECIALIST
    [reason] = [reason for reason in after.reasons if reason.code == "corrected_specialist"]
    assert "terugleververgoeding" in reason_text(reason, Language.EN)
    assert reason_text(reason, Language.EN).startswith("colleagues corrected a similar message to specialist: “")
    assert sum(after.probabilities.values()) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("kind", ["routine", "specialist", "technical"])
def test_the_reason_is_said_in_four_languages(kind: str) -> None:
    judged = judge("", SOLAR, stage="fast", taught=corrected("a", "b", "c", kind=kind))
    [reason] = [reason for reason in judged.reasons if reason.code == f"corrected_{kind}"]

    said = {reason_text(reason, language).partition("terugleververgoeding")[0] for language in Language}
    assert len(said) == 4
    assert all(text and "{}" not in text for text in said)


def test_a_message_about_something_else_is_judged_as_before() -> None:
    assert judge("", ELSEWHERE, stage="fast", taught=corrected("a", "b", "c")) == judge("", ELSEWHERE, stage="fast")


def test_one_agent_moves_it_but_a_hundred_times_the_same_agent_no_further() -> None:
    unmoved, once, often, two = (
        judge("", LATER, stage="fast", taught=taught).probabilities["specialist"]
        for taught in (Taught(), corrected("a"), corrected(*["a"] * 100), corrected("a", "b"))
    )

    assert unmoved < once <= often < two
    assert often < 0.1, "nobody overturns a judgement that is sure of itself alone"


def test_colleagues_who_left_it_as_it_was_weigh_against_the_correction() -> None:
    agents = ["a", "b", "c"]
    lessons = [Lesson(f"c-{n}", "", SOLAR, "specialist", None, agent) for n, agent in enumerate(agents)]
    settled = [Lesson(f"s-{n}", "", SOLAR, "routine", None, None) for n in range(10)]
    alone, together = (
        judge("", LATER, stage="fast", taught=Taught(remembered(load(), each))) for each in (lessons, lessons + settled)
    )

    assert together.probabilities["specialist"] < alone.probabilities["specialist"]


def test_the_last_word_on_a_topic_counts_too() -> None:
    judged = judge("", LATER, stage="fast", taught=corrected("a", "b", "c", topic="contract"))

    assert judged.topic == "contract"


@pytest.mark.parametrize("stage", ["fast", "full"])
def test_no_number_of_corrections_lowers_a_danger(stage: Stage) -> None:
    gas = "Ik ruik gas in de meterkast, het stinkt enorm."
    judged = judge("", gas, stage=stage, taught=corrected(*"abcdefgh", body=gas, kind="routine"))

    assert judged.urgent
    assert judged.handling_class is HandlingClass.TECHNICAL
    assert judged.probabilities["technical"] >= 0.9


def test_remembering_more_reads_only_what_is_new_and_forgets_what_is_gone() -> None:
    lessons = [Lesson(str(n), "", f"{SOLAR} {n}", "specialist", None, "a") for n in range(4)]
    first = remembered(load(), lessons[:3])
    second = remembered(load(), lessons[1:], first)
    afresh = remembered(load(), lessons[1:])

    assert second.lessons == afresh.lessons
    assert abs(second.rows - afresh.rows).sum() == 0


def test_memory_of_another_model_is_not_used() -> None:
    memory = remembered(load(), [Lesson("1", "", SOLAR, "specialist", None, agent) for agent in "abc"])
    foreign = type(memory)(memory.lessons, memory.rows, "another")

    assert judge("", LATER, stage="fast", taught=Taught(foreign)) == judge("", LATER, stage="fast")


def test_all_corrections_of_one_agent_weigh_ten_in_a_refit() -> None:
    many = [Lesson(f"a{n}", "", SOLAR, "routine", None, "a") for n in range(200)]
    few = [Lesson(f"b{n}", "", SOLAR, "routine", None, "b") for n in range(3)]
    settled = [Lesson("s", "", SOLAR, "routine", None, None)]

    counted = weights([*many, *few, *settled])
    assert counted[:200].sum() == pytest.approx(10)
    assert counted[200:].tolist() == [1, 1, 1, 0.5]
