"""Whether a notice goes, by which way, or why not: the rule alone, without database or clock."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import Channel
from notifications.choice import (
    CHATTY,
    GATHER,
    MOST_AUTOMATIC,
    ORDER,
    SAME_BREATH,
    Bring,
    Elsewhere,
    Hold,
    Leave,
    Situation,
    Wait,
    Why,
    Wish,
    decide,
    quiet_until,
    way,
)
from notifications.notices import NoticeKind, Silence

HOME = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=HOME)
NIGHT = NOON.replace(hour=23)
EVERYWHERE = frozenset(ORDER)
PLAIN = Situation(
    kind=NoticeKind.REPLY,
    channel=Channel.EMAIL,
    reachable=[Channel.EMAIL, Channel.SMS],
    tried=[],
    wish=Wish(),
    is_urgent=False,
    is_automatic=False,
    occurred_at=NOON,
    replied_at=None,
    automatic_sent=0,
    replies_sent=0,
    last_reply_sent_at=None,
)
AUTOMATIC = replace(PLAIN, kind=NoticeKind.WAITING, is_automatic=True)


def test_who_texts_at_night_is_told_at_once_that_we_have_it() -> None:
    just_written = replace(PLAIN, kind=NoticeKind.ACKNOWLEDGEMENT, channel=Channel.SMS, reachable=[Channel.SMS])
    just_written = replace(just_written, occurred_at=NIGHT - timedelta(minutes=1))
    wait = Wait(NOON.replace(hour=8) + timedelta(days=1), Why.QUIET_HOURS)

    assert decide(just_written, EVERYWHERE, NIGHT) == Bring()
    assert decide(just_written, EVERYWHERE, NIGHT + timedelta(minutes=15)) == wait
    chosen = replace(just_written, wish=Wish(quiet=(time(21), time(8))))
    assert decide(chosen, EVERYWHERE, NIGHT) == wait


def test_without_a_wish_it_goes_by_mail() -> None:
    assert decide(PLAIN, EVERYWHERE, NOON) == Bring()


@pytest.mark.parametrize("wish", [Channel.SMS, Channel.PUSH, Channel.LETTER])
def test_it_goes_by_the_way_somebody_chose(wish: Channel) -> None:
    situation = replace(PLAIN, reachable=ORDER, wish=Wish(channel=wish))

    assert decide(situation, EVERYWHERE, NOON) == Elsewhere(wish)
    assert decide(replace(situation, channel=wish), EVERYWHERE, NOON) == Bring()


def test_a_way_that_failed_is_followed_by_the_next() -> None:
    assert decide(replace(PLAIN, tried=[Channel.EMAIL]), EVERYWHERE, NOON) == Elsewhere(Channel.SMS)
    assert decide(replace(PLAIN, tried=[Channel.EMAIL, Channel.SMS]), EVERYWHERE, NOON) == Leave(Silence.NO_OTHER_WAY)


def test_a_way_the_organisation_does_not_have_is_no_way() -> None:
    assert decide(replace(PLAIN, tried=[Channel.EMAIL]), {Channel.EMAIL}, NOON) == Leave(Silence.NO_OTHER_WAY)
    assert decide(replace(PLAIN, reachable=[]), EVERYWHERE, NOON) == Leave(Silence.NO_ADDRESS)


def test_paper_is_for_answers_or_for_who_asked_for_it() -> None:
    only_paper = [Channel.LETTER]

    assert way(NoticeKind.REPLY, only_paper, [], Wish()) is Channel.LETTER
    assert way(NoticeKind.ACKNOWLEDGEMENT, only_paper, [], Wish()) is None
    assert way(NoticeKind.ACKNOWLEDGEMENT, only_paper, [], Wish(channel=Channel.LETTER)) is Channel.LETTER


def test_a_text_waits_for_the_morning_unless_it_is_urgent() -> None:
    text = replace(PLAIN, channel=Channel.SMS, reachable=[Channel.SMS])

    assert decide(text, EVERYWHERE, NIGHT) == Wait(NOON.replace(hour=8) + timedelta(days=1), Why.QUIET_HOURS)
    assert decide(replace(text, is_urgent=True), EVERYWHERE, NIGHT) == Bring()
    assert decide(text, EVERYWHERE, NOON) == Bring()


def test_mail_knows_quiet_hours_only_when_somebody_set_them() -> None:
    assert decide(PLAIN, EVERYWHERE, NIGHT) == Bring()
    quiet = replace(PLAIN, wish=Wish(quiet=(time(20), time(7, 30))))
    assert decide(quiet, EVERYWHERE, NIGHT) == Wait(
        NOON.replace(hour=7, minute=30) + timedelta(days=1), Why.QUIET_HOURS
    )


@given(st.times(), st.times(), st.integers(0, 700 * 24 * 60))
def test_quiet_ends_within_a_day_and_is_over_then(start: time, end: time, minutes: int) -> None:
    wish = Wish(quiet=(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)))
    now = NOON + timedelta(minutes=minutes)

    over = quiet_until(Channel.SMS, wish, now)

    if over is not None:
        assert now < over <= now + timedelta(days=1)
        assert quiet_until(Channel.SMS, wish, over) is None


def test_who_stopped_hears_only_what_belongs_to_their_question() -> None:
    stopped = replace(PLAIN, wish=Wish(has_stopped=True))

    assert decide(replace(stopped, kind=NoticeKind.NEWS), EVERYWHERE, NOON) == Leave(Silence.STOPPED)
    assert decide(stopped, EVERYWHERE, NOON) == Bring()


def test_that_we_wait_is_not_said_when_an_agent_asked_a_moment_ago() -> None:
    asked = replace(AUTOMATIC, replied_at=NOON - SAME_BREATH)

    assert decide(asked, EVERYWHERE, NOON) == Leave(Silence.ASKED_IN_REPLY)
    assert decide(replace(asked, replied_at=NOON - SAME_BREATH * 2), EVERYWHERE, NOON) == Bring()


@pytest.mark.parametrize("kind", [NoticeKind.WAITING, NoticeKind.REOPENED])
def test_a_program_hears_nothing_that_could_make_it_answer_for_ever(kind: NoticeKind) -> None:
    program = replace(AUTOMATIC, kind=kind, may_be_answered=False)

    assert decide(program, EVERYWHERE, NOON) == Leave(Silence.PROGRAM)
    assert decide(replace(program, is_urgent=True), EVERYWHERE, NOON) == Leave(Silence.PROGRAM)
    assert decide(replace(program, may_be_answered=True), EVERYWHERE, NOON) == Bring()


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_what_a_person_typed_or_sends_again_goes_to_a_program_too(kind: NoticeKind) -> None:
    typed = replace(PLAIN, kind=kind, may_be_answered=False)

    assert decide(typed, EVERYWHERE, NOON) == Bring()
    assert decide(replace(typed, is_automatic=True, is_resend=True), EVERYWHERE, NOON) == Bring()


def test_too_many_automatic_notices_on_a_ticket_are_held_for_a_person() -> None:
    many = replace(AUTOMATIC, automatic_sent=MOST_AUTOMATIC)

    assert decide(many, EVERYWHERE, NOON) == Hold(Why.TOO_MANY)
    assert decide(replace(many, is_automatic=False), EVERYWHERE, NOON) == Bring()
    assert decide(replace(many, is_resend=True), EVERYWHERE, NOON) == Bring()


def test_the_replies_of_a_chatty_ticket_gather() -> None:
    chatty = replace(PLAIN, replies_sent=CHATTY, last_reply_sent_at=NOON)

    assert decide(chatty, EVERYWHERE, NOON) == Wait(NOON + GATHER, Why.GATHERS)
    assert decide(chatty, EVERYWHERE, NOON + GATHER) == Bring()
    assert decide(replace(chatty, is_urgent=True), EVERYWHERE, NOON) == Bring()
    assert decide(replace(chatty, kind=NoticeKind.RESOLVED), EVERYWHERE, NOON) == Bring()


channels = st.sets(st.sampled_from(ORDER))
moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
wishes = st.builds(
    Wish,
    channel=st.none() | st.sampled_from(ORDER),
    quiet=st.none() | st.tuples(st.times(), st.times()),
    has_stopped=st.booleans(),
)
situations = st.builds(
    Situation,
    kind=st.sampled_from(NoticeKind),
    channel=st.sampled_from(ORDER),
    reachable=channels,
    tried=channels,
    wish=wishes,
    is_urgent=st.booleans(),
    is_automatic=st.booleans(),
    occurred_at=moments,
    replied_at=st.none() | moments,
    automatic_sent=st.integers(0, 5),
    replies_sent=st.integers(0, 5),
    last_reply_sent_at=st.none() | moments,
    is_resend=st.booleans(),
    may_be_answered=st.booleans(),
)


@given(situations, channels, moments)
def test_nothing_goes_where_somebody_cannot_be_reached_or_where_it_failed_before(
    situation: Situation, open_ways: set[Channel], now: datetime
) -> None:
    match decide(situation, open_ways, now):
        case Bring():
            goes_by = situation.channel
        case Elsewhere(channel):
            goes_by = channel
            assert channel is not situation.channel
        case _:
            return
    assert goes_by in open_ways
    assert goes_by in situation.reachable
    assert goes_by not in situation.tried


@given(situations, channels, moments)
def test_sent_elsewhere_it_is_not_sent_elsewhere_again(
    situation: Situation, open_ways: set[Channel], now: datetime
) -> None:
    told = decide(situation, open_ways, now)
    if isinstance(told, Elsewhere):
        assert not isinstance(decide(replace(situation, channel=told.channel), open_ways, now), Elsewhere)


@given(situations, channels, moments)
def test_each_way_is_tried_once_and_then_it_is_over(
    situation: Situation, open_ways: set[Channel], now: datetime
) -> None:
    went: list[Channel] = []
    situation = replace(situation, tried=())
    while isinstance(told := decide(situation, open_ways, now), Bring | Elsewhere | Wait):
        if isinstance(told, Elsewhere):
            situation = replace(situation, channel=told.channel)
        elif isinstance(told, Wait):
            assert told.until > now
            now = told.until
        else:
            went.append(situation.channel)
            situation = replace(situation, tried=went)
    assert len(went) == len(set(went))
    assert set(went) <= open_ways & set(situation.reachable)


@given(situations, channels, moments)
def test_what_is_urgent_or_asked_for_waits_for_nobody(
    situation: Situation, open_ways: set[Channel], now: datetime
) -> None:
    for pressing in (replace(situation, is_urgent=True), replace(situation, is_resend=True)):
        assert not isinstance(decide(pressing, open_ways, now), Wait)


@given(situations, channels, moments)
def test_nobody_gets_more_automatic_notices_than_the_most(
    situation: Situation, open_ways: set[Channel], now: datetime
) -> None:
    many = replace(situation, is_automatic=True, automatic_sent=MOST_AUTOMATIC, is_resend=False)

    assert isinstance(decide(many, open_ways, now), Hold | Leave)


@given(situations, moments)
def test_who_stopped_gets_no_news(situation: Situation, now: datetime) -> None:
    stopped = replace(situation, kind=NoticeKind.NEWS, wish=replace(situation.wish, has_stopped=True), is_resend=False)

    assert isinstance(decide(stopped, EVERYWHERE, now), Leave)
