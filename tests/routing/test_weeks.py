"""Working weeks as people write them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.weeks import DAYS, Block, NoWeek, hours_text, is_in_order, read_hours, read_week, week_text

OFFICE = tuple(Block(day, *hours) for day in range(5) for hours in ((time(8, 30), time(12, 30)), (time(13), time(17))))


@pytest.mark.parametrize(
    "words",
    [
        "mo-fr 08:30-12:30 13:00-17:00",
        "ma-vr 8:30-12:30 13-17",
        "Maandag - Vrijdag 08.30 – 12.30 13.00 – 17.00",
        "lun-ven: 8:30-12:30 13:00-17:00",
        "mo,di,mi 8:30-12:30 13-17; Do-Fr 8:30-12:30 13-17",
        "ma-vr 13-17 | ma-vr 8:30-12:30",
    ],
)
def test_a_week_is_understood_in_four_languages(words: str) -> None:
    assert read_week(words) == OFFICE


@pytest.mark.parametrize(
    "words", ["mo", "mo 8", "xx 8-9", "fr-mo 8-9", "mo 25-26", "mo 8:70-9", "8-9", "mo 8-9 noon", "mo-we-fr 8-9"]
)
def test_what_is_no_week_is_refused(words: str) -> None:
    with pytest.raises(NoWeek):
        read_week(words)


def test_the_end_of_the_day_may_be_written_as_24_or_as_midnight() -> None:
    assert read_week("sa 22-24") == read_week("za 22:00-00:00") == (Block(5, time(22), time()),)
    assert week_text(read_week("sa 22-24")) == "sa 22:00-24:00"


def test_days_with_the_same_hours_stand_together() -> None:
    assert week_text(OFFICE) == "mo-fr 08:30-12:30 13:00-17:00"
    assert week_text(read_week("mo 8-9; we 8-9; th 8-9")) == "mo 08:00-09:00; we-th 08:00-09:00"
    assert week_text(()) == ""
    assert read_week(" ; ") == ()


def test_the_hours_of_one_day_stand_in_a_field() -> None:
    blocks = read_hours("13:00-17:00, 8-12", 2)
    assert hours_text(blocks) == "08:00-12:00 13:00-17:00"
    assert read_hours("", 2) == []


@pytest.mark.parametrize("words", ["mo 9-8", "mo 8-8", "mo 8-12 11-13", "mo 20-24 23-24"])
def test_hours_that_end_too_soon_or_overlap_are_seen(words: str) -> None:
    assert not is_in_order(read_week(words))


def test_hours_that_touch_are_in_order() -> None:
    assert is_in_order(read_week("mo 0-8 8-16 16-24; tu 0-8"))


times = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))


@given(st.sets(st.builds(Block, st.integers(0, len(DAYS) - 1), times, times), max_size=6))
def test_every_week_can_be_written_and_read_again(blocks: set[Block]) -> None:
    week = tuple(sorted(blocks))
    assert read_week(week_text(week)) == week
