"""A ticket's time explained: who held it how long, and what each clock made of it for both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import TicketState
from routing.calendars import ALWAYS
from routing.clocks import NONE, HolderKind, Part, Stretch, clipped, shares
from routing.stretches import stretches_of
from routing.tables import Clock, Ticket
from routing.timetables import timetable

AT_REST = frozenset({TicketState.RESOLVED, TicketState.CLOSED, TicketState.VOID})


@dataclass(frozen=True)
class Run:
    """One clock: open time that ran, time that stood still, and all of it as the customer lived it."""

    kind: str
    state: str
    queue_id: str
    due_at: datetime
    stopped_at: datetime | None
    allowed: timedelta
    ran: timedelta
    paused: timedelta
    elapsed: timedelta  # since the clock began

    @property
    def gap(self) -> timedelta:
        """How much longer it was for the customer than for the supplier."""
        return self.elapsed - self.ran


@dataclass(frozen=True)
class Lifetime:
    """A ticket from its first word until it was done, or until now."""

    since: datetime
    until: datetime
    parts: Sequence[Part]
    runs: Sequence[Run]

    @property
    def elapsed(self) -> timedelta:
        """What all parts add up to."""
        return self.until - self.since


async def lifetime(session: AsyncSession, ticket: Ticket, clocks: Sequence[Clock], now: datetime) -> Lifetime:
    """The ticket's time, each holder's part of it, and its clocks but those that were dropped."""
    lived = (await stretches_of(session, [ticket], await timetable(session)))[ticket.ticket_id]
    if ticket.state in AT_REST:
        lived = lived[:-1] or lived
    until = lived[-1].ended_at or max(now, lived[-1].began_at)
    runs = [_run(clock, lived, until) for clock in clocks if clock.state != "dropped"]
    return Lifetime(lived[0].began_at, until, shares(lived, until), runs)


def _run(clock: Clock, lived: Sequence[Stretch], until: datetime) -> Run:
    end = clock.stopped_at or until
    own = clipped(lived, clock.started_at, end)
    if clock.calendar == ALWAYS.name:
        own = [replace(stretch, calendar=ALWAYS) for stretch in own]
    parts = shares(own, end)
    still = [part for part in parts if part.holder.stops_the_clock and clock.task_id is None]
    paused = sum((part.elapsed for part in still), NONE)
    opened = sum((part.opened for part in parts), NONE) - sum((part.opened for part in still), NONE)
    return Run(
        kind=clock.kind,
        state=clock.state,
        queue_id=clock.queue_id,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        allowed=clock.allowed,
        ran=clock.spent if clock.stopped_at else opened,
        paused=paused,
        elapsed=max(end - clock.started_at, NONE),
    )


def held(parts: Sequence[Part], kind: HolderKind) -> timedelta:
    """How long holders of this kind held it altogether."""
    return sum((part.elapsed for part in parts if part.holder.kind is kind), NONE)
