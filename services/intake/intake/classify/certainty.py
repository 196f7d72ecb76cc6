"""How sure a judgement may say it is: never wholly, for every model errs on messages it takes for plain."""

import numpy as np
import numpy.typing as npt

SUREST = 0.99
_EQUALLY = (1 - SUREST) / 3  # between the other three of the four kinds
Floats = npt.NDArray[np.float64]


def modest(probabilities: Floats) -> Floats:
    """The probabilities with the largest at most SUREST; what it gives up goes to the others in their proportion."""
    best = int(probabilities.argmax())
    if probabilities[best] <= SUREST:
        return probabilities
    left = 1 - float(probabilities[best])
    spread = probabilities * ((1 - SUREST) / left) if left > 0 else np.full_like(probabilities, _EQUALLY)
    spread[best] = SUREST
    return spread
