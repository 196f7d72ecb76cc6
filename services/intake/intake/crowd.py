"""How busy the counter is: arrivals a second, fading as time goes by."""

from dataclasses import dataclass, field
from math import exp

FADING_SECONDS = 1.0


@dataclass
class Crowd:
    """Counts arrivals so that a second ago weighs a third of now; steady arrivals settle at their rate."""

    _count: float = field(default=0.0, init=False)
    _at: float = field(default=0.0, init=False)

    def arrive(self, number: int, at_seconds: float) -> float:
        """Arrivals a second, these included. Times may come from any clock that only goes forward."""
        self._count = self._count * exp(-max(0.0, at_seconds - self._at) / FADING_SECONDS) + number
        self._at = at_seconds
        return self._count / FADING_SECONDS
