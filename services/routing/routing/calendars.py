"""Working time: when an office is open, and how much of that lies between two moments."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from routing.public_holidays import public_holidays

Block = tuple[time, time]  # opens, closes; closing at 00:00 means the end of the day
Span = tuple[datetime, datetime]

WEEK_DAYS = 7
LONGEST_SEARCH_YEARS = 10
MIDNIGHT = time()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND, SECOND = timedelta(microseconds=1), timedelta(seconds=1)


class NeverOpen(ValueError):
    """The calendar has no opening hours within ten years."""


def in_order(blocks: tuple[Block, ...]) -> bool:
    """Whether the blocks of a day follow each other without overlap, and none is empty."""
    ends = [(opens, closes if closes != MIDNIGHT else time.max) for opens, closes in blocks]
    times = [moment for block in ends for moment in block]
    return times == sorted(times) and all(opens < closes for opens, closes in ends)


@dataclass(frozen=True)
class Ledger:
    """The open stretches of one year in microseconds since 1970, and how much open time came before each."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]  # one longer than the others: the last is the whole year

    def opened(self, moment: int) -> int:
        """How much open time of this year has passed by then."""
        at = bisect_right(self.begins, moment) - 1
        return self.before[at] + min(moment, self.ends[at]) - self.begins[at] if at >= 0 else 0

    def reached(self, opened: int) -> int | None:
        """The first moment by which so much open time of this year has passed; None when the year has less."""
        at = bisect_left(self.before, opened, 1) - 1
        return self.begins[at] + opened - self.before[at] if opened <= self.before[-1] and self.begins else None

    def next_open(self, moment: int) -> int | None:
        """The moment itself when it is open, else the next opening; None when there is none this year."""
        at = bisect_right(self.ends, moment)
        return max(self.begins[at], moment) if at < len(self.begins) else None


@dataclass(frozen=True)
class Calendar:
    """Opening hours per day of the week in one zone, with days that are otherwise: closed, or with hours of their own.

    With a country (and region) its public holidays are closed too, in every year.
    """

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Block, ...], ...]  # Monday first; several blocks a day in order, without overlap
    country: str | None = None
    region: str | None = None
    days: Mapping[date, tuple[Block, ...]] = field(default_factory=dict, hash=False)
    _years: dict[int, Ledger] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.week) != WEEK_DAYS:
            raise ValueError(f"{self.name}: a week has seven days, not {len(self.week)}")
        for blocks in (*self.week, *self.days.values()):
            if not in_order(blocks):
                raise ValueError(f"{self.name}: blocks must follow each other and not be empty")

    def blocks(self, day: date) -> tuple[Block, ...]:
        """The opening hours of one day, none on a holiday."""
        if day in self.days:
            return self.days[day]
        if self.country and day in public_holidays(self.country, self.region or "", day.year):
            return ()
        return self.week[day.weekday()]

    def year(self, year: int) -> Ledger:
        """The year's open stretches, worked out once."""
        if year not in self._years:
            spans = list(self._spans(year))
            lengths = accumulate((end - begin for begin, end in spans), initial=0)
            self._years[year] = Ledger(tuple(b for b, _ in spans), tuple(e for _, e in spans), tuple(lengths))
        return self._years[year]

    def _spans(self, year: int) -> Iterator[tuple[int, int]]:
        last = 0  # a night that skips an hour may let two blocks meet
        for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
            day = date.fromordinal(number)
            for opens, closes in self.blocks(day):
                after = day if closes != MIDNIGHT else date.fromordinal(number + 1)
                begin, end = max(_instant(day, opens, self.zone), last), _instant(after, closes, self.zone)
                if end > begin:
                    yield begin, end
                    last = end


ALWAYS = Calendar("always", ZoneInfo("UTC"), (((MIDNIGHT, MIDNIGHT),),) * WEEK_DAYS)


def office(zone: str = "Europe/Amsterdam", country: str = "NL") -> Calendar:
    """Monday to Friday from 8:00 to 18:00, closed on public holidays."""
    day = ((time(8), time(18)),)
    return Calendar("office", ZoneInfo(zone), (day, day, day, day, day, (), ()), country)


def later(calendar: Calendar, start: datetime, work: timedelta) -> datetime:
    """When `work` has passed in open time after `start`; a start outside hours counts from the next opening.

    Zero work gives the first open moment. The hour that a change of clocks skips or repeats counts as it is lived.
    Raises NeverOpen when there is not that much open time within ten years.
    """
    if calendar is ALWAYS:
        return start.astimezone(UTC) + work
    first = start.astimezone(calendar.zone).year
    left = calendar.year(first).opened((start - EPOCH) // MICROSECOND) + work // MICROSECOND
    for year in range(first, first + LONGEST_SEARCH_YEARS):
        ledger = calendar.year(year)
        reached = ledger.reached(left) if work else ledger.next_open((start - EPOCH) // MICROSECOND)
        if reached is not None:
            return EPOCH + timedelta(microseconds=reached)
        left -= ledger.before[-1]
    raise NeverOpen(f"{calendar.name} is not open that long within ten years")


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much open time lies between two moments; nothing when `end` comes first."""
    if end <= start:
        return timedelta()
    if calendar is ALWAYS:
        return end - start
    first, last = start.astimezone(calendar.zone).year, end.astimezone(calendar.zone).year
    opened = calendar.year(last).opened((end - EPOCH) // MICROSECOND)
    opened -= calendar.year(first).opened((start - EPOCH) // MICROSECOND)
    opened += sum(calendar.year(year).before[-1] for year in range(first, last))
    return timedelta(microseconds=opened)


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether somebody is there at this moment; the closing minute itself is not open."""
    ledger, at = calendar.year(moment.astimezone(calendar.zone).year), (moment - EPOCH) // MICROSECOND
    span = bisect_right(ledger.begins, at) - 1
    return span >= 0 and at < ledger.ends[span]


def _instant(day: date, at: time, zone: ZoneInfo) -> int:
    """When the clocks of the zone first show this time; when they skip it, the moment at which they do."""
    shown = datetime.combine(day, at, zone)
    moment = shown.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != shown.replace(tzinfo=None):
        moment = _skipped(moment, shown.replace(fold=1).astimezone(UTC), zone)
    return (moment - EPOCH) // MICROSECOND


def _skipped(after: datetime, before: datetime, zone: ZoneInfo) -> datetime:
    """The second in which the zone's clocks are put forward, between two moments around it."""
    late, early = max(after, before), min(after, before)
    offset = late.astimezone(zone).utcoffset()
    while late - early > SECOND:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)
