"""What work took so far, as rows: read when somebody is to be chosen, added to when something is resolved."""

from datetime import datetime
from math import log1p

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import HandlingClass, Topic
from routing.acting import LEASE
from routing.effort import Efforts, Seen, learned
from routing.tables import Effort, Ticket

FRESHNESS = 20  # they are read anew when a twentieth more was seen
MOST_TICKETS = 2000.0  # of one kind: beyond it the oldest count for less and less
_READ: dict[tuple[str, int], Efforts] = {}
MOST_READ = 8

# In hands means an agent's own time; whoever is silent for the length of a lease is not working.
_LEARN = text("""
WITH hands AS (
    SELECT sum(extract(epoch FROM least(ended_at - began_at, cast(:lease AS interval)))) / 60 AS minutes FROM (
        SELECT began_at, ended_at FROM stretch
        WHERE ticket_id = :ticket_id AND holder_kind = 'agent' AND own_queue_id = :queue_id
        UNION ALL SELECT cast(:since AS timestamptz), cast(:now AS timestamptz)
    ) AS each
)
INSERT INTO effort (handling_class, topic, tier, tickets, minutes)
SELECT :handling_class, :topic, coalesce(team.tier, 'back_office'), 1, minutes
FROM hands, agent LEFT JOIN team ON team.team_id = agent.team_id WHERE agent.agent_id = :agent_id AND minutes > 0
ON CONFLICT (handling_class, topic, tier) DO UPDATE SET
    tickets = effort.tickets * least(1, :most / effort.tickets) + 1,
    minutes = effort.minutes * least(1, :most / effort.tickets) + excluded.minutes
""")


async def efforts_of(session: AsyncSession, database: str, seen: float | None) -> Efforts:
    """What is known of how long work takes, after so many tickets; from memory while little was learned since."""
    key = database, int(FRESHNESS * log1p(seen or 0.0))
    if key not in _READ:
        rows = (await session.execute(select(Effort.__table__))).all()
        while len(_READ) >= MOST_READ:
            del _READ[next(iter(_READ))]
        _READ[key] = learned(
            {
                (
                    HandlingClass(row.handling_class) if row.handling_class else None,
                    Topic(row.topic) if row.topic else None,
                    row.tier,
                ): Seen(row.tickets, row.minutes)
                for row in rows
            }
        )
    return _READ[key]


async def learn(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Remember how long this ticket was in somebody's hands, now that they are done with it."""
    values = {
        "ticket_id": ticket.ticket_id,
        "queue_id": ticket.queue_id,
        "since": ticket.held_since or now,
        "now": now,
        "lease": LEASE,
        "handling_class": ticket.handling_class or "",
        "topic": ticket.topic or "",
        "agent_id": ticket.holder_id,
        "most": MOST_TICKETS,
    }
    await session.execute(_LEARN, values)
