"""A calendar as people write it: hours of the week, days that are otherwise, and what does not fit."""

from datetime import date
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from common.errors import BadInput
from routing.calendars import WEEK_DAYS, Block, Calendar, in_order
from routing.public_holidays import is_known, public_holidays
from routing.weeks import NoWeek, hours_text, read_hours, read_week

YEARS_AHEAD = 5  # for which holidays are written down
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
ZONES = available_timezones()
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class NotACalendar(BadInput):
    """The calendar cannot be worked by, and why not."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Day(_Part):
    """One day that is otherwise: closed, or open at these hours."""

    day: date
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    hours: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class Almanac(_Part):
    """A calendar as people write it; country and region say where its list of holidays comes from."""

    name: Name
    zone: Name = "Europe/Amsterdam"
    week: Text
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{0,10}$")] = ""
    days: Annotated[tuple[Day, ...], Field(max_length=2000)] = ()

    def calendar(self, calendar_id: str) -> Calendar:
        """The calendar to work by. Raises NotACalendar with a sentence about the first thing that does not fit."""
        if self.zone not in ZONES:
            raise NotACalendar(
                "There is no time zone %(zone)s. A time zone is written like Europe/Amsterdam.", zone=self.zone
            )
        if self.country and not is_known(self.country, self.region):
            raise NotACalendar("No holidays are known for %(place)s.", place=f"{self.country} {self.region}".strip())
        week = _week(self.week)
        if not any(week):
            raise NotACalendar("This calendar is never open. Give at least one day its hours.")
        return Calendar(calendar_id, ZoneInfo(self.zone), week, days=_days(self.days))

    def with_holidays(self, years: range) -> Self:
        """The same almanac, with the public holidays of these years in its list; days that stand there already stay."""
        if not self.country:
            return self
        there = {each.day for each in self.days}
        found = [
            Day(day=day, name=name)
            for year in years
            for day, name in public_holidays(self.country, self.region, year).items()
            if day not in there
        ]
        return self.model_copy(update={"days": tuple(sorted((*self.days, *found), key=lambda each: each.day))})

    @property
    def last_year(self) -> int:
        """The last year of which holidays are written down; 0 without any."""
        return max((each.day.year for each in self.days), default=0)

    def as_stored(self) -> dict[str, Any]:
        """The document as the database and the API hold it."""
        return self.model_dump(mode="json", exclude_defaults=True)


def almanac_of(document: object) -> Almanac:
    """The almanac in a document that somebody sent. Raises NotACalendar."""
    try:
        return Almanac.model_validate(document)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise NotACalendar("This part of the calendar cannot be read: %(part)s.", part=where or "?") from error


def read_days(words: str) -> tuple[Day, ...]:
    """Days as people write them, one a line: "2026-04-03 Good Friday" or "2026-12-24 8:00-12:00 Christmas Eve".

    Raises NotACalendar.
    """
    return tuple(_day(line) for line in words.splitlines() if line.strip())


def days_text(days: tuple[Day, ...]) -> str:
    """The days in words that `read_days` understands."""
    return "\n".join(" ".join(filter(None, (each.day.isoformat(), each.hours, each.name))) for each in days)


def _day(line: str) -> Day:
    first, *rest = line.split()
    count = 0
    while count < len(rest) and _is_hours(rest[count]):
        count += 1
    try:
        day = date.fromisoformat(first)
    except ValueError as error:
        raise NotACalendar("There is no day %(day)s. A day is written like 2026-12-24.", day=first[:40]) from error
    return almanac_day(day, " ".join(rest[count:]), " ".join(rest[:count]))


def almanac_day(day: date, name: str, hours: str) -> Day:
    """A day that is otherwise. Raises NotACalendar when its name is too long."""
    try:
        return Day(day=day, name=name, hours=hours)
    except ValidationError as error:
        raise NotACalendar("What is written behind %(day)s is too long.", day=day.isoformat()) from error


def _is_hours(word: str) -> bool:
    try:
        return bool(read_hours(word, 0))
    except NoWeek:
        return False


def _week(words: str) -> tuple[tuple[Block, ...], ...]:
    try:
        blocks = read_week(words)
    except NoWeek as error:
        raise NotACalendar(
            "These are no opening hours: %(words)s. Write them like mo-fr 8:00-12:00 13:00-17:00.", words=str(error)
        ) from error
    by_day = tuple(
        tuple((each.begins, each.ends) for each in blocks if each.weekday == day) for day in range(WEEK_DAYS)
    )
    for day, of_day in enumerate(by_day):
        _check(of_day, hours_text(each for each in blocks if each.weekday == day))
    return by_day


def _days(days: tuple[Day, ...]) -> dict[date, tuple[Block, ...]]:
    found: dict[date, tuple[Block, ...]] = {}
    for each in days:
        if each.day in found:
            raise NotACalendar("%(day)s stands in the list twice.", day=each.day.isoformat())
        if not FIRST <= each.day <= LAST:
            raise NotACalendar("%(day)s is too far away.", day=each.day.isoformat())
        try:
            blocks = tuple((block.begins, block.ends) for block in read_hours(each.hours, 0))
        except NoWeek as error:
            raise NotACalendar(
                "These are no opening hours: %(words)s. Write them like mo-fr 8:00-12:00 13:00-17:00.",
                words=str(error),
            ) from error
        _check(tuple(sorted(blocks)), each.hours)
        found[each.day] = tuple(sorted(blocks))
    return found


def _check(blocks: tuple[Block, ...], words: str) -> None:
    if not in_order(blocks):
        raise NotACalendar("Opening hours must follow each other, and none may be empty: %(words)s.", words=words)
