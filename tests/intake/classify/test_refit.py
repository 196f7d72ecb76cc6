"""A refit: repeatable, small, safe to read back, and held against messages that were kept for it."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from intake.classify import judge
from intake.classify.adjustment import Adjustment, UnreadableModel, as_bytes, from_bytes
from intake.classify.candidates import Candidate, Order
from intake.classify.comparing import Compared, Standing, held_out
from intake.classify.examples import written
from intake.classify.lessons import Lesson
from intake.classify.model import load
from intake.classify.refit import refit, replayed
from intake.classify.taught import Taught

BODY = "Hoe hoog is de terugleververgoeding"
LESSONS = tuple(Lesson(f"t{n}", "", f"{BODY} in straat {n}?", "specialist", None, f"agent-{n % 3}") for n in range(12))
REPLAY = replayed(written(), held_out())[:300]


def test_a_refit_learns_what_was_corrected_and_keeps_the_model_it_adjusts() -> None:
    made = refit(load(), LESSONS, REPLAY)
    judged = judge("", f"{BODY}?", stage="fast", taught=Taught(live=made))

    assert judge("", f"{BODY}?", stage="fast").handling_class == "routine"
    assert judged.handling_class == "specialist"
    assert judged.model_version == made.version
    assert made.version.startswith(f"{load().version}+")


def test_the_same_lessons_give_the_same_file_in_any_order() -> None:
    assert as_bytes(refit(load(), LESSONS, REPLAY)) == as_bytes(refit(load(), LESSONS[::-1], REPLAY))
    assert refit(load(), LESSONS[1:], REPLAY).version != refit(load(), LESSONS, REPLAY).version


def test_a_candidate_that_looks_on_changes_nothing_and_is_written_down() -> None:
    made = refit(load(), LESSONS, REPLAY)
    judged = judge("", f"{BODY}?", stage="fast", taught=Taught(shadow=made))
    shadow = judged.shadow

    assert replace(judged, shadow=None) == judge("", f"{BODY}?", stage="fast")
    assert shadow
    assert max(shadow, key=lambda kind: shadow[kind]) == "specialist"


def test_a_candidate_lowers_no_danger_either() -> None:
    gas = tuple(Lesson(f"g{n}", "", "Ik ruik gas in de kelder", "routine", None, f"a{n}") for n in range(40))
    judged = judge("", "Ik ruik gas in de kelder", stage="fast", taught=Taught(live=refit(load(), gas, REPLAY)))

    assert judged.handling_class == "technical"
    assert judged.urgent


def test_an_adjustment_of_another_model_is_left_alone() -> None:
    made = replace(refit(load(), LESSONS, REPLAY), base="another")
    taught = Taught(live=made, shadow=made)

    assert judge("", f"{BODY}?", stage="fast", taught=taught) == judge("", f"{BODY}?", stage="fast")


def test_a_file_that_is_no_model_is_refused() -> None:
    made = refit(load(), LESSONS, REPLAY)
    wrong = replace(made, columns=np.array([made.width], dtype=np.int32), weights=made.weights[:1])
    pickled = BytesIO()
    np.save(pickled, np.array([{"a": 1}], dtype=object), allow_pickle=True)

    for file in (b"", b"not a file", as_bytes(made)[:500], pickled.getvalue(), as_bytes(wrong)):
        with pytest.raises(UnreadableModel):
            from_bytes(file)
    assert isinstance(from_bytes(as_bytes(made)), Adjustment)


def test_the_frozen_set_is_balanced_and_no_refit_ever_sees_it() -> None:
    frozen = held_out()

    assert set(Counter((example.language, example.kind) for example in frozen).values()) == {50}
    assert len(frozen) == 600
    assert not {example.text for example in frozen} & {example.text for example in replayed(written(), frozen)}


def standing(macro_f1: float, technical_recall: float) -> Standing:
    return Standing(macro_f1, technical_recall, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])


def compared(candidate: Standing, on_corrections: float = 0.8, on_unseen: float = 0.6) -> Compared:
    return Compared(
        stage="full",
        shipped=standing(0.95, 0.97),
        live=standing(0.94, 0.96),
        candidate=candidate,
        shipped_on_corrections=0.1,
        live_on_corrections=0.8,
        candidate_on_corrections=on_corrections,
        candidate_on_unseen_corrections=on_unseen,
    )


@pytest.mark.parametrize(
    ("tried", "shortfalls"),
    [
        (compared(standing(0.9401, 0.9601)), []),
        (compared(standing(0.939, 0.97)), ["full.macro_f1"]),
        (compared(standing(0.95, 0.959)), ["full.technical_recall"]),
        (compared(standing(0.95, 0.97), on_corrections=0.79), ["full.corrections"]),
        (compared(standing(0.95, 0.97), on_unseen=0.05), ["full.unseen_corrections"]),
    ],
)
def test_a_candidate_falls_short_when_it_loses_more_than_a_point_or_learned_nothing(
    tried: Compared, shortfalls: list[str]
) -> None:
    assert tried.shortfalls == shortfalls


def test_the_process_that_refits_takes_an_order_and_gives_a_candidate() -> None:
    order = Order(LESSONS, stages=("fast",), frozen=120)
    command = [sys.executable, "-m", "intake.classify.refitting"]
    done = subprocess.run(command, input=order.dumps(), capture_output=True, text=True, check=True)
    candidate = Candidate.loads(done.stdout)

    assert from_bytes(candidate.file).version == candidate.version
    assert (candidate.corrections, candidate.agents) == (12, 3)
    assert candidate.figures["fast"]["candidate_on_corrections"] == 1
    assert candidate.figures["fast"]["candidate_on_unseen_corrections"] > 0.9
    assert json.loads(candidate.dumps())["version"] == candidate.version
