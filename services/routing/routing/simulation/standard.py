"""The standard day: a generated working day of a mid-sized utility, the same for the same seed."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator, default_rng

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, Tier, Topic
from routing.calendars import Calendar, Span, is_open, office
from routing.effort import Cell, Efforts, Seen, learned
from routing.matching import Candidate, Presence
from routing.policy import Facts
from routing.simulation.days import Arrival, Day, Person, SimulatedQueue

T = TypeVar("T")

ZONE = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 3, 2, tzinfo=ZONE)
DAYS_AHEAD = 14  # of the roster, for work that is left over
ROUTINE, SPECIALIST, TECHNICAL = HandlingClass.ROUTINE, HandlingClass.SPECIALIST, HandlingClass.TECHNICAL
FRONT, BACK, FIELD = Tier.FRONT_OFFICE, Tier.BACK_OFFICE, Tier.FIELD

# How many of a hundred tickets come in each hour of the day: a fifth comes while the office is closed.
CURVE = (0.5, 0.3, 0.2, 0.2, 0.2, 0.4, 1.0, 2.4, 6.6, 10.2, 10.6, 9.0, 6.4, 7.6, 8.8, 8.4, 7.4, 5.6, 3.4, 3.0, 3.0, 2.6)
MIX = ((ROUTINE, 0.68), (SPECIALIST, 0.19), (TECHNICAL, 0.13))
ABSTAINED = 0.06  # of the tickets, whatever they are
URGENT = {ROUTINE: 0.03, SPECIALIST: 0.05, TECHNICAL: 0.2}
CONFIDENTIAL = {ROUTINE: 0.02, SPECIALIST: 0.2, TECHNICAL: 0.01}
LANGUAGES = ((Language.NL, 0.72), (Language.FR, 0.14), (Language.EN, 0.09), (Language.DE, 0.05))
CHANNELS = ((Channel.WEB, 0.55), (Channel.EMAIL, 0.35), (Channel.API, 0.1))
TOPICS = {
    ROUTINE: (Topic.BILLING, Topic.ADDRESS_MOVE, Topic.INFORMATION, Topic.ACCOUNT, Topic.ORDER, Topic.APPOINTMENT),
    SPECIALIST: (Topic.DEBT_COLLECTION, Topic.CONTRACT, Topic.DAMAGE_CLAIM, Topic.COMPLAINT_SERVICE),
    TECHNICAL: (Topic.OUTAGE, Topic.REPAIR, Topic.INSTALLATION),
}
TASK_TYPES = {ROUTINE: TaskType.ORDER_CHANGE, SPECIALIST: TaskType.COMPLAINT, TECHNICAL: TaskType.FAULT}
MINUTES = {  # that work takes on average; technical work is here what the field's own desk does about it
    ROUTINE: {FRONT: 3.2, BACK: 3.2, FIELD: 4.0},
    SPECIALIST: {FRONT: 12.0, BACK: 8.0, FIELD: 12.0},
    TECHNICAL: {FRONT: 8.0, BACK: 8.0, FIELD: 5.0},
}
SWITCHING_MINUTES = 1.0  # to get into another topic, in truth and as matching thinks
SPREAD = 0.6  # of the logarithm of handling times
RATES = {FRONT: 0.50, BACK: 0.95, FIELD: 0.80}  # euro a minute
SHARES = ((BACK, 0.3), (FIELD, 0.13))  # of the people; the rest is front office
WORKS = {
    FRONT: ("front-office", "partner", "triage"),
    BACK: ("back-office", "front-office", "triage"),
    FIELD: ("field",),
}
QUEUES = {
    queue.queue_id: queue
    for queue in (
        SimulatedQueue("front-office", FRONT),
        SimulatedQueue("triage", FRONT),
        SimulatedQueue("back-office", BACK),
        SimulatedQueue("field", FIELD),
        SimulatedQueue("partner", FRONT, "Contactpunt"),
    )
}
SHIFTS = (  # begins, lunch, ends: eight and a half hours with half an hour of lunch, spread over the office's day
    (time(8), time(12), time(16, 30)),
    (time(8), time(12, 30), time(16, 30)),
    (time(8, 30), time(12), time(17)),
    (time(9), time(12, 30), time(17, 30)),
    (time(9, 30), time(13), time(18)),
)
LUNCH = timedelta(minutes=30)


def standard_day(tickets: int, agents: int, seed: int, skills: Sequence[str] = ()) -> Day:
    """So many tickets and so many people; half of the people have each of these skills."""
    chance = default_rng(seed)
    calendar = office()
    tiers = [_tier(number, agents) for number in range(agents)]
    people = tuple(
        _person(number, tier, chance, skills, is_first=tiers.index(tier) == number) for number, tier in enumerate(tiers)
    )
    moments = sorted(_moment(hour, at) for hour, at in _hours(chance, tickets))
    arrivals = tuple(_arrival(number, at, calendar, chance) for number, at in enumerate(moments))
    return Day(arrivals, people, QUEUES, calendar, _efforts(), SWITCHING_MINUTES)


def _hours(chance: Generator, tickets: int) -> list[tuple[int, float]]:
    weights = np.array([*CURVE, *[0.0] * (24 - len(CURVE))])
    hours = chance.choice(24, tickets, p=weights / weights.sum())
    return [(int(hour), float(at)) for hour, at in zip(hours, chance.random(tickets), strict=True)]


def _moment(hour: int, at: float) -> datetime:
    return (MONDAY + timedelta(hours=hour, seconds=round(at * 3600, 3))).astimezone(UTC)


def _arrival(number: int, at: datetime, calendar: Calendar, chance: Generator) -> Arrival:
    truly = _one_of(MIX, chance)
    draws = chance.random(6)
    abstained = draws[0] < ABSTAINED
    facts = Facts(
        handling_class=None if abstained else truly,
        topic=TOPICS[truly][int(draws[1] * len(TOPICS[truly]))],
        task_type=TASK_TYPES[truly],
        language=_one_of(LANGUAGES, chance),
        channel=_one_of(CHANNELS, chance),
        sensitivity=Sensitivity.CONFIDENTIAL if draws[2] < CONFIDENTIAL[truly] else Sensitivity.NORMAL,
        is_urgent=bool(draws[3] < URGENT[truly]),
        confidence=round(0.4 if abstained else 0.6 + 0.4 * float(draws[4]), 3),
        postcode=f"{int(chance.integers(1000, 10000))} AB",
        is_open=is_open(calendar, at),
        hour=at.astimezone(ZONE).hour,
    )
    difficulty = float(np.exp(SPREAD * chance.standard_normal() - SPREAD**2 / 2))
    return Arrival(number, at, facts, truly, difficulty, float(draws[5]))


def _person(number: int, tier: Tier, chance: Generator, skills: Sequence[str], *, is_first: bool) -> Person:
    """Somebody on the roster; the first of each office can help everybody, so that nothing is nobody's."""
    learned = {language for language in Language if chance.random() < 0.45}  # noqa: PLR2004
    spoken = set(Language) if is_first else {Language.NL} | learned
    has = {skill: int(chance.integers(1, 4)) for skill in skills if chance.random() < 0.5}  # noqa: PLR2004
    spans = _spans(SHIFTS[number % len(SHIFTS)])
    candidate = Candidate(
        agent_id=UUID(int=number + 1),
        presence=Presence.OFFLINE,
        tier=tier,
        queue_ids=WORKS[tier],
        cost_per_minute=RATES[tier],
        capacity=1.0,
        used=0.0,
        idle_since=spans[0][0],
        room_at=spans[0][0],
        skills=has,
        languages=tuple(sorted(spoken)),
        has_clearance=is_first or bool(number % 4),
    )
    return Person(candidate, spans, float(np.clip(chance.normal(1.0, 0.12), 0.7, 1.4)))


