"""The heads on the encoder: small networks that answer every question from a text's vector, averaged."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Member:
    """One network: the vector brought to mean 0 and deviation 1, an inner layer, and the scores of all questions."""

    middle: Floats
    spread: Floats
    inner: Floats
    inner_offset: Floats
    outer: Floats
    outer_offset: Floats

    def scores(self, vectors: Floats) -> Floats:
        """A row of scores for each vector."""
        inner = np.maximum(((vectors - self.middle) / self.spread) @ self.inner + self.inner_offset, 0)
        return np.asarray(inner @ self.outer + self.outer_offset, dtype=np.float32)


def log_probabilities(scores: npt.NDArray[np.floating]) -> Floats:
    """The logarithms of the probabilities that the scores stand for; a lone score stays what it is."""
    if scores.shape[1] == 1:
        return np.asarray(scores, dtype=np.float32)
    raised = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(raised - np.log(np.exp(raised).sum(axis=1, keepdims=True)), dtype=np.float32)


def split(scores: Floats, heads: dict[str, list[str]]) -> dict[str, Floats]:
    """The columns of each question."""
    answers, at = {}, 0
    for question, labels in heads.items():
        answers[question] = scores[:, at : at + len(labels)]
        at += len(labels)
    return answers


def averaged(members: Sequence[Member], vectors: Floats, heads: dict[str, list[str]]) -> dict[str, Floats]:
    """The mean log-probabilities of all members, question by question."""
    each = [split(member.scores(vectors), heads) for member in members]
    return {
        question: np.mean([log_probabilities(answers[question]) for answers in each], axis=0, dtype=np.float32)
        for question in heads
    }


def as_arrays(members: Sequence[Member]) -> dict[str, npt.NDArray[np.float16]]:
    """The members as named half-precision arrays, for a file."""
    return {
        f"{number}.{field.name}": getattr(member, field.name).astype(np.float16)
        for number, member in enumerate(members)
        for field in fields(Member)
    }


def from_arrays(arrays: dict[str, npt.NDArray[np.float16]]) -> tuple[Member, ...]:
    """The members from such arrays."""
    count = 1 + max(int(name.split(".")[0]) for name in arrays)
    return tuple(
        Member(**{field.name: arrays[f"{number}.{field.name}"].astype(np.float32) for field in fields(Member)})
        for number in range(count)
    )
