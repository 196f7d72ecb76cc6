"""What scores are worth: the temperature that makes probabilities honest, and thresholds that hold."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from intake.classify.answering import softmax

Floats = npt.NDArray[np.float64]


def temperature(scores: npt.NDArray[np.floating], truth: npt.NDArray[np.intp]) -> float:
    """The divisor of scores at which the true labels are likeliest."""

    def surprise(divisor: float) -> float:
        return float(-np.log(softmax(scores / divisor)[np.arange(len(truth)), truth] + 1e-12).mean())

    return round(float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x), 4)


def threshold(chances: Floats, truth: npt.NDArray[np.bool_], *, recall: float, precision: float) -> float:
    """The highest chance at or above which that share of the true ones lies; raised until the precision holds."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(truth[order])
    enough = int(np.searchsorted(hits, recall * hits[-1]))
    precise = np.flatnonzero(hits / np.arange(1, len(order) + 1) >= precision)
    at = min(enough, int(precise.max())) if len(precise) else enough
    return round(float(chances[order[at]]), 4)
