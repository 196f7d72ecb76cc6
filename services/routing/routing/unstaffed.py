"""Work that nobody on the staff may do: found when it comes in or when staff change, and shown until it is mended."""

import json
from collections import Counter as Tally
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from prometheus_client import Gauge
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.log import logger
from common.vocabulary import Language, Sensitivity
from routing.crew import staff
from routing.effort import PRIOR
from routing.matching import Candidate, Need, unfitness
from routing.tables import Json, Unstaffed
from routing.viewer import Viewer

log = logger(__name__)

TICKETS = Gauge("loket_unstaffed_tickets", "Tickets that wait and that nobody on the staff may do", ["queue"])
ANY = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY = UUID(int=0)

# All that decides who may ever do a ticket; optional skills are let go in time.
_ASKS = text("""
SELECT queue_id, sensitivity, language, skills, count(*) AS tickets, min(submitted_at) AS oldest_at FROM ticket
WHERE ticket.state IN ('needs_triage', 'queued', 'reopened')
GROUP BY queue_id, sensitivity, language, skills
""")


async def look(session: AsyncSession, now: datetime) -> int:
    """How many kinds of waiting work nobody on the staff may do; what is new is logged, what is mended goes."""
    people = [member.candidate for member in await staff(session)]
    known = {(row.queue_id, row.asks): row for row in await session.scalars(select(Unstaffed).with_for_update())}
    found = set()
    tickets: Tally[str] = Tally(dict.fromkeys((queue_id for queue_id, _ in known), 0))
    for row in await session.execute(_ASKS):
        asks = {"sensitivity": row.sensitivity, "language": row.language, "skills": row.skills}
        lacks = lacking(row.queue_id, asks, people)
        if lacks is None:
            continue
        key = row.queue_id, json.dumps(asks, sort_keys=True)
        found.add(key)
        tickets[row.queue_id] += row.tickets
        there = known.get(key)
        if there is None:
            log.error("nobody on the staff may do this", queue=row.queue_id, tickets=row.tickets, lacks=lacks)
            there = Unstaffed(
                queue_id=key[0], asks=key[1], lacks=lacks, tickets=row.tickets, oldest_at=row.oldest_at, since=now
            )
            session.add(there)
        there.lacks, there.tickets, there.oldest_at = lacks, row.tickets, row.oldest_at
    for key in known.keys() - found:
        await session.delete(known[key])
    for queue_id, count in tickets.items():
        TICKETS.labels(queue_id).set(count)
    return len(found)


def lacking(queue_id: str, asks: Json, people: Sequence[Candidate]) -> list[str] | None:
    """What those who work the queue lack, most frequent first; None when somebody lacks nothing."""
    need = Need(
        ticket_id=NOBODY,
        queue_id=queue_id,
        priority=3,
        handling_class=None,
        topic=None,
        language=Language(asks["language"]),
        sensitivity=Sensitivity(asks["sensitivity"]),
        due_at=ANY,
        waiting_since=ANY,
        minutes=PRIOR[None],
        skills=asks["skills"],
    )
    lacks: Tally[str] = Tally()
    for one in people:
        if queue_id not in one.queue_ids:
            continue
        reason = unfitness(need, one, ANY)
        if reason is None:
            return None
        lacks[":".join(part for part in reason if part)] += 1
    return [each for each, _ in lacks.most_common()]


async def seen_by(session: AsyncSession, viewer: Viewer) -> Sequence[Unstaffed]:
    """The work that nobody may do, in the queues that the viewer may see, oldest first."""
    rows = await session.scalars(select(Unstaffed).order_by(Unstaffed.oldest_at))
    return [row for row in rows if viewer.sees_queue(row.queue_id)]
