"""Working time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendars import ALWAYS, Calendar, NeverOpen, between, in_order, is_open, later, office

HOUR = timedelta(hours=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = office()
LUNCH = Calendar(
    "with lunch", AMSTERDAM, (((time(8, 30), time(12)), (time(13), time(17))),) * 5 + ((), ()), country="NL"
)
NIGHTS = Calendar("nights", AMSTERDAM, (((time(0), time(6)),),) * 7)

moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.integers(0, 6000).map(lambda minutes: timedelta(minutes=minutes))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25 09:00", 4, "2026-11-25 13:00"),
        ("2026-11-25 16:00", 4, "2026-11-26 10:00"),
        ("2026-11-25 20:00", 1, "2026-11-26 09:00"),  # came in after hours
        ("2026-11-25 06:00", 1, "2026-11-25 09:00"),  # and before
        ("2026-11-27 17:00", 2, "2026-11-30 09:00"),  # over a weekend
        ("2026-11-28 12:00", 10, "2026-11-30 18:00"),  # exactly at closing time
        ("2026-04-02 17:00", 2, "2026-04-03 09:00"),  # Good Friday is a working day in the Netherlands
        ("2026-04-03 17:00", 2, "2026-04-07 09:00"),  # Easter Monday is not
        ("2026-12-24 17:00", 2, "2026-12-28 09:00"),  # Christmas and a weekend
        ("2026-04-26 12:00", 1, "2026-04-28 09:00"),  # the King's birthday
        ("2024-02-28 17:00", 2, "2024-02-29 09:00"),
        ("2024-02-29 17:00", 2, "2024-03-01 09:00"),
    ],
)
def test_work_is_counted_in_office_hours(start: str, hours: int, due: str) -> None:
    assert later(OFFICE, at(start), hours * HOUR) == at(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-25 11:30", 60, "2026-11-25 13:30"),
        ("2026-11-25 12:30", 30, "2026-11-25 13:30"),
        ("2026-11-25 16:45", 30, "2026-11-26 08:45"),
    ],
)
def test_lunch_is_not_worked_through(start: str, minutes: int, due: str) -> None:
    assert later(LUNCH, at(start), timedelta(minutes=minutes)) == at(due)


def test_the_night_the_clock_goes_forward_is_an_hour_shorter() -> None:
    assert between(NIGHTS, at("2026-03-29 00:00"), at("2026-03-29 12:00")) == 5 * HOUR
    assert later(NIGHTS, at("2026-03-29 00:00"), 5 * HOUR) == at("2026-03-29 06:00")


def test_the_night_the_clock_goes_back_is_an_hour_longer() -> None:
    assert between(NIGHTS, at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 7 * HOUR
    assert later(NIGHTS, at("2026-10-25 00:00"), 7 * HOUR) == at("2026-10-25 06:00")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_office_hours_after_a_change_of_clocks_start_at_eight_as_ever(day: str) -> None:
    assert later(OFFICE, at(f"{day} 12:00"), HOUR).astimezone(AMSTERDAM).time() == time(9)


def test_round_the_clock_is_plain_time() -> None:
    assert later(ALWAYS, at("2026-03-29 00:00"), 24 * HOUR) == at("2026-03-30 01:00")
    assert between(ALWAYS, at("2026-03-28 00:00"), at("2026-03-29 00:00")) == 24 * HOUR


def test_an_office_that_never_opens_is_refused() -> None:
    with pytest.raises(NeverOpen):
        later(Calendar("shut", AMSTERDAM, ((),) * 7), at("2026-11-25 09:00"), HOUR)


@pytest.mark.parametrize(
    "blocks", [((time(9), time(8)),), ((time(8), time(12)), (time(11), time(13))), ((time(8), time(8)),)]
)
def test_blocks_that_overlap_or_are_empty_are_refused(blocks: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="blocks must follow"):
        Calendar("wrong", AMSTERDAM, (blocks,) * 7)


def test_a_day_knows_its_holidays() -> None:
    assert OFFICE.blocks(date(2026, 4, 6)) == ()
    assert OFFICE.blocks(date(2026, 4, 3)) != ()


@given(moments, spans)
def test_the_time_until_due_is_the_work_that_was_asked(start: datetime, work: timedelta) -> None:
    for calendar in (OFFICE, LUNCH, NIGHTS):
        due = later(calendar, start, work)
        assert due >= start
        assert between(calendar, start, due) == work


@given(moments, spans, spans)
def test_more_work_is_never_due_earlier(start: datetime, work: timedelta, more: timedelta) -> None:
    assert later(OFFICE, start, work) <= later(OFFICE, start, work + more)


@given(moments)
def test_the_first_open_moment_is_open(start: datetime) -> None:
    assert is_open(OFFICE, later(OFFICE, start, timedelta()))


hours = st.sampled_from([(time(4), time(9)), (time(8, 30), time(12)), (time(13), time(17)), (time(17), time(0))])
days = st.sets(hours, max_size=3).map(lambda found: tuple(sorted(found))).filter(in_order)
WHOLE = ((time(0), time(0)),)
calendars = st.builds(
    lambda week, zone: Calendar("any", ZoneInfo(zone), tuple(week)),
    st.lists(st.one_of(days, st.just(WHOLE)), min_size=7, max_size=7),
    st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Adelaide", "Asia/Kathmandu"]),
)
# Nights in which clocks change in one of the zones, the turn of a year, a leap day, and a plain day.
nights = st.sampled_from(
    ["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2027-12-31", "2028-02-28", "2026-06-10"]
)


def shown_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether the clock on the wall of the office shows a time at which it is open."""
    shown = moment.astimezone(calendar.zone)
    return any(
        opens <= shown.time() and (closes == time(0) or shown.time() < closes)
        for opens, closes in calendar.blocks(shown.date())
    )


@given(calendars, nights, st.integers(0, 36), st.integers(1, 30))
def test_open_time_is_what_the_clock_on_the_wall_shows_quarter_by_quarter(
    calendar: Calendar, night: str, after_hours: int, long_hours: int
) -> None:
    start = datetime.fromisoformat(night).replace(tzinfo=UTC) + after_hours * HOUR
    quarters = [start + n * HOUR / 4 for n in range(long_hours * 4)]
    opened = [moment for moment in quarters if shown_open(calendar, moment)]

    assert between(calendar, start, start + long_hours * HOUR) == len(opened) * HOUR / 4
    assert [moment for moment in quarters if is_open(calendar, moment)] == opened
    if opened:
        assert later(calendar, start, timedelta()) == opened[0]
        assert later(calendar, start, len(opened) * HOUR / 4) == opened[-1] + HOUR / 4
