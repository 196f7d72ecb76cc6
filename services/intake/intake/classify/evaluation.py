"""How good the judgements are on labelled messages: the figures `loket evaluate` prints."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from common.vocabulary import HandlingClass, Language
from intake.classify.judgement import Judgement, Stage
from intake.classify.judging import judge_many

CLASSES = [kind.value for kind in HandlingClass]
TECHNICAL = CLASSES.index(HandlingClass.TECHNICAL)
BINS = 10
COVERAGE = 0.8
Labels = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """A message and what people say it is; None where nobody said."""

    text: str
    language: str | None = None
    kind: str | None = None  # routine, specialist, technical; None: nothing to handle
    urgent: bool | None = None
    topic: str | None = None


@dataclass(frozen=True)
class Figures:
    """What came out: class figures are forced choice over R, S and T, unless they say otherwise."""

    messages: int
    macro_f1: float
    per_class: dict[str, dict[str, float]]  # precision, recall, f1
    per_language: dict[str, float]  # macro-F1
    confusion: list[list[int]]  # rows: the truth, columns: the answer; routine, specialist, technical
    accuracy: float
    accuracy_at_80_coverage: float
    expected_calibration_error: float
    abstained: float  # share of the messages with a class
    nothing_recall: float | None  # share of the messages with nothing to handle that were not given a class
    technical_recall: float
    urgent_recall: float | None
    urgent_precision: float | None
    topic_accuracy: float | None
    topic_top_2: float | None
    language_accuracy: float | None
    milliseconds_a_message: float
    model_version: str

    def as_dict(self) -> dict[str, object]:
        """The figures for a machine."""
        return asdict(self)


def confusion(truth: Labels, answer: Labels, size: int = len(CLASSES)) -> npt.NDArray[np.int64]:
    """How often each true label got each answer."""
    return np.bincount(truth * size + answer, minlength=size * size).reshape(size, size)


def per_class(counts: npt.NDArray[np.int64]) -> Floats:
    """Precision, recall and F1 of each label, a row a label; 0 where there is nothing to divide by."""
    hit = np.diag(counts).astype(np.float64)
    precision = hit / np.maximum(counts.sum(axis=0), 1)
    recall = hit / np.maximum(counts.sum(axis=1), 1)
    both = 2 * hit / np.maximum(counts.sum(axis=0) + counts.sum(axis=1), 1)
    return np.stack([precision, recall, both], axis=1)


def macro_f1(truth: Labels, answer: Labels) -> float:
    """The mean F1 of the labels that occur."""
    counts = confusion(truth, answer)
    return float(per_class(counts)[counts.sum(axis=1) > 0, 2].mean()) if len(truth) else 0.0


def calibration_error(confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The mean gap between how sure and how right, over ten equal bands of confidence."""
    band = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(band, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / max(len(confidence), 1))


def _share(values: Sequence[bool]) -> float | None:
    """The share that is true; None of nothing."""
    return round(sum(values) / len(values), 4) if values else None


def _figures(rows: Sequence[Labelled], judged: Sequence[Judgement], seconds: float) -> Figures:
    """The figures of judgements beside their labels."""
    pairs = list(zip(rows, judged, strict=True))
    classed = [(row, one) for row, one in pairs if row.kind]
    truth = np.array([CLASSES.index(str(row.kind)) for row, _ in classed], dtype=np.intp)
    shares = np.array([[one.probabilities[kind] for kind in CLASSES] for _, one in classed]).reshape(-1, len(CLASSES))
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
    answer, sure = shares.argmax(axis=1), shares.max(axis=1)
    right = answer == truth
    surest = np.argsort(-sure, kind="stable")[: max(1, round(COVERAGE * len(sure)))]
    counts = confusion(truth, answer)
    languages = np.array([row.language or "" for row, _ in classed])
    topics = [(row.topic, [topic for topic, _ in one.topics]) for row, one in pairs if row.topic]
    return Figures(
        messages=len(rows),
        macro_f1=round(macro_f1(truth, answer), 4),
        per_class={
            kind: dict(zip(("precision", "recall", "f1"), values.round(4).tolist(), strict=True))
            for kind, values in zip(CLASSES, per_class(counts), strict=True)
        },
        per_language={
            language.value: round(macro_f1(truth[languages == language], answer[languages == language]), 4)
            for language in Language
            if (languages == language).any()
        },
        confusion=counts.tolist(),
        accuracy=round(float(right.mean()), 4) if len(right) else 0.0,
        accuracy_at_80_coverage=round(float(right[surest].mean()), 4) if len(right) else 0.0,
        expected_calibration_error=round(calibration_error(sure, right), 4),
        abstained=_share([one.handling_class is None for _, one in classed]) or 0.0,
        nothing_recall=_share([one.handling_class is None for row, one in pairs if not row.kind]),
        technical_recall=round(float(per_class(counts)[TECHNICAL, 1]), 4),
        urgent_recall=_share([one.urgent for row, one in pairs if row.urgent]),
        urgent_precision=_share([row.urgent for row, one in pairs if one.urgent and row.urgent is not None]),
        topic_accuracy=_share([bool(best) and best[0] == topic for topic, best in topics]),
        topic_top_2=_share([topic in best for topic, best in topics]),
        language_accuracy=_share([one.language == row.language for row, one in pairs if row.language]),
        milliseconds_a_message=round(1000 * seconds / max(len(rows), 1), 3),
        model_version=judged[0].model_version if judged else "",
    )


def evaluate(rows: Sequence[Labelled], *, stage: Stage = "full") -> Figures:
    """The figures of the loaded model on the rows."""
    started = time.perf_counter()
    judged = judge_many([("", row.text) for row in rows], stage=stage)
    return _figures(rows, judged, time.perf_counter() - started)
