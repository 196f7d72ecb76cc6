"""Who should do a piece of work: the present agent who fits and costs least, with why each of the others was not it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import exp
from uuid import UUID

from common.vocabulary import HandlingClass, Language, Sensitivity, Tier, Topic

MINUTE = timedelta(minutes=1)
CENTS = 2  # costs that are equal to the cent are a tie


class Presence(StrEnum):
    """Whether somebody takes work now."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


class Why(StrEnum):
    """Why a candidate was or was not chosen; those that make somebody unfit come first, in the order they are asked."""

    OTHER_QUEUE = "other_queue"
    NO_CLEARANCE = "no_clearance"
    LACKS_SKILL = "lacks_skill"
    LACKS_LANGUAGE = "lacks_language"
    DECLINED = "declined"
    ABSENT = "absent"
    NO_ROOM = "no_room"
    CHEAPER_HAS_ROOM = "cheaper_has_room"  # the hard rule
    CHEAPER_WILL_HAVE_ROOM = "cheaper_will_have_room"  # the hard rule too
    COSTS_MORE = "costs_more"
    WAITED_LESS = "waited_less"
    DID_NOT_ASK = "did_not_ask"  # pulled queues give work to who asks for it
    OTHER_WORK = "other_work"  # all together is cheaper when they do something else
    CHOSEN = "chosen"


Costs = dict[tuple[Tier, float, Topic | None], tuple[float, float]]  # what alike people cost, worked out once

UNFIT = frozenset({Why.OTHER_QUEUE, Why.NO_CLEARANCE, Why.LACKS_SKILL, Why.LACKS_LANGUAGE, Why.DECLINED})


@dataclass(frozen=True, slots=True)
class Tariff:
    """What things cost beside somebody's time, in euro and minutes."""

    broken_promise: tuple[float, ...] = (60.0, 30.0, 15.0, 8.0, 4.0)  # by priority, 1 first
    switching_minutes: float = 1.5  # to get into another topic


@dataclass(frozen=True, slots=True)
class Need:
    """A ticket as matching sees it."""

    ticket_id: UUID
    queue_id: str
    priority: int
    handling_class: HandlingClass | None
    topic: Topic | None
    language: Language
    sensitivity: Sensitivity
    due_at: datetime
    waiting_since: datetime
    minutes: Mapping[Tier, float]  # expected, by who does it
    weight: float = 1.0  # capacity units
    skills: Mapping[str, int] = field(default_factory=dict)  # skill → least level
    optional_skills: Mapping[str, datetime] = field(default_factory=dict)  # skill → until when to hold out for it
    declined_by: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent as matching sees them."""

    agent_id: UUID
    presence: Presence
    tier: Tier
    queue_ids: tuple[str, ...]
    cost_per_minute: float  # euro
    capacity: float  # units
    used: float  # units in hand
    idle_since: datetime
    room_at: datetime | None = None  # when room is expected for who has none now; None: nobody knows
    skills: Mapping[str, int] = field(default_factory=dict)  # skill → level
    languages: tuple[Language, ...] = ()  # none written down: any
    has_clearance: bool = False
    topic: Topic | None = None  # what they worked on last


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one candidate; the cost is given for those who could have done it now."""

    agent_id: UUID
    why: Why
    detail: str = ""  # the skill or language that lacks, or who is cheaper
    cost: float | None = None  # euro: time, risk of the promise, switching
    risk: float | None = None  # probability that the promise breaks in these hands


@dataclass(frozen=True, slots=True)
class Match:
    """Who gets it, if anybody, and what became of everybody."""

    chosen: UUID | None
    judged: tuple[Judged, ...]


def match(need: Need, crew: Sequence[Candidate], now: datetime, tariff: Tariff) -> Match:
    """The present agent who fits, has room, and costs least; ties go to who has waited longest, then the lowest id.

    Nobody fits: nobody is chosen, and everybody's reason says why.
    """
    judged = judge(need, crew, now, tariff)
    could = [(each, one) for each, one in zip(judged, crew, strict=True) if each.cost is not None]
    if not could:
        return Match(None, judged)
    best, _ = min(could, key=lambda pair: (pair[0].cost, pair[1].idle_since, pair[0].agent_id))
    return Match(best.agent_id, tuple(_compared(each, best) for each in judged))


def judge(need: Need, crew: Sequence[Candidate], now: datetime, tariff: Tariff) -> tuple[Judged, ...]:
    """What stands against each candidate, or what this work would cost in their hands (`COSTS_MORE`, not compared)."""
    unfit = [unfitness(need, one, now) for one in crew]
    qualified = [one for one, reason in zip(crew, unfit, strict=True) if reason is None]
    costs: Costs = {}
    return tuple(
        Judged(one.agent_id, *reason) if reason else _judged(need, one, qualified, now, tariff, costs)
        for one, reason in zip(crew, unfit, strict=True)
    )


