"""What waits in queues as matching sees it, read once for everybody who asks at the same moment."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import HandlingClass, Language, Sensitivity, TicketState, Tier, Topic
from routing.effort import WEIGHT, Efforts
from routing.matching import Need
from routing.tables import Ticket

Asks = tuple[Collection[str], bool]  # somebody's queues, and whether confidential work is for them

# Best first from each queue's own stretches of the index: all of it, and what is not routine, which is for specialists.
_WAITING = text("""
SELECT best.*, queue.tier
FROM unnest(cast(:queue_ids AS text[]), cast(:cleared AS boolean[])) AS q (queue_id, is_cleared)
JOIN queue ON queue.queue_id = q.queue_id
CROSS JOIN LATERAL (
    (SELECT ticket_id, priority, due_at, submitted_at, queue_id, handling_class, topic, language, sensitivity,
            routed_at, skills, optional_skills, state, version FROM ticket
     WHERE ticket.queue_id = q.queue_id AND ticket.state IN ('needs_triage', 'queued', 'reopened')
       AND (q.is_cleared OR ticket.sensitivity = 'normal')
     ORDER BY priority, due_at, submitted_at, ticket_id LIMIT :most)
    UNION ALL
    (SELECT ticket_id, priority, due_at, submitted_at, queue_id, handling_class, topic, language, sensitivity,
            routed_at, skills, optional_skills, state, version FROM ticket
     WHERE ticket.queue_id = q.queue_id AND ticket.state IN ('needs_triage', 'queued', 'reopened')
       AND ticket.handling_class IS DISTINCT FROM 'routine' AND (q.is_cleared OR ticket.sensitivity = 'normal')
     ORDER BY priority, due_at, submitted_at, ticket_id LIMIT :most)
) AS best
WHERE NOT EXISTS (SELECT FROM offer WHERE offer.ticket_id = best.ticket_id AND offer.ended_at IS NULL)
""")


@dataclass(frozen=True)
class Waiting:
    """A ticket that waits, as it was read."""

    row: Row[Any]

    @property
    def place(self) -> tuple[int, datetime, datetime, UUID]:
        """Where it stands in the order of its queue."""
        return self.row.priority, self.row.due_at, self.row.submitted_at, self.row.ticket_id

    @property
    def state(self) -> TicketState:
        """What it waits as."""
        return TicketState(self.row.state)

    @property
    def tier(self) -> Tier:
        """Where it is done."""
        return Tier(self.row.tier)


class Board:
    """What waits, the next to be taken first; what is taken off it is not there for the next who asks."""

    def __init__(self, rows: Sequence[Row[Any]], most: int) -> None:
        self._most = most
        self._waiting = sorted({row.ticket_id: Waiting(row) for row in rows}.values(), key=lambda each: each.place)
        self._needs: dict[UUID, Need] = {}
        self._gone: set[UUID] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def of(self, asks: Asks) -> Iterator[Waiting]:
        """What somebody may be given, in the order of the queues."""
        queue_ids, is_cleared = asks
        for each in self._waiting:
            row = each.row
            is_theirs = row.queue_id in queue_ids and (is_cleared or row.sensitivity == Sensitivity.NORMAL)
            if is_theirs and row.ticket_id not in self._gone:
                yield each

    def hides_more(self, asks: Asks) -> bool:
        """Whether there may be more for them than was read, beside what was taken off."""
        return sum(1 for _ in self.of(asks)) + len(self._gone) >= self._most

    def need(self, waiting: Waiting, known: Efforts) -> Need:
        """The same as matching sees it."""
        ticket_id = waiting.row.ticket_id
        if ticket_id not in self._needs:
            self._needs[ticket_id] = need_of(waiting.row, known)
        return self._needs[ticket_id]

    def take_off(self, *ticket_ids: UUID) -> None:
        """Somebody has these, or will have them in a moment."""
        self._gone.update(ticket_ids)


async def board(session: AsyncSession, asked: Collection[Asks], most: int) -> Board:
    """The first so many that wait for each of those who ask, read by one statement."""
    pairs = sorted({(queue_id, is_cleared) for queue_ids, is_cleared in asked for queue_id in queue_ids})
    values = {
        "queue_ids": [queue_id for queue_id, _ in pairs],
        "cleared": [is_cleared for _, is_cleared in pairs],
        "most": most,
    }
    return Board((await session.execute(_WAITING, values)).all(), most)


def need_of(ticket: Ticket | Row[Any], known: Efforts, declined_by: Sequence[UUID] = ()) -> Need:
    """A ticket as matching sees it."""
    hoped_for: Mapping[str, str] = ticket.optional_skills
    return Need(
        ticket_id=ticket.ticket_id,
        queue_id=ticket.queue_id,
        priority=ticket.priority,
        handling_class=HandlingClass(ticket.handling_class) if ticket.handling_class else None,
        topic=Topic(ticket.topic) if ticket.topic else None,
        language=Language(ticket.language),
        sensitivity=Sensitivity(ticket.sensitivity),
        due_at=ticket.due_at,
        waiting_since=ticket.routed_at,
        minutes=known.minutes(ticket.handling_class, ticket.topic),
        weight=WEIGHT[ticket.handling_class],
        skills=ticket.skills,
        optional_skills={skill: datetime.fromisoformat(until) for skill, until in hoped_for.items()},
        declined_by=tuple(declined_by),
    )
