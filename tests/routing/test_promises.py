"""What customers may count on."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import HandlingClass
from routing.calendars import ALWAYS, is_open, office
from routing.promises import TARGETS, promise

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
