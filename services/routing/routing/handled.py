"""Work that a queue handled, line by line: what an outside company is paid for. No customer is named in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import Forbidden
from common.vocabulary import HandlingClass, Role, Topic
from routing.filtering import Period
from routing.queries import queue_for
from routing.viewer import Viewer

MOST_LINES = 50_000
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class HandledLine:
    """A ticket in somebody's hands, from taking it to how it ended."""

    assignment_id: UUID
    reference: str
    queue_id: str
    partner: str | None
    agent: str  # the user name
    handling_class: HandlingClass | None
    topic: Topic | None
    began_at: datetime
    ended_at: datetime
    minutes: float
    outcome: str  # resolve, escalate, return, transfer, release, expire …
    replies: int
    is_in_time: bool | None  # answered by the promised moment; None when not answered in these hands


_HANDLED = text("""
SELECT a.assignment_id, t.reference, a.queue_id, q.partner, g.username AS agent, t.handling_class, t.topic,
    a.began_at, a.ended_at, a.ended_by AS outcome,
    (SELECT count(*) FROM message m WHERE m.ticket_id = a.ticket_id AND m.agent_id = a.agent_id AND m.kind = 'agent'
        AND m.said_at BETWEEN a.began_at AND a.ended_at) AS replies,
    CASE WHEN t.answered_at BETWEEN a.began_at AND a.ended_at THEN t.answered_at <= t.answer_by END AS is_in_time
FROM assignment a JOIN ticket t USING (ticket_id) JOIN queue q ON q.queue_id = a.queue_id JOIN agent g USING (agent_id)
WHERE a.queue_id = :queue_id AND a.ended_at >= :since AND a.ended_at < :until
ORDER BY a.ended_at, a.assignment_id LIMIT :most
""")


async def handled_in(
    session: AsyncSession, queue_id: str, viewer: Viewer, period: Period, most: int = MOST_LINES
) -> Sequence[HandledLine]:
    """What was handled in a queue in that time, the first to end first; for leads, and partners for their own queues.

    Raises NoSuchQueue, Forbidden.
    """
    await queue_for(session, queue_id, viewer)
    if not (viewer.is_lead or viewer.role is Role.PARTNER):
        raise Forbidden("Only team leads and the partner itself may see what a queue handled.")
    given = {"queue_id": queue_id, "since": period.since, "until": period.until, "most": most}
    rows = (await session.execute(_HANDLED, given)).mappings()
    return [HandledLine(minutes=round((row["ended_at"] - row["began_at"]) / MINUTE, 1), **row) for row in rows]
