"""Whether a candidate may take over: its figures beside those of the model that judges now, on messages kept for that.

The frozen set is `data/regression.jsonl`: no refit ever sees it. The shipped model is what a candidate is held
against there, so that many small losses cannot add up night after night.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.classify.adjustment import Adjustment
from intake.classify.answering import answered
from intake.classify.evaluation import CLASSES, TECHNICAL, confusion, macro_f1, per_class
from intake.classify.examples import REGRESSION, Example, read_examples
from intake.classify.judgement import KINDS, Stage
from intake.classify.judging import raised
from intake.classify.lessons import Lesson, weights
from intake.classify.model import LinearModel
from intake.classify.reading import read
from intake.classify.refit import refit
from intake.classify.safety import alarms
from intake.classify.taught import shifted

MOST_LOST = 0.01  # of macro-F1, and of the recall of technical work
FOLDS = 4
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """How one model does on the frozen set; the class is a forced choice of the three."""

    macro_f1: float
    technical_recall: float
    confusion: list[list[int]]  # rows: the truth, columns: the answer; routine, specialist, technical


@dataclass(frozen=True)
class Compared:
    """A candidate beside the shipped model and the one that judges now, in one stage."""

    stage: Stage
    shipped: Standing
    live: Standing
    candidate: Standing
    # Shares of the corrections that each gets right, an agent's corrections weighing what they do in a refit.
    shipped_on_corrections: float
    live_on_corrections: float
    candidate_on_corrections: float
    candidate_on_unseen_corrections: float  # each correction judged by a refit that did not see it

    @property
    def shortfalls(self) -> list[str]:
        """Why the candidate may not take over; empty when it may."""
        reached = {
            "macro_f1": self.candidate.macro_f1 >= self.shipped.macro_f1 - MOST_LOST,
            "technical_recall": self.candidate.technical_recall >= self.shipped.technical_recall - MOST_LOST,
            "corrections": self.candidate_on_corrections >= self.live_on_corrections,
            "unseen_corrections": self.candidate_on_unseen_corrections >= self.shipped_on_corrections,
        }
        return [f"{self.stage}.{name}" for name, is_reached in reached.items() if not is_reached]

    def as_dict(self) -> dict[str, Any]:
        """The figures for a row and for a page."""
        return asdict(self)


def held_out() -> list[Example]:
    """The frozen set."""
    return read_examples(REGRESSION, own=True)


class Bench:
    """Messages as one stage of the shipped model sees them, so that several adjustments can be tried on them."""

    def __init__(self, model: LinearModel, texts: Sequence[str], stage: Stage) -> None:
        self._kind = answered(model, texts, stage).kind if texts else np.zeros((0, len(KINDS)))
        self._rows = model.score(texts).rows if texts else None
        self._alarms = [alarms(text) for text in texts]

    def choices(self, adjustment: Adjustment | None) -> npt.NDArray[np.intp]:
        """The class of each message by the shipped model with that adjustment: a forced choice of the three."""
        kind = self._kind
        if adjustment and self._rows is not None:
            kind = shifted(kind, adjustment.moves(self._rows))
        seen = [raised(chances, found) for chances, found in zip(kind, self._alarms, strict=True)]
        return np.array([one[: len(CLASSES)].argmax() for one in seen], dtype=np.intp)


def standing(truth: npt.NDArray[np.intp], choices: npt.NDArray[np.intp]) -> Standing:
    """The figures of such choices."""
    counts = confusion(truth, choices)
    recall = float(per_class(counts)[TECHNICAL, 1])
    return Standing(round(macro_f1(truth, choices), 4), round(recall, 4), counts.tolist())


def _share_right(lessons: Sequence[Lesson], choices: npt.NDArray[np.intp]) -> float:
    """The share of the corrections that the choices agree with, every agent capped."""
    truth = np.array([CLASSES.index(lesson.kind) for lesson in lessons], dtype=np.intp)
    counts = weights(lessons)
    return round(float(((truth == choices) * counts).sum() / max(float(counts.sum()), 1e-9)), 4)


def _fold(lesson: Lesson) -> int:
    """The fold a lesson belongs to, for ever the same."""
    return sha256(lesson.ticket.encode()).digest()[0] % FOLDS


def partial_refits(
    model: LinearModel, lessons: Sequence[Lesson], replay: Sequence[Example]
) -> Mapping[int, Adjustment]:
    """For each fold of the corrections a refit that saw none of it."""
    kept = {number: [lesson for lesson in lessons if _fold(lesson) != number] for number in range(FOLDS)}
    return {number: refit(model, rest, replay) for number, rest in kept.items() if any(lesson.agent for lesson in rest)}


@dataclass(frozen=True)
class Trial:
    """What a candidate is tried on."""

    model: LinearModel
    held_out: Sequence[Example]
    corrections: Sequence[Lesson]
    partial: Mapping[int, Adjustment]  # by fold

    def compared(self, candidate: Adjustment, live: Adjustment | None, stage: Stage) -> Compared:
        """The candidate's figures beside the others'."""
        frozen = Bench(self.model, [example.text for example in self.held_out], stage)
        truth = np.array([CLASSES.index(example.kind) for example in self.held_out], dtype=np.intp)
        taught = Bench(self.model, [read(lesson.subject, lesson.body) for lesson in self.corrections], stage)
        return Compared(
            stage=stage,
            shipped=standing(truth, frozen.choices(None)),
            live=standing(truth, frozen.choices(live)),
            candidate=standing(truth, frozen.choices(candidate)),
            shipped_on_corrections=_share_right(self.corrections, taught.choices(None)),
            live_on_corrections=_share_right(self.corrections, taught.choices(live)),
            candidate_on_corrections=_share_right(self.corrections, taught.choices(candidate)),
            candidate_on_unseen_corrections=_share_right(self.corrections, self._unseen(taught)),
        )

    def _unseen(self, taught: Bench) -> npt.NDArray[np.intp]:
        """The class of each correction by the refit that did not see it."""
        by_fold = {number: taught.choices(self.partial.get(number)) for number in range(FOLDS)}
        return np.array([by_fold[_fold(lesson)][at] for at, lesson in enumerate(self.corrections)], dtype=np.intp)
