"""What a customer may count on: answered by, solved by, for each class of work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.vocabulary import HandlingClass
from routing.calendars import ALWAYS, Calendar, between, later
from routing.policy.facts import Agreed

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Target:
    """How much open time there is to answer and to solve."""

    answer: timedelta
    solve: timedelta
    round_the_clock: bool = False


TARGETS: dict[tuple[HandlingClass | None, bool], Target] = {  # (class, is it urgent); a working day has ten hours
    (HandlingClass.ROUTINE, False): Target(4 * HOUR, 20 * HOUR),
    (HandlingClass.ROUTINE, True): Target(2 * HOUR, 10 * HOUR),
    (HandlingClass.SPECIALIST, False): Target(10 * HOUR, 50 * HOUR),
    (HandlingClass.SPECIALIST, True): Target(4 * HOUR, 20 * HOUR),
    (HandlingClass.TECHNICAL, False): Target(4 * HOUR, 30 * HOUR),
    (HandlingClass.TECHNICAL, True): Target(HOUR, 8 * HOUR, round_the_clock=True),
    (None, False): Target(4 * HOUR, 50 * HOUR),
    (None, True): Target(2 * HOUR, 20 * HOUR),
}


@dataclass(frozen=True)
class Told:
    """A promise as moments, the calendar it was counted in, and as open time in it."""

    since: datetime
    answer_by: datetime
    solve_by: datetime
    calendar: Calendar
    answer_in: timedelta
    solve_in: timedelta
    share: float | None = None  # of the tickets, for which this is promised; None: for every one


def promise(
    office: Calendar,
    handling_class: HandlingClass | None,
    since: datetime,
    *,
    is_urgent: bool,
    agreed: Agreed | None = None,
) -> Told:
    """What to tell a customer whose need came in at `since`: rounded up to a time that people say.

    Whole hours, quarters of an hour round the clock; never later than closing time of the same day. What a rule of
    the policy agreed goes before what the class of work gets.
    """
    target = target_of(handling_class, is_urgent=is_urgent, agreed=agreed)
    calendar = ALWAYS if target.round_the_clock else office
    answer = sayable(calendar, since, later(calendar, since, target.answer))
    solve = max(answer, sayable(calendar, since, later(calendar, since, target.solve)))
    answer_in, solve_in = between(calendar, since, answer), between(calendar, since, solve)
    return Told(since, answer, solve, calendar, answer_in, solve_in, agreed.share if agreed else None)


def target_of(handling_class: HandlingClass | None, *, is_urgent: bool, agreed: Agreed | None = None) -> Target:
    """How much open time there is: as agreed, else as the class of work gets; solving never comes before answering."""
    usual = TARGETS[handling_class, is_urgent]
    if agreed is None:
        return usual
    return Target(agreed.within, max(agreed.solve or usual.solve, agreed.within), usual.round_the_clock)


def is_better(allowed: timedelta, spent: timedelta, new_allowed: timedelta) -> bool:
    """Whether another span is a better promise than the one given: shorter, and still to be kept.

    What is over already is no promise, however short; and one that is longer would take something back.
    """
    return spent < new_allowed < allowed


def sayable(calendar: Calendar, since: datetime, moment: datetime) -> datetime:
    """The moment rounded up to a time that people say, but not beyond closing time."""
    step = QUARTER if calendar is ALWAYS else HOUR
    return later(calendar, since, between(calendar, since, _up(moment, step)))


def _up(moment: datetime, step: timedelta) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole + -((whole - moment) // step) * step
