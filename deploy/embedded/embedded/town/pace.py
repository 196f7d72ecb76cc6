"""When things happen in the town: customers write while they are awake, colleagues work while the office is open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from routing.calendars import later
from routing.deciding import OFFICE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TRIES = 40
SATURDAY = 5
# How likely somebody writes in each hour of the day: in the morning most, after supper once more.
HOURS = (1, 1, 1, 1, 1, 3, 8, 14, 22, 28, 28, 24, 18, 19, 20, 19, 17, 14, 13, 16, 17, 13, 7, 3)
WEEKEND = 0.4  # of a working day


@dataclass(frozen=True)
class Span:
    """How long ago something happened, at least and at most."""

    nearest: timedelta
    farthest: timedelta


def written(chance: Random, now: datetime, ago: Span) -> datetime:
    """A moment in the span at which people write."""
    moment = now
    for _ in range(TRIES):
        moment = now - between(chance, ago.nearest, ago.farthest)
        local = moment.astimezone(OFFICE.zone)
        weight = HOURS[local.hour] * (WEEKEND if local.weekday() >= SATURDAY else 1)
        if chance.uniform(0, max(HOURS)) < weight:
            break
    return moment


def between(chance: Random, least: timedelta, most: timedelta) -> timedelta:
    """A length of time somewhere between the two."""
    return least + (most - least) * chance.random()


def worked(moment: datetime, minutes: float, limit: datetime) -> datetime:
    """The moment after so much office time; closer by when that would pass the limit, but always onwards."""
    return onwards(moment, limit, lambda: later(OFFICE, moment, timedelta(minutes=minutes)))


def onwards(moment: datetime, limit: datetime, wanted: Callable[[], datetime]) -> datetime:
    """The wanted moment, or a third of the way to the limit when it lies behind that."""
    found = wanted()
    if found < limit:
        return found
    return moment + max(limit - moment, timedelta()) / 3


def visit_from(moment: datetime, chance: Random) -> datetime:
    """The beginning of a technician's visit: a round hour on one of the next two working days."""
    day = later(OFFICE, moment, timedelta(hours=chance.choice((10, 10, 20)))).astimezone(OFFICE.zone)
    return datetime.combine(day.date(), time(chance.choice((8, 10, 13, 15))), OFFICE.zone)
