"""How the heads on the encoder are fitted: plain numpy, repeatable from a seed, half a minute a member."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intake.classify.perceptron import Floats, Member, log_probabilities

MOMENTUM, VARIANCE, TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Target:
    """One question to learn: the right label of each example (-1: not labelled), and how much it counts."""

    labels: npt.NDArray[np.intp]
    size: int  # 1: yes or no, labels 0 and 1
    share: float
    balance: float  # 0: labels count as often as they occur, 1: all labels count alike


@dataclass(frozen=True)
class Exercise:
    """The settings of a fitting; chosen by cross-validation grouped by source file."""

    inner: int = 256
    rounds: int = 25
    batch: int = 64
    rate: float = 1e-3
    decay: float = 1e-2
    drop_input: float = 0.2
    drop_inner: float = 0.3
    smoothing: float = 0.05
    warm_up: int = 60  # steps


def _label_weights(target: Target) -> Floats:
    """How much an example of each label counts."""
    known = target.labels[target.labels >= 0]
    size = max(target.size, 2)
    counts = np.maximum(np.bincount(known, minlength=size), 1)
    return np.asarray((len(known) / (size * counts)) ** target.balance, dtype=np.float32)


def _error(scores: Floats, labels: npt.NDArray[np.intp], smoothing: float) -> Floats:
    """What the scores of labelled examples are off by: probabilities minus the smoothed truth."""
    if scores.shape[1] == 1:
        truth = labels * (1 - smoothing) + smoothing / 2
        return np.asarray(1 / (1 + np.exp(-scores)) - truth[:, None], dtype=np.float32)
    off = np.exp(log_probabilities(scores)) - smoothing / scores.shape[1]
    off[np.arange(len(labels)), labels] -= 1 - smoothing
    return np.asarray(off, dtype=np.float32)


class Fitting:
    """A network being fitted."""

    def __init__(
        self, vectors: Floats, targets: Sequence[Target], trust: Floats, exercise: Exercise, seed: int
    ) -> None:
        self.draw = np.random.default_rng(seed)
        self.middle, self.spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        self.vectors = np.asarray((vectors - self.middle) / self.spread, dtype=np.float32)
        self.targets, self.trust, self.exercise = targets, trust, exercise
        self.label_weights = [_label_weights(target) for target in targets]
        width, outs = vectors.shape[1], sum(target.size for target in targets)
        self.inner = self._random(width, exercise.inner, 2 / width)
        self.outer = self._random(exercise.inner, outs, 1 / exercise.inner)
        self.inner_offset, self.outer_offset = np.zeros(exercise.inner, np.float32), np.zeros(outs, np.float32)
        self.parts = [self.inner, self.inner_offset, self.outer, self.outer_offset]
        self.first = [np.zeros_like(part) for part in self.parts]
        self.second = [np.zeros_like(part) for part in self.parts]
        self.steps = exercise.rounds * -(-len(vectors) // exercise.batch)
        self.step = 0

    def _random(self, rows: int, columns: int, variance: float) -> Floats:
        """Normal numbers to begin with."""
        return self.draw.normal(0, variance**0.5, (rows, columns)).astype(np.float32)

    def _kept(self, shape: tuple[int, ...], dropped: float) -> Floats:
        """A mask that drops a share and raises the rest to match."""
        kept = self.draw.random(shape, dtype=np.float32) > dropped
        return np.asarray(kept / np.float32(1 - dropped), dtype=np.float32)

    def _errors(self, scores: Floats, at: npt.NDArray[np.intp]) -> Floats:
        """The weighted error of every question for a batch; nothing where an example is not labelled."""
        errors, start = np.zeros_like(scores), 0
        for target, weights in zip(self.targets, self.label_weights, strict=True):
            known = np.flatnonzero(target.labels[at] >= 0)
            labels = target.labels[at[known]]
            counts = weights[labels] * self.trust[at[known]] * target.share / len(at)
            columns = slice(start, start + target.size)
            errors[known, columns] = _error(scores[known, columns], labels, self.exercise.smoothing) * counts[:, None]
            start += target.size
        return errors

    def _gradients(self, at: npt.NDArray[np.intp]) -> list[Floats]:
        """How each part should change for a batch."""
        entry = self.vectors[at] * self._kept((len(at), self.vectors.shape[1]), self.exercise.drop_input)
        inner = entry @ self.inner + self.inner_offset
        mask = self._kept(inner.shape, self.exercise.drop_inner) * (inner > 0)
        scores = np.asarray((inner * mask) @ self.outer + self.outer_offset, dtype=np.float32)
        errors = self._errors(scores, at)
        back = (errors @ self.outer.T) * mask
        return [entry.T @ back, back.sum(axis=0), (inner * mask).T @ errors, errors.sum(axis=0)]

    def _change(self, gradients: list[Floats]) -> None:
        """One step of Adam with decoupled decay, warm-up and a linear fall."""
        self.step += 1
        rate = self.exercise.rate * min(1, self.step / self.exercise.warm_up) * (1 - self.step / (self.steps + 1))
        for at, gradient in enumerate(gradients):
            self.first[at] += (1 - MOMENTUM) * (gradient - self.first[at])
            self.second[at] += (1 - VARIANCE) * (gradient**2 - self.second[at])
            pace = np.sqrt(self.second[at] / (1 - VARIANCE**self.step)) + TINY
            self.parts[at] -= rate * self.first[at] / (1 - MOMENTUM**self.step) / pace
            if gradient.ndim > 1:
                self.parts[at] -= rate * self.exercise.decay * self.parts[at]

    def run(self) -> Member:
        """The fitted network."""
        for _ in range(self.exercise.rounds):
            order = self.draw.permutation(len(self.vectors))
            for start in range(0, len(order), self.exercise.batch):
                self._change(self._gradients(order[start : start + self.exercise.batch]))
        return Member(self.middle, self.spread, *self.parts)
