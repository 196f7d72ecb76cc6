"""What to do with a notice whose turn it is: bring it, by which way, or not now, or not at all, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from common.vocabulary import Channel
from notifications.notices import NoticeKind, Silence

SAME_BREATH = timedelta(minutes=10)
ORDER = (Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.LETTER)
NOISY = {Channel.SMS, Channel.PUSH}  # a telephone on a bedside table
NIGHT = (time(21), time(8))  # quiet for what makes a noise, unless somebody chose otherwise
WORTH_A_STAMP = {NoticeKind.REPLY, NoticeKind.RESOLVED}  # when nobody asked for letters
MAY_BE_STOPPED = {NoticeKind.NEWS, NoticeKind.REOPENED}  # the others belong to a question the customer asked
COULD_LOOP = {NoticeKind.WAITING, NoticeKind.REOPENED}  # when a program gets them and answers by itself
MOST_AUTOMATIC = 3  # on one ticket within an hour, so that two programs cannot keep each other busy
CHATTY = 3  # replies on one ticket within an hour, after which they are gathered
GATHER = timedelta(minutes=15)


class Why(StrEnum):
    """Why a notice waits; stands in the delivery, where staff can read it."""

    QUIET_HOURS = "quiet_hours"
    GATHERS = "gathers"
    OTHER_WAY = "other_way"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person chose; nothing chosen when left out."""

    channel: Channel | None = None
    quiet: tuple[time, time] | None = None  # from, until
    has_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that decides about one notice at the moment its turn has come."""

    kind: NoticeKind
    channel: Channel  # by which it would go now
    reachable: Collection[Channel]  # ways with an address that is not known to be bad
    tried: Collection[Channel]  # ways by which this notice failed before
    wish: Wish
    is_urgent: bool
    is_automatic: bool  # no words of a person in it
    occurred_at: datetime
    replied_at: datetime | None  # when the last reply before this notice was given
    automatic_sent: int  # automatic notices on this ticket in the last hour
    replies_sent: int  # replies on this ticket in the last hour
    last_reply_sent_at: datetime | None
    is_resend: bool = False  # somebody asked for it
    may_be_answered: bool = True  # by a program; False: a program or a list wrote to us


@dataclass(frozen=True, slots=True)
class Bring:
    """Let it go now."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """It is for another channel."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before then."""

    until: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Hold:
    """Until a person releases it."""

    why: Why


@dataclass(frozen=True, slots=True)
class Leave:
    """Not at all."""

    why: Silence


Decision = Bring | Elsewhere | Wait | Hold | Leave


def decide(situation: Situation, open_ways: Collection[Channel], now: datetime) -> Decision:
    """What happens to the notice at this moment; `now` is in the zone of the organisation.

    `open_ways` are the channels that this organisation has.
    """
    reachable = [channel for channel in situation.reachable if channel in open_ways]
    channel = way(situation.kind, reachable, situation.tried, situation.wish)
    if channel is None:
        return Leave(Silence.NO_OTHER_WAY if situation.tried else Silence.NO_ADDRESS)
    if not situation.is_resend and (refused := _unwanted(situation)):
        return refused
    if channel is not situation.channel:
        return Elsewhere(channel)
    if situation.is_urgent or situation.is_resend:
        return Bring()
    return _timely(situation, now)


def way(kind: NoticeKind, reachable: Collection[Channel], tried: Collection[Channel], wish: Wish) -> Channel | None:
    """The way a notice goes: the one the person chose, else the first that is left; None when there is none."""
    for channel in (wish.channel, *ORDER):
        if channel is None or channel not in reachable or channel in tried:
            continue
        if channel is Channel.LETTER and wish.channel is not Channel.LETTER and kind not in WORTH_A_STAMP:
            continue
        return channel
    return None


def next_way(situation: Situation, open_ways: Collection[Channel]) -> Channel | None:
    """The way that is left when the one it went by has failed; None when there is none."""
    reachable = [channel for channel in situation.reachable if channel in open_ways]
    return way(situation.kind, reachable, [*situation.tried, situation.channel], situation.wish)


def quiet_until(channel: Channel, wish: Wish, now: datetime) -> datetime | None:
    """When the quiet that reigns at this moment ends; None when there is none."""
    quiet = wish.quiet or (NIGHT if channel in NOISY else None)
    if quiet is None or channel is Channel.LETTER:
        return None
    start, end = quiet
    clock = now.time()
    is_quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not is_quiet:
        return None
    today = now.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0, fold=0)
    return today if today > now else today + timedelta(days=1)


def _unwanted(situation: Situation) -> Leave | Hold | None:
    if situation.wish.has_stopped and situation.kind in MAY_BE_STOPPED:
        return Leave(Silence.STOPPED)
    if not situation.may_be_answered and situation.is_automatic and situation.kind in COULD_LOOP:
        return Leave(Silence.PROGRAM)
    if situation.kind is NoticeKind.WAITING and situation.replied_at:
        asked = situation.occurred_at - situation.replied_at <= SAME_BREATH
        if asked:
            return Leave(Silence.ASKED_IN_REPLY)
    if situation.is_automatic and situation.automatic_sent >= MOST_AUTOMATIC:
        return Hold(Why.TOO_MANY)
    return None


def _is_awake(situation: Situation, now: datetime) -> bool:
    """Whether they wrote to us a moment ago, and chose no quiet hours: what answers them at once wakes nobody."""
    has_just_written = now - situation.occurred_at <= SAME_BREATH
    return situation.kind is NoticeKind.ACKNOWLEDGEMENT and has_just_written and situation.wish.quiet is None


def _timely(situation: Situation, now: datetime) -> Wait | Bring:
    """Not in quiet hours; and a chatty ticket's replies wait for each other, a quarter of an hour after the last."""
    if not _is_awake(situation, now) and (end := quiet_until(situation.channel, situation.wish, now)):
        return Wait(end, Why.QUIET_HOURS)
    last = situation.last_reply_sent_at
    if situation.kind is NoticeKind.REPLY and situation.replies_sent >= CHATTY and last and now < last + GATHER:
        return Wait(last + GATHER, Why.GATHERS)
    return Bring()
