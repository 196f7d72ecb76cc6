"""A calendar as people write it: read as it was meant, refused in a sentence that quotes what does not fit."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.almanac import FIRST, LAST, Almanac, Day, NotACalendar, almanac_of, days_text, read_days
from routing.calendars import Calendar

WEEK = "mo-fr 8:00-12:00 13:00-17:00"
CHRISTMAS = date(2026, 12, 25)


def document(**changed: object) -> dict[str, Any]:
    return {"name": "Kantoor", "week": WEEK} | changed


def calendar_of(**changed: object) -> Calendar:
    return almanac_of(document(**changed)).calendar("office")


def day(hours: str = "", *, on: date = CHRISTMAS) -> dict[str, str]:
    return {"day": on.isoformat(), "hours": hours}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"zone": "Europe/Utrecht"}, "no time zone Europe/Utrecht"),
        ({"country": "XX"}, "No holidays are known for XX"),
        ({"country": "NL", "region": "ZZ"}, "No holidays are known for NL ZZ"),
        ({"week": ""}, "never open"),
        ({"week": "tomorrow"}, "no opening hours"),
        ({"week": "mo 8:00-12:00 11:00-13:00"}, "must follow each other"),
        ({"week": "mo 12:00-8:00"}, "must follow each other"),
        ({"days": [day("late")]}, "no opening hours"),
        ({"days": [day("9:00-12:00 11:00-13:00")]}, "must follow each other"),
        ({"days": [day(), day("9:00-12:00")]}, "2026-12-25 stands in the list twice"),
        ({"days": [day(on=date(1999, 12, 31))]}, "too far away"),
        ({"days": [day(on=date(2100, 1, 1))]}, "too far away"),
    ],
)
def test_what_nobody_can_work_by_is_refused_and_quoted(changed: dict[str, object], sentence: str) -> None:
    with pytest.raises(NotACalendar) as refused:
        calendar_of(**changed)

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"week": 5}, "week"),
        ({"country": "nl"}, "country"),
        ({"region": "noord"}, "region"),
        ({"days": "2026-12-25"}, "days"),
        ({"days": [{"day": "Christmas"}]}, "days.0.day"),
        ({"days": [{"day": "2026-12-25", "closed": True}]}, "days.0.closed"),
        ({"opens": "8:00"}, "opens"),
    ],
)
def test_a_document_that_cannot_be_read_says_which_part(changed: dict[str, object], part: str) -> None:
    with pytest.raises(NotACalendar) as refused:
        almanac_of(document(**changed))

    assert refused.value.values == {"part": part}


@pytest.mark.parametrize("nothing", [None, [], "text", 5, {}])
def test_what_is_no_document_is_refused(nothing: object) -> None:
    with pytest.raises(NotACalendar):
        almanac_of(nothing)


def test_a_day_that_is_otherwise_wins_over_the_week_and_over_its_holiday() -> None:
    year = range(2026, 2027)
    closed = almanac_of(document(country="NL")).with_holidays(year).calendar("office")
    opened = almanac_of(document(country="NL", days=[day("9:00-12:00")])).with_holidays(year).calendar("office")
    shut = calendar_of(days=[day(on=date(2026, 12, 24))])

    assert closed.blocks(CHRISTMAS) == ()
    assert opened.blocks(CHRISTMAS) == ((time(9), time(12)),)
    assert shut.blocks(date(2026, 12, 24)) == ()
    assert shut.blocks(date(2026, 12, 23)) == ((time(8), time(12)), (time(13), time(17)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-12-24", Day(day=date(2026, 12, 24))),
        ("2026-04-03 Good Friday", Day(day=date(2026, 4, 3), name="Good Friday")),
        ("2026-12-24 8:00-12:00 Christmas Eve", Day(day=date(2026, 12, 24), hours="8:00-12:00", name="Christmas Eve")),
        ("2026-12-24 8:00-12:00 13:00-15:00", Day(day=date(2026, 12, 24), hours="8:00-12:00 13:00-15:00")),
        ("2026-05-05 80 jaar vrijheid", Day(day=date(2026, 5, 5), name="80 jaar vrijheid")),
    ],
)
def test_a_line_is_a_day_its_hours_and_its_name(line: str, expected: Day) -> None:
    [read] = read_days(f"\n  {line}  \n\n")

    assert (read.day, read.name) == (expected.day, expected.name)
    assert calendar_of(days=[read.model_dump(mode="json")]) == calendar_of(days=[expected.model_dump(mode="json")])


@pytest.mark.parametrize("line", ["Christmas", "24-12-2026", "2026-13-01", "2026-02-29 no leap year", "-"])
def test_a_line_without_a_day_is_refused_and_quoted(line: str) -> None:
    with pytest.raises(NotACalendar) as refused:
        read_days(line)

    assert line.split(maxsplit=1)[0] in str(refused.value)


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(NotACalendar, match="too long"):
        read_days("2026-12-25 " + "x" * 201)


names = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=20)
some_days = st.builds(
    Day,
    day=st.dates(FIRST, LAST),
    name=st.lists(names, max_size=4).map(" ".join),
    hours=st.sampled_from(["", "9:00-12:00", "8:00-12:00 13:00-17:00", "0:00-24:00"]),
)


@given(st.lists(some_days, max_size=8, unique_by=lambda each: each.day))
def test_days_that_are_written_are_read_again(days: list[Day]) -> None:
    assert read_days(days_text(tuple(days))) == tuple(days)


@given(st.lists(some_days, max_size=8, unique_by=lambda each: each.day), st.sampled_from(["", "NL", "BE", "DE", "FR"]))
def test_what_is_stored_is_the_same_calendar(days: list[Day], country: str) -> None:
    almanac = Almanac(name="Kantoor", week=WEEK, country=country, days=tuple(days))

    again = almanac_of(almanac.as_stored())

    assert again == almanac
    assert again.calendar("office") == almanac.calendar("office")


@given(st.text(max_size=300))
def test_any_text_is_read_as_days_or_refused(words: str) -> None:
    try:
        days = read_days(words)
    except NotACalendar:
        return
    assert all(isinstance(each.day, date) for each in days)


def test_holidays_are_written_down_and_what_people_wrote_stays() -> None:
    mine = Almanac(
        name="Kantoor", week=WEEK, country="NL", days=(Day(day=CHRISTMAS, name="Wij wel", hours="9:00-10:00"),)
    )

    with_them = mine.with_holidays(range(2026, 2028))

    assert [each.name for each in with_them.days if each.day == CHRISTMAS] == ["Wij wel"]
    assert with_them.last_year == 2027
    assert {date(2026, 4, 27), date(2027, 1, 1)} <= {each.day for each in with_them.days}
    assert with_them.with_holidays(range(2026, 2028)) == with_them
