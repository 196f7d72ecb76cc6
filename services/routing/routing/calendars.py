"""Working time: when an office is open, and how much of that lies between two moments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

Block = tuple[time, time]  # opens, closes; closing at 00:00 means the end of the day
Span = tuple[datetime, datetime]

WEEK_DAYS = 7
LONGEST_SEARCH_DAYS = 3660
MIDNIGHT = time()
# Public in the law's list, but offices are open: in the Netherlands that is for each employer to say.
NOT_KEPT = {"NL": ("Good Friday",)}


class NeverOpen(ValueError):
    """The calendar has no opening hours within ten years."""


@dataclass(frozen=True)
class Calendar:
    """Opening hours per day of the week in one zone, closed on the holidays of a country (and region)."""

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Block, ...], ...]  # Monday first; several blocks a day in order, without overlap
    country: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        if len(self.week) != WEEK_DAYS:
            raise ValueError(f"{self.name}: a week has seven days, not {len(self.week)}")
        for blocks in self.week:
            ends = [(opens, closes if closes != MIDNIGHT else time.max) for opens, closes in blocks]
            times = [moment for block in ends for moment in block]
            if times != sorted(times) or len(set(times)) < len(times):
                raise ValueError(f"{self.name}: blocks must follow each other and not be empty")

    def blocks(self, day: date) -> tuple[Block, ...]:
        """The opening hours of one day, none on a holiday."""
        if self.country and day in _holidays(self.country, self.region, day.year):
            return ()
        return self.week[day.weekday()]

    def spans(self, start: datetime) -> Iterator[Span]:
        """The open stretches from `start` on, in UTC, the first cut off at `start`. Raises NeverOpen at the end."""
        start = start.astimezone(UTC)
        day = start.astimezone(self.zone).date()
        for _ in range(LONGEST_SEARCH_DAYS):
            for opens, closes in self.blocks(day):
                after = day if closes != MIDNIGHT else day + timedelta(days=1)
                begin, end = self._utc(day, opens), self._utc(after, closes)
                if end > start and end > begin:
                    yield max(begin, start), end
            day += timedelta(days=1)
        raise NeverOpen(f"{self.name} does not open within ten years")

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


ALWAYS = Calendar("always", ZoneInfo("UTC"), (((MIDNIGHT, MIDNIGHT),),) * WEEK_DAYS)


def office(zone: str = "Europe/Amsterdam", country: str = "NL") -> Calendar:
    """Monday to Friday from 8:00 to 18:00, closed on public holidays."""
    day = ((time(8), time(18)),)
    return Calendar("office", ZoneInfo(zone), (day, day, day, day, day, (), ()), country)


def later(calendar: Calendar, start: datetime, work: timedelta) -> datetime:
    """When `work` has passed in open time after `start`; a start outside hours counts from the next opening.

    Zero work gives the first open moment. The hour that a change of clocks skips or repeats counts as it is lived.
    """
    if calendar is ALWAYS:
        return start.astimezone(UTC) + work
    for begin, end in calendar.spans(start):
        if work <= end - begin:
            return begin + work
        work -= end - begin
    raise NeverOpen(calendar.name)


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much open time lies between two moments; nothing when `end` comes first."""
    if calendar is ALWAYS:
        return max(end - start, timedelta())
    total = timedelta()
    for opens, closes in calendar.spans(start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether somebody is there at this moment; the closing minute itself is not open."""
    return next(calendar.spans(moment))[0] == moment.astimezone(UTC)


@cache
def _holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=region, years=year, language="en_US")
    return frozenset(day for day, name in found.items() if name not in NOT_KEPT.get(country, ()))
