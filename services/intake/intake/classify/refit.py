"""How corrections change the class for good: small weights on top of the shipped model, which itself stays as it is.

A logistic regression that begins where the shipped model ends: its answers are the offsets, the features of corrected
messages get weights of their own, and a penalty keeps those near zero. Messages that were settled as judged, and a
sample of what the shipped model was trained on, hold everything else in its place.
"""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from intake.classify.adjustment import Adjustment
from intake.classify.answering import softmax
from intake.classify.examples import Example
from intake.classify.judgement import KINDS
from intake.classify.lessons import Lesson, fingerprint, weights
from intake.classify.model import LinearModel
from intake.classify.perceptron import Floats, log_probabilities
from intake.classify.reading import read

PENALTY = 0.2
ROUNDS = 80
REPLAYED = 1500  # messages of the shipped model's own training that are gone over again
SEED = 5
Doubles = npt.NDArray[np.float64]


def replayed(examples: Sequence[Example], held_out: Sequence[Example]) -> list[Example]:
    """What is gone over again: a repeatable sample of the written messages, none of those that are held out."""
    frozen = {example.text for example in held_out}
    kept = [example for example in examples if example.text not in frozen]
    draw = random.Random(SEED)  # noqa: S311 (a repeatable sample, not a secret)
    return draw.sample(kept, min(REPLAYED, len(kept)))


def refit(model: LinearModel, lessons: Sequence[Lesson], replay: Sequence[Example]) -> Adjustment:
    """What the lessons add to the model; the same lessons give the same adjustment. Needs at least one correction."""
    lessons = sorted(lessons, key=lambda lesson: lesson.ticket)
    texts = [read(lesson.subject, lesson.body) for lesson in lessons] + [example.text for example in replay]
    truth = [KINDS.index(kind) for kind in [lesson.kind for lesson in lessons] + [example.kind for example in replay]]
    counts = np.concatenate([weights(lessons), np.ones(len(replay), dtype=np.float32)])
    with threadpool_limits(1):
        scored = model.score(texts)
        rows = scored.rows.matrix()
        corrected = rows[[number for number, lesson in enumerate(lessons) if lesson.agent]]
        columns = np.unique(corrected.indices).astype(np.int32)
        begun = log_probabilities(scored.answers["kind"] / model.facts["temperature"]["fast"])
        fitted = _fitted(rows.tocsc()[:, columns].tocsr(), begun, np.array(truth), counts)
    version = f"{model.version}+{fingerprint(lessons)[:8]}"
    facts = {"corrections": corrected.shape[0], "lessons": len(lessons), "replayed": len(replay)}
    return Adjustment(version, model.version, columns, fitted, len(model.vocabulary.telling), facts)


def _fitted(rows: csr_array, begun: Floats, truth: npt.NDArray[np.intp], counts: Floats) -> Floats:
    """The weights (a row a feature, a column a class) at which the true classes are likeliest, the penalty included."""
    across, size = rows.T.tocsr(), rows.shape[1]
    right = np.eye(len(KINDS))[truth]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        tried = flat.reshape(size, len(KINDS))
        chances = softmax(begun + rows @ tried)
        surprise = -(counts * np.log(chances[right == 1] + 1e-12)).sum()
        slope = across @ ((chances - right) * counts[:, None]) + PENALTY * tried
        return float(surprise + PENALTY / 2 * (flat @ flat)), slope.ravel()

    start = np.zeros(size * len(KINDS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    return np.asarray(found.x.reshape(size, len(KINDS)), dtype=np.float32)
