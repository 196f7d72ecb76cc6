"""Clocks: golden cases, each a mistake that some system shipped, and what must always hold."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import TicketState
from routing.almanac import Almanac, Day
from routing.calendars import ALWAYS, Calendar, between, later, office
from routing.clocks import (
    Account,
    Holder,
    HolderKind,
    Stage,
    Stretch,
    account,
    clipped,
    due,
    holder,
    ladder,
    reached,
    share_of,
    shares,
    upcoming,
)

HOUR = timedelta(hours=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE = office()
LUNCH = Almanac(name="Lunch", week="mo-fr 8:30-12 13-17", country="NL").with_holidays(range(2023, 2029)).calendar("l")
GERMAN = Almanac(name="Berlin", zone="Europe/Berlin", week="mo-fr 8-18", country="DE", region="BE")
BERLIN = GERMAN.with_holidays(range(2023, 2029)).calendar("berlin")
NIGHTS = Calendar("nights", AMSTERDAM, (((time(0), time(6)),),) * 7)
EVENINGS = Calendar("evenings", AMSTERDAM, (((time(18), time(22)),),) * 7)
GOOD_FRIDAY_OFF = Almanac(name="Off", week="mo-fr 8-18", days=(Day.model_validate({"day": "2026-04-03"}),)).calendar(
    "o"
)
CHRISTMAS_EVE = Almanac(
    name="Eve", week="mo-fr 8-18", days=(Day.model_validate({"day": "2026-12-24", "hours": "8-12"}),)
)

QUEUE, AGENT = Holder(HolderKind.QUEUE, "front-office"), Holder(HolderKind.AGENT, "front-office")
CUSTOMER, BACK = Holder(HolderKind.CUSTOMER, "front-office"), Holder(HolderKind.DEPARTMENT, "back-office")
DONE = Holder(HolderKind.NOBODY, "front-office")
HOLDERS = (QUEUE, AGENT, CUSTOMER, BACK, DONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def lived(
    calendar: Calendar, *steps: tuple[str, Holder], in_calendars: dict[int, Calendar] | None = None
) -> list[Stretch]:
    """One stretch from each step to the next; the last goes on."""
    ends = [at(text) for text, _ in steps[1:]] + [None]
    return [
        Stretch(at(text), end, by, (in_calendars or {}).get(n, calendar))
        for n, ((text, by), end) in enumerate(zip(steps, ends, strict=True))
    ]


GOLDEN = {
    "business hours count, not the night": (OFFICE, 4, [("2026-11-25 16:00", QUEUE)], "2026-11-26 10:00"),
    "a weekend is no working time": (OFFICE, 4, [("2026-11-27 16:00", QUEUE)], "2026-11-30 10:00"),
    "nothing breaks while the customer must act": (
        OFFICE,
        4,
        [("2026-11-25 09:00", QUEUE), ("2026-11-25 10:00", CUSTOMER), ("2026-12-07 11:00", AGENT)],
        "2026-12-07 14:00",
    ),
    "paused and resumed outside hours": (
        OFFICE,
        4,
        [("2026-11-25 16:00", QUEUE), ("2026-11-25 20:00", CUSTOMER), ("2026-11-28 03:00", AGENT)],
        "2026-11-30 10:00",
    ),
    "a colleague's time is the supplier's time": (
        OFFICE,
        4,
        [("2026-11-25 09:00", AGENT), ("2026-11-25 10:00", BACK), ("2026-11-25 12:00", AGENT)],
        "2026-11-25 13:00",
    ),
    "a mail at midnight counts from the morning": (OFFICE, 4, [("2026-11-25 00:00", QUEUE)], "2026-11-25 12:00"),
    "a second before midnight too": (OFFICE, 4, [("2026-11-25 23:59:59", QUEUE)], "2026-11-26 12:00"),
    "created before opening": (OFFICE, 1, [("2026-11-25 06:30", QUEUE)], "2026-11-25 09:00"),
    "created after closing on a Friday": (OFFICE, 1, [("2026-11-27 18:00", QUEUE)], "2026-11-30 09:00"),
    "due exactly at closing time": (OFFICE, 2, [("2026-11-25 16:00", QUEUE)], "2026-11-25 18:00"),
    "a day of 23 hours": (NIGHTS, 6, [("2026-03-29 00:00", QUEUE)], "2026-03-30 01:00"),
    "a day of 25 hours": (NIGHTS, 7, [("2026-10-25 00:00", QUEUE)], "2026-10-25 06:00"),
    "round the clock over the night that skips an hour": (
        ALWAYS,
        24,
        [("2026-03-28 12:00", QUEUE)],
        "2026-03-29 13:00",
    ),
    "round the clock over the night that repeats one": (ALWAYS, 24, [("2026-10-24 12:00", QUEUE)], "2026-10-25 11:00"),
    "lunch is not worked through": (LUNCH, 2, [("2026-11-25 11:00", QUEUE)], "2026-11-25 14:00"),
    "created at lunch": (LUNCH, 1, [("2026-11-25 12:30", QUEUE)], "2026-11-25 14:00"),
    "Good Friday is worked in the Netherlands": (OFFICE, 2, [("2026-04-02 17:00", QUEUE)], "2026-04-03 09:00"),
    "Good Friday is kept in Germany": (BERLIN, 2, [("2026-04-02 17:00", QUEUE)], "2026-04-07 09:00"),
    "an office may close on Good Friday": (GOOD_FRIDAY_OFF, 2, [("2026-04-02 17:00", QUEUE)], "2026-04-06 09:00"),
    "a short day before Christmas": (CHRISTMAS_EVE.calendar("e"), 5, [("2026-12-24 10:00", QUEUE)], "2026-12-25 11:00"),
    "the 29th of February exists in a leap year": (OFFICE, 2, [("2028-02-28 17:00", QUEUE)], "2028-02-29 09:00"),
    "and not in another": (OFFICE, 2, [("2027-02-26 17:00", QUEUE)], "2027-03-01 09:00"),
    "from the 29th of February on": (OFFICE, 11, [("2028-02-29 17:00", QUEUE)], "2028-03-01 18:00"),
    "resolved in between is nobody's time": (
        OFFICE,
        4,
        [("2026-11-25 09:00", AGENT), ("2026-11-25 10:00", DONE), ("2026-11-26 09:00", QUEUE)],
        "2026-11-26 12:00",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    calendar, hours, steps, wanted = GOLDEN[name]
    assert account(hours * HOUR, lived(calendar, *steps)).due_at == at(wanted)


def test_a_transfer_keeps_what_was_used_and_goes_on_in_the_other_calendar() -> None:
    steps = lived(OFFICE, ("2026-11-25 15:00", QUEUE), ("2026-11-25 17:00", QUEUE), in_calendars={1: EVENINGS})
    found = account(4 * HOUR, steps)
    assert found == Account(2 * HOUR, at("2026-11-25 17:00"), at("2026-11-25 20:00"))


def test_a_changed_calendar_moves_the_deadline() -> None:
    friday_off = Almanac(name="x", week="mo-fr 8-18", days=(Day.model_validate({"day": "2026-11-27"}),)).calendar("x")
    steps = (("2026-11-26 17:00", QUEUE),)
    assert account(4 * HOUR, lived(OFFICE, *steps)).due_at == at("2026-11-27 11:00")
    assert account(4 * HOUR, lived(friday_off, *steps)).due_at == at("2026-11-30 11:00")


def test_a_clock_that_stands_still_is_due_at_no_moment() -> None:
    found = account(4 * HOUR, lived(OFFICE, ("2026-11-25 09:00", QUEUE), ("2026-11-25 10:00", CUSTOMER)))
    assert found == Account(HOUR, at("2026-11-25 10:00"), None)


def test_a_clock_that_was_late_already_stays_due_when_it_was() -> None:
    steps = lived(OFFICE, ("2026-11-25 09:00", QUEUE), ("2026-11-25 15:00", CUSTOMER), ("2026-11-26 09:00", AGENT))
    assert account(4 * HOUR, steps).due_at == at("2026-11-25 13:00")


def test_a_clock_begins_where_it_is_told_to() -> None:
    """What happened before a ticket was reopened counts no more: a new promise never breaks at once."""
    steps = lived(OFFICE, ("2026-11-02 09:00", QUEUE), ("2026-11-03 09:00", DONE), ("2026-11-25 09:00", QUEUE))
    found = account(4 * HOUR, clipped(steps, at("2026-11-25 09:00"), None))
    assert found == Account(timedelta(), at("2026-11-25 09:00"), at("2026-11-25 13:00"))


def test_stages_come_in_their_order_and_each_once() -> None:
    steps = ladder(75)
    assert [stage for stage, _ in steps] == [Stage.LOOK, Stage.WARN, Stage.LAST_LOOK, Stage.BREACH]
    assert [stage for stage, _ in ladder(95)] == [Stage.LOOK, Stage.LAST_LOOK, Stage.WARN, Stage.BREACH]
    begun = Account(timedelta(), at("2026-11-25 08:00"), None)
    assert upcoming(steps, 0, OFFICE, 4 * HOUR, begun) == (Stage.LOOK, at("2026-11-25 10:00"))
    assert upcoming(steps, 50, OFFICE, 4 * HOUR, begun) == (Stage.WARN, at("2026-11-25 11:00"))
    assert upcoming(steps, 100, OFFICE, 4 * HOUR, begun) is None
    assert reached(steps, 50, 4 * HOUR, 3 * HOUR) == [(Stage.WARN, 75)]
    assert [stage for stage, _ in reached(steps, 0, HOUR, 9 * HOUR)] == [stage for stage, _ in steps]


def test_a_stage_that_is_past_comes_at_once() -> None:
    late = Account(3 * HOUR, at("2026-11-25 10:00"), None)
    assert upcoming(ladder(75), 50, OFFICE, 4 * HOUR, late) == (Stage.WARN, at("2026-11-25 10:00"))


@pytest.mark.parametrize(("left", "given"), [(10, 5), (2, 1), (1, 1), (0, 1), (48, 24)])
def test_a_department_gets_half_of_what_is_left_and_an_hour_at_least(left: int, given: int) -> None:
    assert share_of(left * HOUR) == given * HOUR


@pytest.mark.parametrize(
    ("state", "asked", "kind", "queue"),
    [
        (TicketState.QUEUED, None, HolderKind.QUEUE, "front-office"),
        (TicketState.IN_PROGRESS, None, HolderKind.AGENT, "front-office"),
        (TicketState.WAITING_INTERNAL, "back-office", HolderKind.DEPARTMENT, "back-office"),
        (TicketState.WAITING_INTERNAL, None, HolderKind.AGENT, "front-office"),
        (TicketState.WAITING_CUSTOMER, "back-office", HolderKind.CUSTOMER, "front-office"),
        (TicketState.RESOLVED, None, HolderKind.NOBODY, "front-office"),
    ],
)
def test_every_state_is_somebodys_time(state: TicketState, asked: str | None, kind: HolderKind, queue: str) -> None:
    assert holder(state, "front-office", asked) == Holder(kind, queue)
    assert {holder(each, "q", None).kind for each in TicketState} <= set(HolderKind)


histories = st.lists(
    st.tuples(
        st.integers(0, 5000), st.sampled_from(HOLDERS), st.sampled_from((OFFICE, LUNCH, EVENINGS, NIGHTS, ALWAYS))
    ),
    min_size=1,
    max_size=12,
)


def history(steps: list[tuple[int, Holder, Calendar]], since: datetime) -> list[Stretch]:
    moments = [since]
    for minutes, _, _ in steps:
        moments.append(moments[-1] + timedelta(minutes=minutes))
    spans = list(pairwise(moments))
    found = [Stretch(b, e, by, calendar) for (b, e), (_, by, calendar) in zip(spans, steps, strict=True) if e > b]
    return [*found, Stretch(moments[-1], None, AGENT, OFFICE)]


moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(histories, moments, st.integers(0, 9000))
def test_the_shares_of_all_holders_add_up_to_the_whole_exactly(
    steps: list[tuple[int, Holder, Calendar]], since: datetime, later_minutes: int
) -> None:
    stretches = history(steps, since)
    now = stretches[-1].began_at + timedelta(minutes=later_minutes, microseconds=7)
    assert sum((part.elapsed for part in shares(stretches, now)), timedelta()) == now - since


@given(histories, moments, st.integers(1, 6000))
def test_counting_step_by_step_gives_what_counting_from_the_start_gives(
    steps: list[tuple[int, Holder, Calendar]], since: datetime, allowed_minutes: int
) -> None:
    """The clocks in the database are counted as things happen; what was lived through must say the same."""
    allowed = timedelta(minutes=allowed_minutes)
    spent, due_at = timedelta(), None
    stretches = history(steps, since)
    for stretch in stretches:
        if stretch.holder.stops_the_clock:
            continue
        if spent < allowed:
            due_at = due(stretch.calendar, allowed, spent, stretch.began_at)
        if stretch.ended_at:
            spent += between(stretch.calendar, stretch.began_at, stretch.ended_at)

    found = account(allowed, stretches)
    assert (found.spent, found.due_at) == (spent, due_at)


@given(moments, st.integers(1, 6000), st.integers(1, 99))
def test_a_stage_never_comes_early_and_comes_at_its_moment(since: datetime, minutes: int, percent: int) -> None:
    allowed = timedelta(minutes=minutes)
    moment = due(LUNCH, allowed * percent // 100, timedelta(), since)
    steps = [(Stage.WARN, percent)]
    assert reached(steps, 0, allowed, between(LUNCH, since, moment)) == steps
    assert reached(steps, 0, allowed, between(LUNCH, since, moment - timedelta(microseconds=1))) == []
    assert later(LUNCH, since, allowed * percent // 100) == moment
