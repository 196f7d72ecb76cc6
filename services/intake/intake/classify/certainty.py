"""How sure a judgement may say it is: never wholly, for every model errs on messages it takes for plain."""

import numpy as np
import numpy.typing as npt

SUREST = 0.99
Floats = npt.NDArray[np.float64]


def modest(probabilities: Floats) -> Floats:
    """The probabilities with the largest at most SUREST; what it gives up goes to the others in their proportion."""
    best = int(probabilities.argmax())
    if probabilities[best] <= SUREST:
        return probabilities
    others = np.delete(probabilities, best)
    left = float(others.sum())
    spread = others / left if left > 0 else np.full(len(others), 1 / len(others))
    return np.asarray(np.insert(spread * (1 - SUREST), best, SUREST))
