"""What held-out answers are worth, as the figures a model carries in its own file."""

import importlib.metadata
import platform
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.classify.answering import softmax
from intake.classify.evaluation import CLASSES, COVERAGE, TECHNICAL, calibration_error, macro_f1
from intake.classify.examples import Example
from intake.classify.judgement import KINDS, NOTHING

Floats = npt.NDArray[np.floating]
Flags = npt.NDArray[np.bool_]
LIBRARIES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "tokenizers")


def versions() -> dict[str, str]:
    """What a training ran on: another library may round otherwise."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in LIBRARIES}}


def _share(hits: npt.NDArray[np.generic]) -> float:
    return round(float(hits.mean()), 4) if len(hits) else 0.0


def class_figures(examples: Sequence[Example], scores: Floats, temperature: float) -> dict[str, Any]:
    """The figures of the class, forced choice over R, S and T, and how often nothing to handle is recognised."""
    kinds = np.array([KINDS.index(one.kind) for one in examples])
    chances = softmax(scores / temperature)
    told = kinds != KINDS.index(NOTHING)
    truth, shares = kinds[told], chances[told][:, : len(CLASSES)]
    shares = shares / shares.sum(axis=1, keepdims=True)
    answer, sure = shares.argmax(axis=1), shares.max(axis=1)
    right = answer == truth
    surest = np.argsort(-sure, kind="stable")[: round(COVERAGE * len(sure))]
    empty = chances.argmax(axis=1) == KINDS.index(NOTHING)
    by: dict[str, dict[str, float]] = {}
    for name in ("language", "source"):
        groups = np.array([getattr(one, name) for one in examples])[told]
        by[name] = {str(one): round(macro_f1(truth[groups == one], answer[groups == one]), 4) for one in set(groups)}
    return {
        "messages": int(told.sum()),
        "macro_f1": round(macro_f1(truth, answer), 4),
        "per_language": dict(sorted(by["language"].items())),
        "per_file": dict(sorted(by["source"].items())),
        "technical_recall": _share(right[truth == TECHNICAL]),
        "accuracy_at_80_coverage": _share(right[surest]),
        "expected_calibration_error": round(calibration_error(sure, right), 4),
        "nothing_recall": _share(empty[~told]),
        "taken_for_nothing": _share(empty[told]),
    }


def flag_figures(truth: Flags, raised: Flags) -> dict[str, float]:
    """Recall and precision of a yes-or-no question."""
    return {"recall": _share(raised[truth]), "precision": _share(truth[raised])}
