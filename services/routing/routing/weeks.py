"""Working weeks as people write them: "mo-th 08:30-12:30 13:00-17:00; fr 9-13"."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import groupby, pairwise
from typing import NamedTuple

MIDNIGHT = time()
LATEST_HOUR = 24
# The days of a week in Dutch, English, French and German; no two of them mean different days by one word.
DAYS = (
    ("mo", "mon", "monday", "ma", "maandag", "lun", "lundi", "montag"),
    ("tu", "tue", "tuesday", "di", "dinsdag", "mar", "mardi", "dienstag"),
    ("we", "wed", "wednesday", "wo", "woensdag", "mer", "mercredi", "mi", "mittwoch"),
    ("th", "thu", "thursday", "do", "donderdag", "jeu", "jeudi", "donnerstag"),
    ("fr", "fri", "friday", "vr", "vrijdag", "ven", "vendredi", "freitag"),
    ("sa", "sat", "saturday", "za", "zaterdag", "sam", "samedi", "samstag"),
    ("su", "sun", "sunday", "zo", "zondag", "dim", "dimanche", "so", "sonntag"),
)
_DAY_OF = {word: day for day, called in enumerate(DAYS) for word in called}
_BLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?-(\d{1,2})(?:[:.](\d{2}))?")


class Block(NamedTuple):
    """Work on one day of the week, 0 is Monday; ending at 00:00 is the end of the day."""

    weekday: int
    begins: time
    ends: time


Week = tuple[Block, ...]


class NoWeek(ValueError):
    """These words are no working week; the argument is the part that is not understood."""


def read_week(words: str) -> Week:
    """The blocks these words stand for, in order of time. Raises NoWeek."""
    blocks: list[Block] = []
    for part in re.split(r"[;|\n]", _joined(words)):
        days, *hours = part.split() or [""]
        if not days:
            continue
        if not hours:
            raise NoWeek(part.strip())
        blocks.extend(block for day in _days(days) for text in hours for block in read_hours(text, day))
    return tuple(sorted(blocks))


def read_hours(words: str, weekday: int) -> list[Block]:
    """The blocks of one day: "08:30-12:30 13:00-17:00", or none. Raises NoWeek."""
    return [Block(weekday, *_hours(text)) for text in _joined(words).replace(",", " ").split()]


def week_text(week: Iterable[Block]) -> str:
    """The week in words that `read_week` understands; days with the same hours stand together."""
    hours = [(day, hours_text(b for b in week if b.weekday == day)) for day in range(len(DAYS))] if week else []
    runs = groupby(hours, key=lambda each: each[1])
    told = [(text, [day for day, _ in days]) for text, days in runs if text]
    return "; ".join(f"{_span(days)} {text}" for text, days in told)


def hours_text(blocks: Iterable[Block]) -> str:
    """The blocks of one day: "08:30-12:30 13:00-17:00"."""
    return " ".join(f"{block.begins:%H:%M}-{_end(block.ends)}" for block in sorted(blocks))


def is_in_order(week: Week) -> bool:
    """Whether every block ends after it begins and none overlaps another."""
    runs = all(block.ends > block.begins or block.ends == MIDNIGHT for block in week)
    return runs and all(
        one.weekday != other.weekday or (one.ends != MIDNIGHT and one.ends <= other.begins)
        for one, other in pairwise(sorted(week))
    )


def _joined(words: str) -> str:
    return re.sub(r"\s*-\s*", "-", re.sub("[\N{EN DASH}\N{EM DASH}]", "-", words.casefold()))


def _days(words: str) -> list[int]:
    found: list[int] = []
    for part in words.rstrip(":").split(","):
        ends = [_DAY_OF.get(day.rstrip(".")) for day in part.split("-")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or len(ends) > len("ab") or first > last:
            raise NoWeek(words)
        found.extend(range(first, last + 1))
    return found


def _hours(words: str) -> tuple[time, time]:
    match = _BLOCK.fullmatch(words)
    if not match:
        raise NoWeek(words)
    first, first_minute, last, last_minute = (int(part or 0) for part in match.groups())
    if last == LATEST_HOUR and not last_minute:
        last = 0
    try:
        return time(first, first_minute), time(last, last_minute)
    except ValueError as error:
        raise NoWeek(words) from error


def _end(moment: time) -> str:
    return "24:00" if moment == MIDNIGHT else f"{moment:%H:%M}"


def _span(days: list[int]) -> str:
    names = [DAYS[day][0] for day in days]
    return names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
