"""What a judgement takes along of what people taught: similar messages, the promoted refit, and one that looks on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intake.classify.adjustment import Adjustment
from intake.classify.corrections import Memory, Recalled, recalled
from intake.classify.model import LinearModel, Scored

Floats = npt.NDArray[np.float64]
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Taught:
    """What people taught so far; everything may be missing."""

    memory: Memory | None = None
    live: Adjustment | None = None
    shadow: Adjustment | None = None  # a candidate: it judges along, and what it says is only kept

    def version(self, base: str) -> str:
        """The version a judgement names: the promoted refit, or the shipped model."""
        return self.live.version if self.live and self.live.base == base else base


@dataclass(frozen=True, eq=False)
class Moved:
    """A batch after what people taught, a row a message."""

    kind: Floats
    topic: Floats
    shadow: Floats | None  # what the candidate makes of the class
    because: tuple[tuple[str, str] | None, ...]  # see Recalled


def shifted(probabilities: Floats, *pulls: npt.NDArray[np.floating]) -> Floats:
    """The probabilities with their odds moved."""
    scores = np.log(np.maximum(probabilities, TINY)) + np.sum(pulls, axis=0)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def fitting(adjustment: Adjustment | None, model: LinearModel) -> Adjustment | None:
    """The adjustment when it was made for this model; one made for another says nothing about it."""
    return adjustment if adjustment and adjustment.base == model.version else None


def moved(taught: Taught, model: LinearModel, scored: Scored, kind: Floats, topic: Floats) -> Moved:
    """The calibrated probabilities of a batch moved by what people taught."""
    if not (taught.memory or taught.live or taught.shadow):
        return Moved(kind, topic, None, (None,) * len(kind))
    live, shadow = fitting(taught.live, model), fitting(taught.shadow, model)
    nothing = np.zeros_like(kind)
    near = Recalled(nothing, np.zeros_like(topic), (None,) * len(kind))
    if taught.memory and taught.memory.lessons and taught.memory.model_version == model.version:
        near = recalled(model, taught.memory, scored)
        topic = shifted(topic, near.topic) if near.topic.any() else topic
    seen_by_shadow = shifted(kind, shadow.moves(scored.rows), near.kind) if shadow else None
    if live or near.kind.any():
        kind = shifted(kind, live.moves(scored.rows) if live else nothing, near.kind)
    return Moved(kind, topic, seen_by_shadow, near.because)


UNTAUGHT = Taught()
