"""The people who could do a queue's work, as matching sees them: skills, presence, what they have in hand."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import HandlingClass, Language, Tier, Topic
from routing.effort import WEIGHT, Efforts
from routing.efforts import efforts_of
from routing.matching import MINUTE, Candidate, Presence
from routing.policy import FLUENT, SPOKEN

WEEK = 7
MIDNIGHT = time()
EVER = datetime(2000, 1, 1, tzinfo=UTC)
NOBODYS = Tier.BACK_OFFICE  # leads have no team; they count as specialists, so that routine work is not for them
MOST_KEPT = 8
Hand = tuple[HandlingClass | None, Topic | None, datetime]  # what somebody works on, and since when

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
# One question, because every answer of the database costs a wait: who may have changed, who is there, what they hold.
_AROUND = text("""
WITH them AS (SELECT DISTINCT agent_id FROM agent_queue WHERE queue_id = ANY(cast(:queue_ids AS text[])))
SELECT
    (SELECT current_database() || coalesce(
        md5(string_agg(agent_id::text || version || is_active, '' ORDER BY agent_id)), '') FROM agent) AS stamp,
    current_database() AS database,
    (SELECT sum(tickets) FROM effort) AS seen,
    (SELECT max(version) FROM policy) AS policy_version,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(agent_id, state, idle_since, topic)), '[]')
     FROM presence JOIN them USING (agent_id)) AS there,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(agent_id, handling_class, topic, since)), '[]') FROM (
        SELECT holder_id AS agent_id, handling_class, topic, held_since AS since
        FROM ticket JOIN them ON them.agent_id = ticket.holder_id WHERE state IN ('assigned', 'in_progress')
        UNION ALL SELECT o.agent_id, t.handling_class, t.topic, o.offered_at
        FROM offer o JOIN them USING (agent_id) JOIN ticket t USING (ticket_id)
        WHERE o.ended_at IS NULL AND t.state IN ('needs_triage', 'queued', 'reopened')
    ) AS each) AS hands,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(agent_id, ends_at)), '[]') FROM absence JOIN them USING (agent_id)
     WHERE begins_at <= :now AND ends_at > :now) AS away
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
    """The people of some queues at a moment, and what was known then."""

    people: tuple[Candidate, ...]
    names: Mapping[UUID, str]
    efforts: Efforts
    policy_version: int

    def find(self, agent_id: UUID) -> Candidate | None:
        """The one with this id, if they work any of the queues."""
        return next((one for one in self.people if one.agent_id == agent_id), None)


@dataclass
class _Now:
    """What changes all the time about somebody."""

    state: Presence = Presence.OFFLINE
    idle_since: datetime = EVER
    topic: Topic | None = None
    hands: list[Hand] = field(default_factory=list)
    away_until: datetime = EVER


async def crew_of(session: AsyncSession, queue_ids: Collection[str], now: datetime) -> Crew:
    """Everybody who works one of these queues, as they are now."""
    around = (await session.execute(_AROUND, {"queue_ids": sorted(queue_ids), "now": now})).one()
    efforts = await efforts_of(session, around.database, around.seen)
    wanted = set(queue_ids)
    members = [m for m in await _staff(session, around.stamp) if not wanted.isdisjoint(m.candidate.queue_ids)]
    lately: defaultdict[UUID, _Now] = defaultdict(_Now)
    for agent_id, state, idle_since, topic in around.there:
        seen = lately[UUID(agent_id)]
        seen.state, seen.idle_since, seen.topic = Presence(state), datetime.fromisoformat(idle_since), _topic(topic)
    for agent_id, kind, topic, since in around.hands:
        held_since = datetime.fromisoformat(since) if since else now
        lately[UUID(agent_id)].hands.append((_class(kind), _topic(topic), held_since))
    for agent_id, ends_at in around.away:
        lately[UUID(agent_id)].away_until = datetime.fromisoformat(ends_at)
    people = tuple(_as_now(member, lately[member.candidate.agent_id], efforts, now) for member in members)
    return Crew(people, {m.candidate.agent_id: m.name for m in members}, efforts, around.policy_version)


def _as_now(member: Member, seen: _Now, efforts: Efforts, now: datetime) -> Candidate:
    own = member.candidate  # spelled out, since `replace` takes three times as long and everybody is made anew
    return Candidate(
        agent_id=own.agent_id,
        presence=seen.state,
        tier=own.tier,
        queue_ids=own.queue_ids,
        cost_per_minute=own.cost_per_minute,
        capacity=own.capacity,
        used=sum(WEIGHT[kind] for kind, _, _ in seen.hands),
        idle_since=seen.idle_since,
        room_at=_room_at(member, seen, efforts, now),
        skills=own.skills,
        languages=own.languages,
        has_clearance=own.has_clearance,
        topic=seen.topic,
    )


def _room_at(member: Member, seen: _Now, efforts: Efforts, now: datetime) -> datetime | None:
    """When they are expected to have room: when something in hand is done, or when their next shift begins."""
    if seen.state in {Presence.AWAY, Presence.OFFLINE}:
        return member.begins(max(now, seen.away_until))
    tier = member.candidate.tier
    ends = [since + efforts.minutes(kind, topic)[tier] * MINUTE for kind, topic, since in seen.hands]
    return max(min(ends), now + MINUTE) if ends else None


async def staff(session: AsyncSession) -> Sequence[Member]:
    """Everybody who may work."""
    return await _staff(session, (await session.execute(_AROUND, {"queue_ids": [], "now": EVER})).one().stamp)


async def _staff(session: AsyncSession, stamp: str) -> Sequence[Member]:
    """The same, from memory while nothing about them was changed."""
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