def _tier(number: int, agents: int) -> Tier:
    """Spread evenly over the numbers; every tier has somebody when there are people enough."""
    place = (number + 0.5) / agents
    for tier, share in SHARES:
        if place < max(share, 1 / agents):
            return tier
        place -= max(share, 1 / agents)
    return FRONT


def _spans(shift: tuple[time, time, time]) -> tuple[Span, ...]:
    begins, lunch, ends = shift
    after = (datetime.combine(MONDAY, lunch) + LUNCH).time()
    block = ((begins, lunch), (after, ends))
    calendar = Calendar("shift", ZONE, (block, block, block, block, block, (), ()), "NL")
    days = [MONDAY.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return tuple(
        (datetime.combine(day, opens, ZONE).astimezone(UTC), datetime.combine(day, closes, ZONE).astimezone(UTC))
        for day in days
        for opens, closes in calendar.blocks(day)
    )


def _efforts() -> Efforts:
    """What a Loket that has run for months has learned: the true means."""
    seen: dict[Cell, Seen] = {}
    for handling_class, by_tier in MINUTES.items():
        for topic in Topic:
            seen |= {(handling_class, topic, tier): Seen(1e6, 1e6 * minutes) for tier, minutes in by_tier.items()}
    return learned(seen)


def _one_of(choices: Sequence[tuple[T, float]], chance: Generator) -> T:
    draw = chance.random()
    for choice, share in choices:
        draw -= share
        if draw < 0:
            return choice
    return choices[-1][0]
