"""A stretch of history as days to play: what came in and who was there stay, how long each thing takes is drawn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import default_rng

from common.vocabulary import HandlingClass, Tier
from routing.calendars import Calendar, Span
from routing.effort import Efforts
from routing.matching import Candidate, Presence
from routing.person import Person as Colleague
from routing.policy import FLUENT, SPOKEN, Facts
from routing.simulation.days import Arrival, Day, Person, SimulatedQueue

FEWEST_KNOWN = 8  # handling times of a class, before its own are drawn from rather than a curve
SPREAD = 0.6  # of the logarithm of handling times, where too few are known
EASIEST, HARDEST = 0.02, 20.0  # times what such work takes on average
FEWEST_TRIED = 20  # pieces of specialists' work in the front office, before its own share of success is believed
USUALLY_SOLVED = 0.35
DAYS_AHEAD = 14  # of the roster, for work that is left over


@dataclass(frozen=True, slots=True)
class PastTicket:
    """What is known of a ticket that came in: facts and figures, nobody's words."""

    at: datetime
    facts: Facts
    truly: HandlingClass  # as people judged it in the end
    minutes: float | None  # in somebody's hands; None when nobody finished it
    tier: Tier | None  # whose hands those were


@dataclass(frozen=True)
class Lived:
    """How the stretch really went, to hold the simulation against."""

    attainment: float | None  # of first answers; None when nothing was promised or all is still open
    cost_per_ticket: float | None  # of those that are done
    done: int


@dataclass(frozen=True)
class Stretch:
    """Everything that is read of a stretch of history."""

    tickets: Sequence[PastTicket]
    people: Sequence[Person]
    queues: Mapping[str, SimulatedQueue]
    office: Calendar
    calendars: Mapping[str, Calendar]  # of queues that keep another time than the office
    efforts: Efforts
    tried: int  # pieces of specialists' work that the front office worked on
    solved: int  # of those, without sending them on
    lived: Lived
    switching_minutes: float = 1.0


@dataclass(frozen=True)
class Away:
    """Somebody is not there."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Roster:
    """Who works, and when they do not although their week says so."""

    people: Mapping[UUID, Colleague]
    tiers: Mapping[str, Tier]  # of the teams
    away: Mapping[UUID, Sequence[Away]] = field(default_factory=dict)


def day_of(stretch: Stretch, seed: int) -> Day:
    """The stretch as a day to play; the same seed draws the same handling times.

    Each ticket takes what some ticket of its class took, compared with the average of such work: a policy is then
    judged by many days like these, and not by who happened to write a long letter.
    """
    chance = default_rng(seed)
    known = _difficulties(stretch)
    tickets = sorted(stretch.tickets, key=lambda each: each.at)
    arrivals = tuple(
        Arrival(
            number=number,
            at=ticket.at,
            facts=ticket.facts,
            truly=ticket.truly,
            difficulty=_drawn(known[ticket.truly], chance),
            chance=float(chance.random()),
        )
        for number, ticket in enumerate(tickets)
    )
    return Day(
        arrivals,
        stretch.people,
        stretch.queues,
        stretch.office,
        stretch.efforts,
        stretch.switching_minutes,
        front_office_solves=_solves(stretch),
        calendars=stretch.calendars,
    )


def people_of(roster: Roster, first: date, last: date) -> list[Person]:
    """Everybody on the roster who works a queue and has hours, from the first day until two weeks after the last."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1 + DAYS_AHEAD)]
    found = []
    for agent_id, colleague in sorted(roster.people.items()):
        spans = tuple(_there(colleague, days, roster.away.get(agent_id, ())))
        if colleague.is_active and colleague.queue_ids and spans:
            tier = roster.tiers.get(colleague.team_id or "", Tier.BACK_OFFICE)
            found.append(Person(_candidate(agent_id, colleague, tier, spans[0][0]), spans, pace=1.0))
    return found


def _difficulties(stretch: Stretch) -> Mapping[HandlingClass, Sequence[float]]:
    found: defaultdict[HandlingClass, list[float]] = defaultdict(list)
    for ticket in stretch.tickets:
        if ticket.minutes and ticket.tier:
            usual = stretch.efforts.minutes(ticket.truly, ticket.facts.topic)[ticket.tier]
            found[ticket.truly].append(min(max(ticket.minutes / usual, EASIEST), HARDEST))
    return found


def _drawn(known: Sequence[float], chance: np.random.Generator) -> float:
    if len(known) >= FEWEST_KNOWN:
        return known[int(chance.integers(len(known)))]
    return float(np.exp(SPREAD * chance.standard_normal() - SPREAD**2 / 2))


def _solves(stretch: Stretch) -> float:
    return stretch.solved / stretch.tried if stretch.tried >= FEWEST_TRIED else USUALLY_SOLVED


def _candidate(agent_id: UUID, colleague: Colleague, tier: Tier, comes_at: datetime) -> Candidate:
    """Somebody as matching sees them; in accelerated time everybody does one thing at a time."""
    spoken = {skill: FLUENT for skill, language in SPOKEN.items() if language in colleague.languages}
    return Candidate(
        agent_id=agent_id,
        presence=Presence.OFFLINE,
        tier=tier,
        queue_ids=tuple(sorted(colleague.queue_ids)),
        cost_per_minute=float(colleague.cost_per_minute),
        capacity=1.0,
        used=0.0,
        idle_since=comes_at,
        room_at=comes_at,
        skills={**spoken, **colleague.skills},
        languages=colleague.languages,
        has_clearance=colleague.has_clearance,
    )


def _there(colleague: Colleague, days: Iterable[date], away: Sequence[Away]) -> Iterator[Span]:
    zone = ZoneInfo(colleague.zone)
    for day in days:
        for block in sorted(each for each in colleague.week if each.weekday == day.weekday()):
            ends_on = day if block.ends > block.begins else day + timedelta(days=1)  # 00:00 is the end of the day
            begins = datetime.combine(day, block.begins, zone).astimezone(UTC)
            yield from _without(begins, datetime.combine(ends_on, block.ends, zone).astimezone(UTC), away)


def _without(begins: datetime, ends: datetime, away: Sequence[Away]) -> Iterator[Span]:
    """What is left of a span beside the absences."""
    for each in sorted(away, key=lambda each: each.begins_at):
        if each.ends_at <= begins or each.begins_at >= ends:
            continue
        if each.begins_at > begins:
            yield begins, each.begins_at
        begins = max(begins, each.ends_at)
    if begins < ends:
        yield begins, ends
