"""What is learned from an example: the questions, their labels, and how much each counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.vocabulary import TaskType, Topic
from intake.classify.examples import Example
from intake.classify.judgement import KINDS
from intake.classify.needs import HASTES, NEEDS, haste_of, need_of


@dataclass(frozen=True)
class Question:
    """One thing to learn: its labels, and what each example answers (None: not labelled)."""

    name: str
    labels: list[str]
    answer: Callable[[Example], str | None]
    share: float  # of the error of the heads on the encoder
    balance: float  # 1: each label counts alike, 0: as often as it occurs
    by_words: bool = True  # whether the words answer it too, or the heads on the encoder alone


def _flag(name: str) -> Callable[[Example], str | None]:
    """The answer of a yes-or-no question."""

    def answer(example: Example) -> str | None:
        value = getattr(example, name)
        return None if value is None else str(value)

    return answer


QUESTIONS = [
    Question("kind", KINDS, lambda example: example.kind, 1.0, 1.0),
    Question("topic", list(Topic), lambda example: example.topic, 0.4, 0.5),
    Question("task", list(TaskType), lambda example: example.task, 0.3, 0.5),
    Question("urgent", ["True"], _flag("urgent"), 0.4, 0.5),
    Question("confidential", ["True"], _flag("confidential"), 0.3, 0.5),
    Question("need", NEEDS, need_of, 0.8, 0.5, by_words=False),
    Question("haste", HASTES, haste_of, 0.4, 0.5, by_words=False),
]
HEADS = {question.name: list(question.labels) for question in QUESTIONS}
UNKNOWN = -1


def numbered(question: Question, examples: Sequence[Example]) -> npt.NDArray[np.intp]:
    """The number of each example's label (yes-or-no: 0 and 1), or -1 where it is not labelled."""
    order = question.labels if len(question.labels) > 1 else ["False", *question.labels]
    answers = [question.answer(example) for example in examples]
    return np.array([UNKNOWN if answer is None else order.index(answer) for answer in answers], dtype=np.intp)
