"""The linear model: one matrix of weights for all questions, loaded from plain arrays and JSON (never pickle)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.classify.features import Hashed, hashed
from intake.classify.perceptron import Member, as_arrays, from_arrays
from intake.classify.vectors import Known, Rows, Vocabulary, known, weighted

SHIPPED = Path(__file__).parent / "model.npz"
HEADS = "heads.npz"  # stands beside the linear model; only the full stage reads it
TINY = 1e-9  # a label that nobody gave has no weights
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scored:
    """What the model sees in a batch: per question a matrix, one row a message; and what it was read from."""

    answers: dict[str, Matrix]
    familiar: npt.NDArray[np.float64]  # share of each message's features that the model knows; 0 when it has none
    found: Hashed
    known: Known  # the features that the model knows
    rows: Rows  # the features themselves, a row of length 1 a message


@dataclass(frozen=True)
class LinearModel:
    """Weights from features to the labels of every question."""

    vocabulary: Vocabulary
    columns: npt.NDArray[np.int32]
    weights: Matrix
    offsets: Matrix
    pulls: Matrix  # how far each feature pulls a message towards each kind, against the mean of the others
    heads: dict[str, list[str]]  # question → its labels, in the order of the weights' columns
    facts: dict[str, Any]  # version, temperatures, thresholds, data hash, figures

    @property
    def version(self) -> str:
        """Names the data and settings it was trained with."""
        return str(self.facts["version"])

    def score(self, texts: Sequence[str]) -> Scored:
        """The raw scores of every question for every text."""
        found = hashed(texts)
        features = known(found, self.columns)
        rows = weighted(features, self.vocabulary.telling)
        scores = rows.times(self.weights) + self.offsets
        answers, at = {}, 0
        for question, labels in self.heads.items():
            answers[question] = scores[:, at : at + len(labels)]
            at += len(labels)
        counts = np.bincount(features.owners, minlength=found.size)
        familiar = counts / np.maximum(np.bincount(found.owners, minlength=found.size), 1)
        return Scored(answers, familiar, found, features, rows)


def assembled(vocabulary: Vocabulary, weights: Matrix, offsets: Matrix, facts: dict[str, Any]) -> LinearModel:
    """A model ready to score."""
    kinds = weights[:, : len(facts["heads"]["kind"])]
    pulls = (kinds - kinds.mean(axis=1, keepdims=True)) * vocabulary.telling[:, None]
    return LinearModel(vocabulary, vocabulary.table(), weights, offsets, pulls, facts["heads"], facts)


def save(model: LinearModel, path: Path) -> None:
    """Write the model as arrays and JSON; equal models give equal files."""
    scale = np.maximum(np.abs(model.weights).max(axis=0), TINY) / 127
    packed = np.rint(model.weights / scale).astype(np.int8)
    facts = np.frombuffer(json.dumps(model.facts).encode(), dtype=np.uint8)
    np.savez_compressed(
        path,
        buckets=model.vocabulary.buckets,
        telling=model.vocabulary.telling,
        weights=packed,
        scale=scale,
        offsets=model.offsets,
        facts=facts,
    )


def read_model(path: Path) -> LinearModel:
    """The model in a file; a file that is not one raises ValueError or KeyError."""
    with np.load(path, allow_pickle=False) as stored:
        facts = json.loads(stored["facts"].tobytes())
        weights = np.multiply(stored["weights"], stored["scale"], dtype=np.float32, order="C")
        return assembled(Vocabulary(stored["buckets"], stored["telling"]), weights, stored["offsets"], facts)


def save_members(members: Sequence[Member], version: str, path: Path) -> None:
    """Write the heads on the encoder beside the linear model of that version."""
    arrays = as_arrays(members)
    np.savez_compressed(path.with_name(HEADS), version=np.array(version), **arrays)  # type: ignore[arg-type]


def read_members(path: Path, version: str) -> tuple[Member, ...]:
    """The heads that were fitted with the linear model of that version; others raise ValueError."""
    with np.load(path.with_name(HEADS), allow_pickle=False) as stored:
        if str(stored["version"]) != version:
            raise ValueError(f"{HEADS} belongs to another model than {version}.")
        return from_arrays({name: stored[name] for name in stored.files if name != "version"})


@cache
def load_members() -> tuple[Member, ...]:
    """The shipped heads on the encoder, read once."""
    return read_members(SHIPPED, load().version)


@cache
def load() -> LinearModel:
    """The shipped model, read once."""
    return read_model(SHIPPED)
