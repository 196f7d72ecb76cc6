"""Many waiting tickets to many agents at once: the assignment that costs least altogether."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from common.vocabulary import HandlingClass, Tier
from routing.matching import CENTS, MINUTE, Candidate, Need, Presence, Tariff, unfitness
from routing.pulling import MEAN_WAIT

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
NEVER = 1e7  # euro; more than anything costs, yet small enough to keep the cents
PRIORITY_STEP = 1e4  # euro; higher priority goes first whatever it costs
TIE_STEP = 1e-6  # euro; who waited less costs this little more
TIERS = tuple(Tier)


@dataclass(frozen=True, slots=True)
class Pair:
    """A ticket and who should do it."""

    ticket_id: UUID
    agent_id: UUID


@dataclass(frozen=True)
class _Crew:
    """The people as columns of numbers."""

    people: Sequence[Candidate]
    rates: Numbers
    room: Numbers  # units; negative for who is not there
    soonest: Numbers  # minutes until room is expected

    @classmethod
    def of(cls, people: Sequence[Candidate], now: datetime) -> "_Crew":
        return cls(
            people,
            np.array([one.cost_per_minute for one in people]),
            np.array([one.capacity - one.used if one.presence is Presence.AVAILABLE else -1.0 for one in people]),
            np.array([(one.room_at - now) / MINUTE if one.room_at else np.inf for one in people]),
        )

    def before(self, qualified: Flags) -> tuple[Numbers, Numbers]:
        """For each person the most room, and the soonest, of those who are qualified and strictly cheaper."""
        order = np.argsort(self.rates, kind="stable")
        most = np.maximum.accumulate(np.where(qualified, self.room, -1.0)[order])
        soonest = np.minimum.accumulate(np.where(qualified, self.soonest, np.inf)[order])
        cheaper = np.searchsorted(self.rates[order], self.rates, side="left")
        return np.append(-1.0, most)[cheaper], np.append(np.inf, soonest)[cheaper]


def rematch(needs: Sequence[Need], crew: Sequence[Candidate], now: datetime, tariff: Tariff) -> tuple[Pair, ...]:
    """Who should do what, at the least cost altogether; nobody gets more than there is room for.

    In rounds of one ticket each while somebody has room. What is in no pair waits on. Ties go to who waited longest.
    """
    pairs: list[Pair] = []
    waiting, people = list(needs), list(crew)
    while waiting and (found := _round(waiting, people, now, tariff)):
        for row, column in found:
            pairs.append(Pair(waiting[row].ticket_id, people[column].agent_id))
            people[column] = with_more(people[column], waiting[row], now)
        taken = {row for row, _ in found}
        waiting = [need for row, need in enumerate(waiting) if row not in taken]
    return tuple(pairs)


def with_more(one: Candidate, need: Need, now: datetime) -> Candidate:
    """Somebody who has this in hand too; when it fills their hands, they have room again once it is done."""
    done_at = now + timedelta(minutes=need.minutes[one.tier])
    room_at = min(one.room_at or done_at, done_at)
    return replace(one, used=one.used + need.weight, topic=need.topic, room_at=room_at)


def _round(needs: Sequence[Need], people: Sequence[Candidate], now: datetime, tariff: Tariff) -> list[tuple[int, int]]:
    """At most one ticket for each person who has room, as (row, column)."""
    crew = _Crew.of(people, now)
    free = np.flatnonzero(crew.room > 0)
    if not free.size:
        return []
    allowed = _allowed(needs, crew, now)[:, free]
    euro = np.where(allowed, _costs(needs, [people[int(column)] for column in free], now, tariff), NEVER)
    rows, columns = linear_sum_assignment(euro)
    return [(int(r), int(free[c])) for r, c in zip(rows, columns, strict=True) if allowed[r, c]]


def _allowed(needs: Sequence[Need], crew: _Crew, now: datetime) -> Flags:
    """Who may do what now: fit, there, with room, and no specialist on what somebody cheaper has time for."""
    allowed = np.zeros((len(needs), len(crew.people)), dtype=bool)
    is_specialist = np.array([one.tier is not Tier.FRONT_OFFICE for one in crew.people])
    for rows, qualified in _alike(needs, crew.people, now):
        weights = np.array([needs[row].weight for row in rows])[:, None]
        allowed[rows] = qualified & (weights <= crew.room)
        if needs[rows[0]].handling_class is HandlingClass.ROUTINE:
            due = np.array([(needs[row].due_at - now) / MINUTE for row in rows])[:, None]
            most, soonest = crew.before(qualified)
            allowed[rows] &= ~(is_specialist & ((weights <= most) | (soonest < due)))
    return allowed


def _alike(needs: Sequence[Need], people: Sequence[Candidate], now: datetime) -> Iterator[tuple[list[int], Flags]]:
    """The rows that ask the same of people, and which of the people may do those."""
    groups: defaultdict[object, list[int]] = defaultdict(list)
    for row, need in enumerate(needs):
        held_out = tuple(sorted(skill for skill, until in need.optional_skills.items() if now < until))
        asked = tuple(sorted(need.skills.items())), held_out, need.declined_by
        groups[need.queue_id, need.sensitivity, need.language, need.handling_class, asked].append(row)
    for rows in groups.values():
        first = needs[rows[0]]
        yield rows, np.array([unfitness(first, one, now) is None for one in people])


def _costs(needs: Sequence[Need], people: Sequence[Candidate], now: datetime, tariff: Tariff) -> Numbers:
    """What each would cost in each one's hands, less what its waiting on would cost: what hurries most goes first."""
    left = np.array([(need.due_at - now) / MINUTE for need in needs])[:, None]
    broken = np.array([tariff.broken_promise[need.priority - 1] for need in needs])[:, None]
    priority = np.array([need.priority for need in needs])[:, None]
    by_tier = np.array([[need.minutes[tier] for tier in TIERS] for need in needs])
    minutes = by_tier[:, [TIERS.index(one.tier) for one in people]]
    switching = np.where(_switches(needs, people), tariff.switching_minutes, 0.0)
    rates = np.array([one.cost_per_minute for one in people])
    euro = rates * (minutes + switching)
    euro += broken * (_risk(left, minutes) - _risk(left - MEAN_WAIT / MINUTE, minutes))
    places = {at: place for place, at in enumerate(sorted({one.idle_since for one in people}))}
    tie = np.array([places[one.idle_since] for one in people])
    total: Numbers = np.round(euro, CENTS) + PRIORITY_STEP * priority + TIE_STEP * tie
    return total


def _switches(needs: Sequence[Need], people: Sequence[Candidate]) -> Flags:
    numbers = {topic: n for n, topic in enumerate({need.topic for need in needs})}
    of_needs = np.array([numbers[need.topic] for need in needs])[:, None]
    last = np.array([numbers.get(one.topic, -1) for one in people])
    switches: Flags = np.array([one.topic is not None for one in people]) & (of_needs != last)
    return switches


def _risk(left: Numbers, minutes: Numbers) -> Numbers:
    return np.where(left > 0, np.exp(-np.maximum(left, 0) / minutes), 1.0)
