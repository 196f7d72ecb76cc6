"""The front office as a filter, measured: what it settled, what it sent on, and how often either was wrong."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Topic
from routing.calendars import Calendar, between
from routing.tables import Team

BACK_WITHIN = timedelta(hours=8)  # of working time: an escalation that comes back sooner was wrong
COMPLAINT_WITHIN = timedelta(days=14)


class Dimension(StrEnum):
    """What the figures are told apart by."""

    TOPIC = "topic"
    TEAM = "team"
    PARTNER = "partner"


@dataclass(frozen=True)
class Cell:
    """The outcomes of one topic in one team: kept is settled by the front office, escalated is sent on by it."""

    topic: Topic | None
    team: str
    partner: str | None
    kept: int = 0
    wrongly_kept: int = 0
    escalated: int = 0
    wrongly_escalated: int = 0


@dataclass(frozen=True)
class Share:
    """The same added up over one value of a dimension."""

    name: str  # a topic, a team's id, a partner's name; empty for none
    kept: int
    wrongly_kept: int
    escalated: int
    wrongly_escalated: int

    @property
    def settled(self) -> float | None:
        """The share that the front office settled; None when nothing came through."""
        return _part(self.kept, self.kept + self.escalated)

    @property
    def kept_in_error(self) -> float | None:
        """The share of what it settled that it should not have."""
        return _part(self.wrongly_kept, self.kept)

    @property
    def escalated_in_error(self) -> float | None:
        """The share of what it sent on that came straight back."""
        return _part(self.wrongly_escalated, self.escalated)


@dataclass(frozen=True)
class Period:
    """From a moment on, until before another."""

    since: datetime
    until: datetime


# What the front office settled, each ticket once, and whether it came back or was complained about.
_KEPT = text("""
WITH settled AS (
    SELECT DISTINCT ON (a.ticket_id) a.ticket_id, a.queue_id, a.ended_at
    FROM assignment a JOIN queue q USING (queue_id)
    WHERE a.ended_by = 'resolve' AND a.ended_at >= :since AND a.ended_at < :until AND q.tier = 'front_office'
    ORDER BY a.ticket_id, a.ended_at
)
SELECT t.topic, q.team_id, q.partner, count(*) AS tickets, count(*) FILTER (WHERE
    EXISTS (SELECT FROM audit x WHERE x.ticket_id = s.ticket_id AND x.acted_at > s.ended_at
        AND x.after ->> 'state' = 'reopened')
    OR EXISTS (SELECT FROM feedback f WHERE f.ticket_id = s.ticket_id AND f.given_at > s.ended_at
        AND (f.score <= 2 OR f.is_solved IS FALSE))
    OR EXISTS (SELECT FROM ticket later WHERE later.person_id = t.person_id AND later.ticket_id <> t.ticket_id
        AND later.task_type = 'complaint' AND later.submitted_at > s.ended_at
        AND later.submitted_at < s.ended_at + cast(:complaint_within AS interval))
) AS wrong
FROM settled s JOIN ticket t USING (ticket_id) JOIN queue q ON q.queue_id = s.queue_id
GROUP BY 1, 2, 3
""")

# What the front office sent on, and when it came back first, if ever.
_ESCALATED = text("""
SELECT t.topic, q.team_id, q.partner, e.ended_at AS escalated_at, back.queue_id AS back_from, back.ended_at AS back_at
FROM assignment e JOIN queue q USING (queue_id) JOIN ticket t ON t.ticket_id = e.ticket_id
LEFT JOIN LATERAL (
    SELECT r.queue_id, r.ended_at FROM assignment r
    WHERE r.ticket_id = e.ticket_id AND r.ended_by = 'return' AND r.ended_at > e.ended_at
    ORDER BY r.ended_at LIMIT 1
) AS back ON true
WHERE e.ended_by = 'escalate' AND e.ended_at >= :since AND e.ended_at < :until AND q.tier = 'front_office'
""")


async def outcomes(session: AsyncSession, period: Period, calendar_of: Callable[[str], Calendar]) -> Sequence[Cell]:
    """What came of the front office's work in that time, by topic, team and partner; the most tickets first.

    `calendar_of` gives the working hours of a queue: those in which a return counts.
    """
    found: defaultdict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    given = {"since": period.since, "until": period.until}
    for row in await session.execute(_KEPT, {**given, "complaint_within": COMPLAINT_WITHIN}):
        counts = found[row.topic, row.team_id, row.partner]
        counts["kept"], counts["wrongly_kept"] = row.tickets, row.wrong
    for row in await session.execute(_ESCALATED, given):
        counts = found[row.topic, row.team_id, row.partner]
        counts["escalated"] += 1
        is_wrong = row.back_at is not None and came_straight_back(
            calendar_of(row.back_from), row.escalated_at, row.back_at
        )
        counts["wrongly_escalated"] += is_wrong
    cells = [
        Cell(Topic(topic) if topic else None, team, partner, **counts)
        for (topic, team, partner), counts in found.items()
    ]
    return sorted(cells, key=lambda cell: (-cell.kept - cell.escalated, cell.topic or "", cell.team))


def came_straight_back(calendar: Calendar, escalated_at: datetime, back_at: datetime) -> bool:
    """Whether an escalation was returned within eight working hours, the eighth included."""
    return between(calendar, escalated_at, back_at) <= BACK_WITHIN


def added_up(cells: Iterable[Cell], by: Dimension) -> list[Share]:
    """The cells added up by one dimension, the most tickets first."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for cell in cells:
        name = getattr(cell, by) or ""
        counts = (cell.kept, cell.wrongly_kept, cell.escalated, cell.wrongly_escalated)
        sums[name] = [before + more for before, more in zip(sums[name], counts, strict=True)]
    shares = [Share(name, *counts) for name, counts in sums.items()]
    return sorted(shares, key=lambda share: (-share.kept - share.escalated, share.name))


def total(cells: Iterable[Cell]) -> Share:
    """All cells added up."""
    cells = list(cells)
    counts = ("kept", "wrongly_kept", "escalated", "wrongly_escalated")
    return Share("", *(sum(getattr(cell, name) for cell in cells) for name in counts))


def _part(some: int, of: int) -> float | None:
    return some / of if of else None


async def team_names(session: AsyncSession) -> dict[str, str]:
    """What each team is called."""
    return {team.team_id: team.name for team in await session.scalars(select(Team))}