def unfitness(need: Need, one: Candidate, now: datetime) -> tuple[Why, str] | None:
    """Why this person may never do this work, whether there or not; None when they may."""
    if need.queue_id not in one.queue_ids:
        return Why.OTHER_QUEUE, ""
    if need.sensitivity is Sensitivity.CONFIDENTIAL and not one.has_clearance:
        return Why.NO_CLEARANCE, ""
    if (need.skills or need.optional_skills) and (lacking := _lacking(need, one, now)):
        return Why.LACKS_SKILL, lacking
    if one.languages and need.language not in one.languages:
        return Why.LACKS_LANGUAGE, need.language.value
    return (Why.DECLINED, "") if one.agent_id in need.declined_by else None


def _lacking(need: Need, one: Candidate, now: datetime) -> str | None:
    """The first skill they lack: required, or optional and still held out for."""
    required = (skill for skill, level in need.skills.items() if one.skills.get(skill, 0) < level)
    hoped_for = (skill for skill, until in need.optional_skills.items() if now < until and skill not in one.skills)
    return next(required, None) or next(hoped_for, None)


def has_room(need: Need, one: Candidate) -> bool:
    """Whether they are there and can take this on now."""
    return one.presence is Presence.AVAILABLE and one.used + need.weight <= one.capacity


def cheaper_person(
    need: Need, one: Candidate, qualified: Iterable[Candidate], now: datetime
) -> tuple[Candidate, datetime] | None:
    """Who keeps routine work from a specialist, and when they have room: the first who has it before the promise.

    None when the work is not routine, this is no specialist, or no qualified cheaper person has room in time.
    """
    if need.handling_class is not HandlingClass.ROUTINE or one.tier is Tier.FRONT_OFFICE:
        return None
    first: tuple[Candidate, datetime] | None = None
    for other in qualified:
        if other.cost_per_minute >= one.cost_per_minute:
            continue
        if has_room(need, other):
            return other, now
        at = other.room_at
        if at is not None and at < need.due_at and (first is None or at < first[1]):
            first = other, at
    return first


def risk(need: Need, minutes: float, now: datetime) -> float:
    """How probable it is that the promise breaks when somebody begins now and needs so many minutes on average.

    Handling times are taken to be exponential: many are short, some are very long.
    """
    left = (need.due_at - now) / MINUTE
    return exp(-left / minutes) if left > 0 else 1.0


def cost(need: Need, one: Candidate, now: datetime, tariff: Tariff) -> tuple[float, float]:
    """Euro that this work costs in these hands when it begins now, and the risk to its promise that is in it."""
    minutes = need.minutes[one.tier]
    broken = risk(need, minutes, now)
    switching = 0.0 if one.topic is None or one.topic is need.topic else tariff.switching_minutes
    euro = one.cost_per_minute * (minutes + switching) + tariff.broken_promise[need.priority - 1] * broken
    return round(euro, CENTS), round(broken, 4)


def _judged(  # noqa: PLR0913, PLR0917 - one of many, each with the same around it
    need: Need, one: Candidate, qualified: Sequence[Candidate], now: datetime, tariff: Tariff, costs: Costs
) -> Judged:
    if one.presence is not Presence.AVAILABLE:
        return Judged(one.agent_id, Why.ABSENT, one.presence.value)
    if one.used + need.weight > one.capacity:
        return Judged(one.agent_id, Why.NO_ROOM)
    if cheaper := cheaper_person(need, one, qualified, now):
        other, at = cheaper
        why = Why.CHEAPER_HAS_ROOM if at <= now else Why.CHEAPER_WILL_HAVE_ROOM
        return Judged(one.agent_id, why, str(other.agent_id))
    kind = one.tier, one.cost_per_minute, one.topic
    if kind not in costs:
        costs[kind] = cost(need, one, now, tariff)
    euro, broken = costs[kind]
    return Judged(one.agent_id, Why.COSTS_MORE, cost=euro, risk=broken)


def _compared(each: Judged, best: Judged) -> Judged:
    if each.cost is None:
        return each
    if each.agent_id == best.agent_id:
        why = Why.CHOSEN
    else:
        why = Why.WAITED_LESS if each.cost == best.cost else Why.COSTS_MORE
    return Judged(each.agent_id, why, each.detail, each.cost, each.risk)
