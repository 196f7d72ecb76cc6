"""How fast each queue goes, and where a ticket stands in it: what forecasts are made from."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from routing.calendars import between
from routing.clocks import Kind
from routing.forecasts import MINUTE, Pace
from routing.timetables import Timetable

WINDOW = timedelta(days=7)
MOST_AHEAD = 1000  # who has more before them has waited long anyhow
HOUR = timedelta(hours=1)

_TAKEN = text("""
SELECT queue_id, count(*) FROM assignment
WHERE began_at > :since AND queue_id = ANY(cast(:queue_ids AS text[])) GROUP BY queue_id
""")
# Nights are no work: what somebody held longer than four hours counts as four.
_WORKED = text("""
SELECT a.queue_id, count(*),
    sum(least(extract(epoch FROM coalesce(t.answered_at, a.ended_at) - a.began_at), 14400)) / 60,
    sum(least(extract(epoch FROM a.ended_at - a.began_at), 14400)) / 60
FROM assignment a JOIN ticket t ON t.ticket_id = a.ticket_id
WHERE a.ended_at > :since AND a.ended_by = 'resolve' AND a.queue_id = ANY(cast(:queue_ids AS text[]))
    AND coalesce(t.answered_at, a.ended_at) >= a.began_at
GROUP BY a.queue_id
""")
# The index of waiting tickets is read in its order, from each queue's start, so far as places matter.
_PLACES = text("""
SELECT place.ticket_id, place.n - 1
FROM unnest(cast(:queue_ids AS text[])) AS q (queue_id)
CROSS JOIN LATERAL (
    SELECT ticket_id, row_number() OVER (ORDER BY priority, due_at, submitted_at, ticket_id) AS n
    FROM (
        SELECT ticket_id, priority, due_at, submitted_at FROM ticket
        WHERE ticket.queue_id = q.queue_id AND ticket.state IN ('needs_triage', 'queued', 'reopened')
        ORDER BY priority, due_at, submitted_at, ticket_id LIMIT :most
    ) AS first
) AS place
""")
_ANSWERS_DUE = text("""
SELECT ticket_id, min(due_at) FROM internal_task
WHERE answered_at IS NULL AND ticket_id = ANY(cast(:ticket_ids AS uuid[])) GROUP BY ticket_id
""")

Paces = Mapping[tuple[str, bool], Pace]  # by queue, and whether it is about solving rather than answering


async def paces(session: AsyncSession, queue_ids: Collection[str], times: Timetable, now: datetime) -> Paces:
    """How each of these queues did in the last week, for answers and for solutions."""
    values = {"since": now - WINDOW, "queue_ids": sorted(queue_ids)}
    taken = {row[0]: row[1] for row in await session.execute(_TAKEN, values)}
    worked = {row[0]: row[1:] for row in await session.execute(_WORKED, values)}
    found = {}
    for queue_id in queue_ids:
        hours = between(times.of_queue(queue_id), now - WINDOW, now) / HOUR if taken.get(queue_id) else 0.0
        works, answering, solving = worked.get(queue_id, (0, 0, 0))
        for solves, minutes in ((False, answering), (True, solving)):
            found[queue_id, solves] = Pace(taken.get(queue_id, 0), hours, works, float(minutes))
    return found


async def places(session: AsyncSession, queue_ids: Collection[str]) -> Mapping[UUID, int]:
    """How many tickets go before each of the first thousand of these queues; who is not among them has more."""
    rows = await session.execute(_PLACES, {"queue_ids": sorted(queue_ids), "most": MOST_AHEAD})
    return {row[0]: row[1] for row in rows}


async def answers_due(session: AsyncSession, ticket_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When the next answer of a colleague is due, for those that wait for one."""
    rows = await session.execute(_ANSWERS_DUE, {"ticket_ids": list(ticket_ids)})
    return {row[0]: row[1] for row in rows}


def solves(kind: str) -> bool:
    """Whether a clock of this kind stops with the solution rather than with an answer."""
    return kind == Kind.RESOLUTION


__all__ = ["MINUTE", "MOST_AHEAD", "Paces", "answers_due", "paces", "places", "solves"]
