"""Clocks: how much of a promise is used up, when it is due, what happens on the way, and who held the ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from common.vocabulary import TicketState
from routing.calendars import Calendar, between, later

NONE = timedelta()
HOUR = timedelta(hours=1)


class Kind(StrEnum):
    """What a clock is a deadline of."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    INTERNAL = "internal"


class Stage(StrEnum):
    """What comes to pass on the way to a deadline."""

    LOOK = "look"  # will this be kept? An early look,
    WARN = "warn"  # then a warning,
    LAST_LOOK = "last_look"  # then the last moment at which an honest word still comes before the breach
    BREACH = "breach"
    RECOUNT = "recount"  # the calendar or the policy changed: the whole account is made up again


class HolderKind(StrEnum):
    """Who makes a ticket wait, or works on it."""

    QUEUE = "queue"  # it waits there
    AGENT = "agent"  # somebody of that queue works on it
    CUSTOMER = "customer"
    DEPARTMENT = "department"  # was asked a question
    FIELD = "field"
    NOBODY = "nobody"  # it is done


@dataclass(frozen=True)
class Holder:
    """Whose time it is; the queue is the one that answers for it."""

    kind: HolderKind
    queue_id: str

    @property
    def stops_the_clock(self) -> bool:
        """Whether the promise waits too: while the customer must act, and when nothing is owed."""
        return self.kind in {HolderKind.CUSTOMER, HolderKind.NOBODY}


@dataclass(frozen=True)
class Stretch:
    """A ticket was in these hands from then to then, or still is; its calendar is that of the queue it stood in."""

    began_at: datetime
    ended_at: datetime | None
    holder: Holder
    calendar: Calendar


@dataclass(frozen=True)
class Account:
    """How much open time a clock has used up, counted up to a moment, and since when it is or will be due."""

    spent: timedelta
    counted_at: datetime
    due_at: datetime | None  # None while it stands still with something left


@dataclass(frozen=True)
class Part:
    """One holder's share: as the customer lives it, and in open time."""

    holder: Holder
    elapsed: timedelta
    opened: timedelta


Ladder = Sequence[tuple[Stage, int]]  # with the percentage of the open time that is then used up
LOOK_AT_PERCENT, LAST_LOOK_AT_PERCENT = 50, 90


def ladder(warn_percent: int, *, is_internal: bool = False) -> Ladder:
    """The stages of a clock in their order; colleagues get no forecasts, only customers do."""
    steps = [(Stage.WARN, warn_percent), (Stage.BREACH, 100)]
    if not is_internal:
        steps += [(Stage.LOOK, LOOK_AT_PERCENT), (Stage.LAST_LOOK, LAST_LOOK_AT_PERCENT)]
    return sorted(steps, key=lambda step: step[1])


def due(calendar: Calendar, allowed: timedelta, spent: timedelta, counted_at: datetime) -> datetime:
    """When a running clock with something left is due; with nothing left the moment up to which was counted."""
    return later(calendar, counted_at, allowed - spent) if allowed > spent else counted_at


def reached(steps: Ladder, passed: int, allowed: timedelta, spent: timedelta) -> list[tuple[Stage, int]]:
    """The stages that have come by now and are not past yet."""
    return [(stage, percent) for stage, percent in steps if percent > passed and allowed * percent // 100 <= spent]


def upcoming(
    steps: Ladder, passed: int, calendar: Calendar, allowed: timedelta, account: Account
) -> tuple[Stage, datetime] | None:
    """The next stage of a running clock and its moment; None after the last."""
    for stage, percent in steps:
        if percent > passed:
            return stage, due(calendar, allowed * percent // 100, account.spent, account.counted_at)
    return None


def account(allowed: timedelta, stretches: Iterable[Stretch]) -> Account:
    """The account of a clock made up from everything that happened; stretches in order, the last may be open."""
    spent, counted_at, due_at = NONE, None, None
    for stretch in stretches:
        counted_at = stretch.began_at
        if stretch.holder.stops_the_clock:
            counted_at = stretch.ended_at or counted_at
            continue
        if due_at is None and (stretch.ended_at is None or _fills(stretch, allowed - spent)):
            due_at = due(stretch.calendar, allowed, spent, stretch.began_at)
        if stretch.ended_at:
            spent += between(stretch.calendar, stretch.began_at, stretch.ended_at)
            counted_at = stretch.ended_at
    if counted_at is None:
        raise ValueError("a clock without stretches has no account")
    return Account(spent, counted_at, due_at)


def clipped(stretches: Iterable[Stretch], began_at: datetime, ended_at: datetime | None) -> list[Stretch]:
    """The same stretches as far as they lie between two moments; those without length fall out, an open end stays."""
    found = []
    for stretch in stretches:
        begin = max(stretch.began_at, began_at)
        end = min((each for each in (stretch.ended_at, ended_at) if each), default=None)
        if end is None or end > begin:
            found.append(Stretch(begin, end, stretch.holder, stretch.calendar))
    return found


def shares(stretches: Iterable[Stretch], now: datetime) -> list[Part]:
    """Each holder's part, in the order in which they first held it; the elapsed times add up to the whole exactly."""
    parts: dict[Holder, Part] = {}
    for stretch in stretches:
        end = stretch.ended_at or max(now, stretch.began_at)
        before = parts.get(stretch.holder, Part(stretch.holder, NONE, NONE))
        parts[stretch.holder] = Part(
            stretch.holder,
            before.elapsed + (end - stretch.began_at),
            before.opened + between(stretch.calendar, stretch.began_at, end),
        )
    return list(parts.values())


def share_of(left: timedelta) -> timedelta:
    """How much open time a department gets to answer a question when so much is left of the customer's promise.

    Half: the other half is for whoever asked, to act on the answer. At least an hour, also when the promise is broken.
    """
    return max(left / 2, HOUR)


def holder(state: TicketState, queue_id: str, asked: str | None) -> Holder:
    """In whose hands a ticket in this state is; `asked` is the department whose answer it waits for."""
    if state is TicketState.WAITING_INTERNAL and asked:
        return Holder(HolderKind.DEPARTMENT, asked)
    return Holder(_HELD_IN[state], queue_id)


_HELD_IN: Mapping[TicketState, HolderKind] = {
    TicketState.RECEIVED: HolderKind.QUEUE,
    TicketState.CLASSIFIED: HolderKind.QUEUE,
    TicketState.NEEDS_TRIAGE: HolderKind.QUEUE,
    TicketState.QUEUED: HolderKind.QUEUE,
    TicketState.REOPENED: HolderKind.QUEUE,
    TicketState.ASSIGNED: HolderKind.AGENT,
    TicketState.IN_PROGRESS: HolderKind.AGENT,
    TicketState.WAITING_CUSTOMER: HolderKind.CUSTOMER,
    TicketState.WAITING_INTERNAL: HolderKind.AGENT,
    TicketState.WAITING_FIELD: HolderKind.FIELD,
    TicketState.RESOLVED: HolderKind.NOBODY,
    TicketState.CLOSED: HolderKind.NOBODY,
    TicketState.VOID: HolderKind.NOBODY,
}


def _fills(stretch: Stretch, left: timedelta) -> bool:
    end = stretch.ended_at
    return end is not None and between(stretch.calendar, stretch.began_at, end) >= left
