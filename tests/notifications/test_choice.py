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
