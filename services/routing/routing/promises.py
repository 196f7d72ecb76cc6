"""What a customer may count on: answered by, solved by, for each class of work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.vocabulary import HandlingClass
from routing.calendars import ALWAYS, Calendar, later

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
    """A promise as moments, and the calendar it was counted in."""

    answer_by: datetime
    solve_by: datetime
    calendar: str


def promise(office: Calendar, handling_class: HandlingClass | None, since: datetime, *, is_urgent: bool) -> Told:
    """What to tell a customer whose need came in at `since`: rounded up to a time that people say.

    Whole hours, quarters of an hour round the clock; never later than closing time of the same day.
    """
    target = TARGETS[handling_class, is_urgent]
    calendar = ALWAYS if target.round_the_clock else office
    step = QUARTER if target.round_the_clock else HOUR
    answer = _up(later(calendar, since, target.answer), step)
    return Told(answer, max(answer, _up(later(calendar, since, target.solve), step)), calendar.name)


def _up(moment: datetime, step: timedelta) -> datetime:
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole + -((whole - moment) // step) * step
