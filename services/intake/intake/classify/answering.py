"""The calibrated answers to every question for a batch of texts, by the fast or by the full stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

import numpy as np
import numpy.typing as npt

from intake.classify.evidence import telling_words
from intake.classify.judgement import Stage
from intake.classify.model import LinearModel, load_members
from intake.classify.needs import summed
from intake.classify.perceptron import Member, averaged, log_probabilities
from intake.classify.taught import UNTAUGHT, Taught, moved

Floats = npt.NDArray[np.float64]
Scores = npt.NDArray[np.float32]


class Vectors(Protocol):
    """What turns texts into vectors."""

    def vectors(self, texts: Sequence[str]) -> Scores:
        """A row for each text."""


@dataclass(frozen=True)
class Answers:
    """What the model says of each message of a batch, a row a message."""

    kind: Floats
    topic: Floats
    task: npt.NDArray[np.intp]
    language: npt.NDArray[np.intp]
    urgent: Floats
    confidential: Floats
    words: list[str]
    familiar: Floats
    agreed: npt.NDArray[
        np.bool_
    ]  # whether both halves of the full stage see the same class; always true of the fast one
    version: str  # of the model that answered
    shadow: Floats | None  # what a candidate makes of the class
    because: tuple[tuple[str, str] | None, ...]  # the class similar messages were corrected to, and the shared words


@cache
def encoder() -> Vectors:
    """The encoder, loaded when it is first needed: a process that answers by the fast stage never pays for it."""
    loaded: Vectors = import_module("intake.classify.encoder").load_encoder()
    return loaded


def softmax(scores: npt.NDArray[np.floating]) -> Floats:
    """Probabilities from scores, row by row."""
    raised = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _chance(scores: Scores) -> Floats:
    """The probability of yes."""
    return np.asarray(1 / (1 + np.exp(-scores[:, 0].astype(np.float64))))


def blended(first: dict[str, Scores], second: dict[str, Scores]) -> dict[str, Scores]:
    """Both stages' answers as one: the mean of their log-probabilities where both answer."""
    return {
        question: np.asarray((log_probabilities(scores) + second[question]) / 2) if question in second else scores
        for question, scores in first.items()
    }


def meant(members: Sequence[Member], vectors: Scores, heads: dict[str, list[str]]) -> dict[str, Scores]:
    """What the heads on the encoder answer: their mean, and what their finer answers come to."""
    return summed(averaged(members, vectors, heads))


def answered(model: LinearModel, texts: Sequence[str], stage: Stage, taught: Taught = UNTAUGHT) -> Answers:
    """Every question answered for every text, after what people taught."""
    scored = model.score(texts)
    scores, agreed = scored.answers, np.ones(len(texts), dtype=np.bool_)
    if stage == "full" and model.facts["members"]:
        second = meant(load_members(), encoder().vectors(texts), model.facts["meant"])
        agreed = scores["kind"].argmax(axis=1) == second["kind"].argmax(axis=1)
        scores = blended(scores, second)
    calibrated = softmax(scores["kind"] / model.facts["temperature"][stage])
    after = moved(taught, model, scored, calibrated, softmax(scores["topic"]))
    return Answers(
        kind=after.kind,
        topic=after.topic,
        task=scores["task"].argmax(axis=1),
        language=scores["language"].argmax(axis=1),
        urgent=_chance(scores["urgent"]),
        confidential=_chance(scores["confidential"]),
        words=telling_words(model, scored, after.kind.argmax(axis=1)),
        familiar=scored.familiar,
        agreed=agreed,
        version=taught.version(model.version),
        shadow=after.shadow,
        because=after.because,
    )
