"""What `loket train`, `loket evaluate` and `loket classify` do, free of any command-line library."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from common.vocabulary import HandlingClass, Sensitivity
from intake.classify.certainty import modest
from intake.classify.evaluation import Figures, Labelled
from intake.classify.evaluation import evaluate as measured
from intake.classify.judgement import Judgement, Stage
from intake.classify.judging import judge_many
from intake.classify.model import SHIPPED
from intake.classify.reasons import reason_text

AT_ONCE = 64
TINY = 1e-9
TABLES = {"per_class", "per_language", "confusion"}
NAMES = {kind.letter: kind.value for kind in HandlingClass}


class UnusableLine(ValueError):
    """A line of input that is not what the command reads; the sentence says which and why."""


def _rows(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The JSON objects of the lines that are not empty, each with a text."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UnusableLine(f"Line {number} is not JSON: {error}.") from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise UnusableLine(f'Line {number} must be an object with a "text".')
        yield row


def _letter(judged: Judgement) -> str | None:
    """R, S, T, or None when it abstained."""
    return judged.handling_class.letter if judged.handling_class else None


def _shares(judged: Judgement) -> dict[str, float]:
    """How likely R, S and T are, given that there is something to handle; their sum is 1."""
    given = np.array([judged.probabilities[kind.value] for kind in HandlingClass])
    shares = modest(given / max(float(given.sum()), TINY))
    return dict(zip((kind.letter for kind in HandlingClass), shares.round(4).tolist(), strict=True))


def answer(identity: object, judged: Judgement) -> dict[str, Any]:
    """A judgement as `loket classify` writes it."""
    return {
        "id": identity,
        "rst": _letter(judged),
        "proba": _shares(judged),
        "nothing": judged.probabilities["nothing"],
        "topic": judged.topic,
        "task_type": judged.task_type,
        "lang": judged.language,
        "urgent": judged.urgent,
        "sensitive": judged.sensitivity is Sensitivity.CONFIDENTIAL,
        "reasons": [reason_text(reason, judged.language) for reason in judged.reasons],
        "abstained_because": judged.abstained_because,
        "model_version": judged.model_version,
    }


def _batches(lines: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
    """The rows, some at a time."""
    batch: list[dict[str, Any]] = []
    for row in _rows(lines):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


def classify(lines: Iterable[str], *, stage: Stage = "full") -> Iterator[str]:
    """For each JSON line `{"id","text"}` (optional `subject`) the JSON line that answers it, in order."""
    for batch in _batches(lines):
        judged = judge_many([(str(row.get("subject") or ""), row["text"]) for row in batch], stage=stage)
        for row, one in zip(batch, judged, strict=True):
            yield json.dumps(answer(row.get("id"), one), ensure_ascii=False)


def _labelled(row: dict[str, Any]) -> Labelled:
    """A row of a labelled file."""
    letter = row.get("rst")
    if letter is not None and letter not in NAMES:
        raise UnusableLine(f'"rst" must be R, S, T or null, not {letter!r}.')
    urgent = row.get("urgent")
    return Labelled(
        text=row["text"],
        language=row.get("lang"),
        kind=NAMES[letter] if letter else None,
        urgent=urgent if isinstance(urgent, bool) else None,
        topic=row.get("topic"),
    )


def evaluate(file: Path, *, stage: Stage = "full") -> Figures:
    """The figures of the shipped model on JSON lines `{"text","lang","rst"}` (optional `urgent`, `topic`)."""
    with file.open(encoding="utf-8") as lines:
        return measured([_labelled(row) for row in _rows(lines)], stage=stage)


def figures_text(figures: Figures) -> str:
    """The figures for a person to read."""
    lines = [f"{name.replace('_', ' '):28} {value}" for name, value in figures.as_dict().items() if name not in TABLES]
    lines += ["", "class        precision  recall  f1"]
    for kind, values in figures.per_class.items():
        lines.append(f"{kind:12} {values['precision']:9.3f}  {values['recall']:6.3f}  {values['f1']:.3f}")
    lines += ["", "language     macro-F1"]
    lines += [f"{language:12} {value:8.3f}" for language, value in figures.per_language.items()]
    lines += ["", "truth \\ answer " + " ".join(f"{kind:>10}" for kind in figures.per_class)]
    for kind, counts in zip(figures.per_class, figures.confusion, strict=True):
        lines.append(f"{kind:14} " + " ".join(f"{count:10}" for count in counts))
    return "\n".join(lines)


def train(output: Path = SHIPPED) -> int:
    """Train the model in a process of its own (it needs memory that serving does not); 0 when the file was written."""
    command = [sys.executable, "-m", "intake.classify.training", str(output)]
    return subprocess.run(command, check=False).returncode  # noqa: S603 (our own interpreter and module)
