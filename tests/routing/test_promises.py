"""What customers may count on."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import HandlingClass
from routing.calendars import ALWAYS, Calendar, between, is_open, office
from routing.forecasts import Pace, forecast
from routing.policy.facts import Agreed
from routing.promises import HOUR, TARGETS, promise, target_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = office()
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("kind", "answer_by", "solve_by"),
    [
        ((HandlingClass.ROUTINE, False), "2026-11-25 15:00", "2026-11-27 11:00"),
        ((HandlingClass.SPECIALIST, False), "2026-11-26 11:00", "2026-12-02 11:00"),
        ((HandlingClass.TECHNICAL, True), "2026-11-25 11:30", "2026-11-25 18:30"),
        ((None, False), "2026-11-25 15:00", "2026-12-02 11:00"),
    ],
)
def test_each_class_has_its_promise(kind: tuple[HandlingClass | None, bool], answer_by: str, solve_by: str) -> None:
    told = promise(OFFICE, kind[0], at("2026-11-25 10:20"), is_urgent=kind[1])
    assert (told.answer_by, told.solve_by) == (at(answer_by), at(solve_by))


def test_an_urgent_repair_does_not_wait_for_the_office_to_open() -> None:
    told = promise(OFFICE, HandlingClass.TECHNICAL, at("2026-11-28 23:50"), is_urgent=True)
    assert told.answer_by == at("2026-11-29 01:00")
    assert told.calendar is ALWAYS


@given(st.sampled_from(sorted(TARGETS, key=str)), moments)
def test_a_promise_lies_ahead_in_order_and_at_a_time_people_say(
    kind: tuple[HandlingClass | None, bool], since: datetime
) -> None:
    told = promise(OFFICE, kind[0], since, is_urgent=kind[1])
    assert since < told.answer_by <= told.solve_by
    for moment in (told.answer_by, told.solve_by):
        assert (moment.minute % 15, moment.second, moment.microsecond) == (0, 0, 0)
        local = moment.astimezone(AMSTERDAM)
        closes = (local.hour, local.minute) == (18, 0)
        assert told.calendar is ALWAYS or is_open(OFFICE, moment) or closes


offices = st.sampled_from([OFFICE, ALWAYS])
classes = st.sampled_from([*HandlingClass, None])


@given(office_hours=offices, handling_class=classes, since=moments, is_urgent=st.booleans())
def test_a_promise_is_in_order_ahead_and_long_enough(
    office_hours: Calendar, handling_class: HandlingClass | None, since: datetime, *, is_urgent: bool
) -> None:
    told = promise(office_hours, handling_class, since, is_urgent=is_urgent)
    target = target_of(handling_class, is_urgent=is_urgent)

    assert since < told.answer_by <= told.solve_by
    assert between(told.calendar, since, told.answer_by) == told.answer_in >= target.answer - HOUR
    assert between(told.calendar, since, told.solve_by) == told.solve_in >= target.solve - HOUR
    assert told.answer_in <= target.answer + HOUR
    assert told.calendar is (ALWAYS if target.round_the_clock else office_hours)


@given(offices, classes, moments, st.integers(0, 6000))
def test_who_comes_later_is_never_promised_an_earlier_answer(
    office_hours: Calendar, handling_class: HandlingClass | None, since: datetime, minutes: int
) -> None:
    first = promise(office_hours, handling_class, since, is_urgent=False)
    second = promise(office_hours, handling_class, since + timedelta(minutes=minutes), is_urgent=False)

    assert first.answer_by <= second.answer_by
    assert first.solve_by <= second.solve_by


@given(offices, classes, moments, st.integers(1, 100), st.none() | st.integers(1, 100))
def test_what_was_agreed_goes_before_what_is_usual_and_solving_never_comes_first(
    office_hours: Calendar, handling_class: HandlingClass | None, since: datetime, within: int, solve: int | None
) -> None:
    agreed = Agreed(within=within * HOUR, solve=solve * HOUR if solve else None)
    told = promise(office_hours, handling_class, since, is_urgent=False, agreed=agreed)

    assert abs(told.answer_in - agreed.within) <= HOUR
    assert told.solve_in >= told.answer_in


paces = st.builds(
    Pace,
    taken=st.integers(0, 500),
    open_hours=st.floats(0, 500),
    works=st.integers(0, 500),
    work_minutes=st.floats(0, 50_000),
)
spans = st.integers(0, 5000).map(lambda minutes: timedelta(minutes=minutes))


@given(paces, st.none() | st.integers(0, 300), spans, spans, spans)
def test_more_left_is_never_a_greater_chance_to_be_late_and_more_ahead_never_an_earlier_end(
    pace: Pace, ahead: int | None, held_up: timedelta, left: timedelta, more: timedelta
) -> None:
    told = forecast(pace, ahead, held_up, left)

    assert 0 <= told.chance <= 1
    assert held_up <= told.expected <= told.safely
    assert forecast(pace, ahead, held_up, left + more).chance <= told.chance
    assert forecast(pace, (ahead or 0) + 1, held_up, left).expected >= told.expected
    assert forecast(pace, ahead, held_up + more, left).chance >= told.chance
