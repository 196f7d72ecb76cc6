"""When a ticket will probably be answered or solved: from its place in the queue and how fast work goes there."""

from dataclasses import dataclass
from datetime import timedelta
from math import erf, sqrt

MINUTE = timedelta(minutes=1)
PROBABLY = 0.6  # above this chance of breaking a promise the customer hears of it
SURELY_KEPT = 1.2816  # standard deviations above the mean: nine of ten new dates are kept
PRIOR_HOURS = 8.0  # of open time: after so many, what was seen counts as much as what was thought
PRIOR_AN_HOUR = 3.0  # tickets that one queue takes, as long as nothing was seen
PRIOR_WORK_MINUTES = 20.0
SPREAD_OF_WORK = 1.0  # standard deviation of one piece of work in means: many are short, some are very long


@dataclass(frozen=True)
class Pace:
    """How a queue does: tickets taken in so many open hours, and open minutes from taking one to the result."""

    taken: int = 0
    open_hours: float = 0.0
    works: int = 0
    work_minutes: float = 0.0  # of all of them together

    @property
    def an_hour(self) -> float:
        """Tickets taken in an open hour, leaning on a prior while little was seen."""
        return (self.taken + PRIOR_AN_HOUR * PRIOR_HOURS) / (self.open_hours + PRIOR_HOURS)

    @property
    def minutes(self) -> float:
        """Expected open minutes of work, leaning on a prior while little was seen."""
        return (self.work_minutes + PRIOR_WORK_MINUTES * PRIOR_HOURS) / (self.works + PRIOR_HOURS)


@dataclass(frozen=True)
class Forecast:
    """Open time until the result, how far that may be off, and the chance that it comes after what is left."""

    expected: timedelta
    spread: timedelta
    chance: float  # of breaking the promise

    @property
    def breaks(self) -> bool:
        """Whether the promise will probably be broken."""
        return self.chance >= PROBABLY

    @property
    def safely(self) -> timedelta:
        """Open time within which nine of ten results come: what can be said to a customer without regret."""
        return self.expected + self.spread * SURELY_KEPT


def forecast(pace: Pace, ahead: int | None, held_up: timedelta, left: timedelta) -> Forecast:
    """What to expect of a ticket with so many before it in its queue (None: somebody has it), after a hold-up.

    The wait for n others is a sum of n random gaps and so is nearly normal; the work after it is about exponential.
    `held_up` is open time that surely passes first, such as a colleague's answer; `left` is what the promise leaves.
    """
    gap = 60 / pace.an_hour
    places = 0 if ahead is None else ahead + 1
    mean = places * gap + pace.minutes
    spread = sqrt(places * gap**2 + (SPREAD_OF_WORK * pace.minutes) ** 2)
    late_by = (mean + held_up / MINUTE - left / MINUTE) / (spread * sqrt(2))
    chance = (1 + erf(late_by)) / 2
    return Forecast(mean * MINUTE + held_up, spread * MINUTE, round(chance, 4))
