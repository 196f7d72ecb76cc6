"""The people who could do a queue's work, as matching sees them: skills, presence, what they have in hand."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import HandlingClass, Language, Tier, Topic
from routing.effort import WEIGHT, Efforts
from routing.matching import MINUTE, Candidate, Presence
from routing.policy import FLUENT, SPOKEN

WEEK = 7
MIDNIGHT = time()
EVER = datetime(2000, 1, 1, tzinfo=UTC)
NOBODYS = Tier.BACK_OFFICE  # leads have no team; they count as specialists, so that routine work is not for them
MOST_KEPT = 8

_STAMP = text("""
SELECT current_database() || coalesce(md5(string_agg(agent_id::text || version || is_active, '' ORDER BY agent_id)), '')
FROM agent
""")
_STAFF = text("""
SELECT a.agent_id, a.name, t.tier, a.cost_per_minute, a.capacity, a.has_clearance, a.zone,
    array(SELECT queue_id FROM agent_queue q WHERE q.agent_id = a.agent_id ORDER BY 1) AS queues,
    array(SELECT language FROM agent_language l WHERE l.agent_id = a.agent_id ORDER BY 1) AS speaks,
    (SELECT coalesce(jsonb_object_agg(skill_id, level), '{}')
     FROM agent_skill k WHERE k.agent_id = a.agent_id) AS skills,
    array(SELECT weekday || ' ' || begins FROM shift s WHERE s.agent_id = a.agent_id ORDER BY 1) AS shifts
FROM agent a LEFT JOIN team t ON t.team_id = a.team_id
WHERE a.is_active ORDER BY a.agent_id
""")
_THERE = text("""
SELECT agent_id, state, idle_since, topic FROM presence WHERE agent_id = ANY(cast(:ids AS uuid[]))
""")
_IN_HAND = text("""
SELECT holder_id, handling_class, topic, held_since FROM ticket
WHERE holder_id = ANY(cast(:ids AS uuid[])) AND state IN ('assigned', 'in_progress')
UNION ALL SELECT o.agent_id, t.handling_class, t.topic, o.offered_at FROM offer o JOIN ticket t USING (ticket_id)
WHERE o.ended_at IS NULL AND o.agent_id = ANY(cast(:ids AS uuid[]))
""")
_AWAY_UNTIL = text("""
SELECT agent_id, max(ends_at) FROM absence
WHERE begins_at <= :now AND ends_at > :now AND agent_id = ANY(cast(:ids AS uuid[])) GROUP BY agent_id
""")


@dataclass(frozen=True)
class Member:
    """What is written down about somebody, whether they are there or not."""

    name: str
    candidate: Candidate
    zone: ZoneInfo
    shifts: tuple[tuple[int, time], ...]  # weekday and beginning

    def begins(self, after: datetime) -> datetime | None:
        """When their next shift begins; None when they have no roster."""
        local = after.astimezone(self.zone)
        moments = [
            datetime.combine(local.date() + timedelta(days=(weekday - local.weekday()) % WEEK + week), at, self.zone)
            for weekday, at in self.shifts
            for week in (0, WEEK)
        ]
        return min((m.astimezone(UTC) for m in moments if m > after), default=None)


@dataclass(frozen=True)
class Crew:
    """The people of some queues at a moment."""

    people: tuple[Candidate, ...]
    names: Mapping[UUID, str]

    def of(self, queue_id: str) -> tuple[Candidate, ...]:
        """Those who work this queue."""
        return tuple(one for one in self.people if queue_id in one.queue_ids)

    def find(self, agent_id: UUID) -> Candidate | None:
        """The one with this id, if they work any of the queues."""
        return next((one for one in self.people if one.agent_id == agent_id), None)


async def crew_of(session: AsyncSession, queue_ids: Collection[str], efforts: Efforts, now: datetime) -> Crew:
    """Everybody who works one of these queues, as they are now."""
    wanted = set(queue_ids)
    members = [one for one in await staff(session) if not wanted.isdisjoint(one.candidate.queue_ids)]
    ids = {"ids": [one.candidate.agent_id for one in members]}
    there = {row.agent_id: row for row in await session.execute(_THERE, ids)}
    held: defaultdict[UUID, list[tuple[HandlingClass | None, Topic | None, datetime]]] = defaultdict(list)
    for row in await session.execute(_IN_HAND, ids):
        held[row.holder_id].append((_class(row.handling_class), _topic(row.topic), row.held_since or now))
    away = {row[0]: row[1] for row in await session.execute(_AWAY_UNTIL, ids | {"now": now})}
    people = []
    for member in members:
        one = member.candidate
        seen = there.get(one.agent_id)
        state = Presence(seen.state) if seen else Presence.OFFLINE
        hands = held.get(one.agent_id, ())
        people.append(
            replace(
                one,
                presence=state,
                used=sum(WEIGHT[kind] for kind, _, _ in hands),
                idle_since=seen.idle_since if seen else EVER,
                topic=_topic(seen.topic) if seen else None,
                room_at=_room_at(member, state, hands, efforts, away.get(one.agent_id, now), now),
            )
        )
    return Crew(tuple(people), {one.candidate.agent_id: one.name for one in members})


def _room_at(  # noqa: PLR0913, PLR0917 - all of it decides
    member: Member,
    state: Presence,
    hands: Sequence[tuple[HandlingClass | None, Topic | None, datetime]],
    efforts: Efforts,
    away_until: datetime,
    now: datetime,
) -> datetime | None:
    """When they are expected to have room: when something in hand is done, or when their next shift begins."""
    if state in {Presence.AWAY, Presence.OFFLINE}:
        return member.begins(max(now, away_until))
    tier = member.candidate.tier
    ends = [since + efforts.minutes(kind, topic)[tier] * MINUTE for kind, topic, since in hands]
    return max(min(ends), now + MINUTE) if ends else None


async def staff(session: AsyncSession) -> Sequence[Member]:
    """Everybody who may work, from memory while nothing about them was changed."""
    stamp = str(await session.scalar(_STAMP))
    if stamp not in _KEPT:
        rows = (await session.execute(_STAFF)).all()
        while len(_KEPT) >= MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[stamp] = tuple(_member(row) for row in rows)
    return _KEPT[stamp]


def _member(row: Row[Any]) -> Member:
    languages = tuple(Language(each) for each in row.speaks)
    spoken = {skill: FLUENT for skill, language in SPOKEN.items() if language in languages}
    candidate = Candidate(
        agent_id=row.agent_id,
        presence=Presence.OFFLINE,
        tier=Tier(row.tier) if row.tier else NOBODYS,
        queue_ids=tuple(row.queues),
        cost_per_minute=float(row.cost_per_minute),
        capacity=row.capacity,
        used=0.0,
        idle_since=EVER,
        skills={**spoken, **row.skills},
        languages=languages,
        has_clearance=row.has_clearance,
    )
    words = (each.split() for each in row.shifts)
    shifts = tuple((int(weekday), time.fromisoformat(begins)) for weekday, begins in words)
    return Member(row.name, candidate, ZoneInfo(row.zone), shifts)


def _class(value: str | None) -> HandlingClass | None:
    return HandlingClass(value) if value else None


def _topic(value: str | None) -> Topic | None:
    return Topic(value) if value else None


_KEPT: dict[str, tuple[Member, ...]] = {}
