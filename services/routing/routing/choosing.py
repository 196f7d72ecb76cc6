"""Who gets which ticket, decided from rows and written down: the economy of matching, with everything it went by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import HandlingClass, Language, Sensitivity, Tier, Topic
from routing.crew import Crew, crew_of
from routing.effort import WEIGHT, Efforts
from routing.matching import Candidate, Match, Need, Presence, Tariff
from routing.pulling import Pull, pull
from routing.records import Pulled, candidates_document, document_of
from routing.tables import Choice, Ticket
from routing.viewer import Viewer

TARIFF = Tariff()
LOOKED_AT = (16, 128, 1024)  # of each stretch of a queue; more when the first are all taken or not for them
REMEMBERED = 3  # of what else there was
MS = 1000

# Best first from each queue's own stretch of the index: all of it, and what is not routine.
_WAITING = text("""
SELECT DISTINCT ON (best.priority, best.due_at, best.submitted_at, best.ticket_id) best.*
FROM unnest(cast(:queue_ids AS text[])) AS q (queue_id)
CROSS JOIN LATERAL (
    (SELECT ticket_id, priority, due_at, submitted_at, queue_id, handling_class, topic, language, sensitivity,
            routed_at, skills, optional_skills FROM ticket
     WHERE ticket.queue_id = q.queue_id AND ticket.state IN ('needs_triage', 'queued', 'reopened')
       AND (:is_cleared OR ticket.sensitivity = 'normal')
     ORDER BY priority, due_at, submitted_at, ticket_id LIMIT :most)
    UNION ALL
    (SELECT ticket_id, priority, due_at, submitted_at, queue_id, handling_class, topic, language, sensitivity,
            routed_at, skills, optional_skills FROM ticket
     WHERE :is_specialist AND ticket.queue_id = q.queue_id AND ticket.state IN ('needs_triage', 'queued', 'reopened')
       AND ticket.handling_class IS DISTINCT FROM 'routine' AND (:is_cleared OR ticket.sensitivity = 'normal')
     ORDER BY priority, due_at, submitted_at, ticket_id LIMIT :most)
) AS best
WHERE NOT EXISTS (SELECT FROM offer WHERE offer.ticket_id = best.ticket_id AND offer.ended_at IS NULL)
ORDER BY best.priority, best.due_at, best.submitted_at, best.ticket_id
""")
_FIRST_FREE = select(Ticket).from_statement(
    text("""
SELECT ticket.* FROM ticket
WHERE ticket_id = ANY(cast(:ticket_ids AS uuid[])) AND state IN ('needs_triage', 'queued', 'reopened')
  AND queue_id = ANY(cast(:queue_ids AS text[]))
ORDER BY array_position(cast(:ticket_ids AS uuid[]), ticket_id)
LIMIT 1 FOR UPDATE SKIP LOCKED
""")
)


@dataclass(frozen=True)
class Chosen:
    """A ticket, locked, and why it is for whom."""

    ticket: Ticket
    choice: Choice


async def next_for(session: AsyncSession, viewer: Viewer, queue_ids: Collection[str], now: datetime) -> Chosen | None:
    """The waiting ticket of these queues that the viewer should do next, locked until commit; None when none is.

    Passes over what somebody else is taking at this moment, what does not fit, and routine work that a specialist
    should leave to somebody cheaper.
    """
    began = perf_counter()
    crew = await crew_of(session, queue_ids, now)
    me = _asking(viewer, crew, queue_ids, now)
    for most in LOOKED_AT:
        needs = await _waiting_in(session, queue_ids, viewer, crew.efforts, me, most)
        found = pull(me, needs, crew.people, now, TARIFF)
        if found.order and (ticket := await _lock_first(session, found.order, queue_ids)):
            pulled = _pulled(me, ticket.ticket_id, needs, found, crew, now)
            _, judged = pulled.again()
            made = Made("pulled", document_of(pulled), judged, (perf_counter() - began) * MS)
            return Chosen(ticket, choice_of(ticket, made, crew, now))
        if len(needs) < most:
            return None
    return None


@dataclass(frozen=True)
class Made:
    """A choice that was made: how, from what, and how long it took."""

    how: str
    inputs: dict[str, object]
    judged: Match
    took_ms: float
    round_id: UUID | None = None


def choice_of(ticket: Ticket, made: Made, crew: Crew, now: datetime) -> Choice:
    """The row that says who was chosen and why."""
    if made.judged.chosen is None:
        raise ValueError("nobody was chosen")
    return Choice(
        ticket_id=ticket.ticket_id,
        agent_id=made.judged.chosen,
        round_id=made.round_id,
        how=made.how,
        inputs=made.inputs,
        candidates=candidates_document(made.judged.judged, crew.names),
        policy_version=crew.policy_version,
        model_version=ticket.judgement["model_version"],
        took_ms=round(made.took_ms, 2),
        decided_at=now,
    )


def need_of(ticket: Ticket | Row[Any], known: Efforts, declined_by: Sequence[UUID] = ()) -> Need:
    """A ticket as matching sees it."""
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
        optional_skills={skill: datetime.fromisoformat(until) for skill, until in ticket.optional_skills.items()},
        declined_by=tuple(declined_by),
    )


async def _waiting_in(  # noqa: PLR0913, PLR0917 - one question with its values
    session: AsyncSession, queue_ids: Collection[str], viewer: Viewer, known: Efforts, me: Candidate, most: int
) -> list[Need]:
    values = {
        "queue_ids": sorted(queue_ids),
        "is_cleared": viewer.sees_confidential,
        "is_specialist": me.tier is not Tier.FRONT_OFFICE,
        "most": most,
    }
    return [need_of(row, known) for row in await session.execute(_WAITING, values)]


async def _lock_first(session: AsyncSession, order: Sequence[Need], queue_ids: Collection[str]) -> Ticket | None:
    values = {"ticket_ids": [need.ticket_id for need in order], "queue_ids": sorted(queue_ids)}
    ticket: Ticket | None = await session.scalar(_FIRST_FREE, values, execution_options={"populate_existing": True})
    return ticket


def _asking(viewer: Viewer, crew: Crew, queue_ids: Collection[str], now: datetime) -> Candidate:
    """The viewer as matching sees them; a lead may look after any queue, and sees what leads see."""
    known = crew.find(viewer.agent_id)
    one = known or Candidate(
        agent_id=viewer.agent_id,
        presence=Presence.AVAILABLE,
        tier=Tier.BACK_OFFICE,
        queue_ids=tuple(sorted(queue_ids)),
        cost_per_minute=1.0,
        capacity=0.0,
        used=0.0,
        idle_since=now,
    )
    works = tuple(sorted({*one.queue_ids, *queue_ids}))
    return replace(one, queue_ids=works, has_clearance=viewer.sees_confidential)


def _pulled(  # noqa: PLR0913, PLR0917 - all of it is written down
    me: Candidate, ticket_id: UUID, needs: Sequence[Need], found: Pull, crew: Crew, now: datetime
) -> Pulled:
    """What is remembered: the ticket, a few that stood before it and were not for them, a few that came after."""
    place = next(n for n, need in enumerate(found.order) if need.ticket_id == ticket_id)
    others = [need for need, _, _ in found.passed[:REMEMBERED]] + list(found.order[place + 1 : place + 1 + REMEMBERED])
    keep = {ticket_id} | {need.ticket_id for need in others}
    queue_id = found.order[place].queue_id
    people = [each for each in crew.people if queue_id in each.queue_ids and each.agent_id != me.agent_id]
    return Pulled(me.agent_id, tuple(need for need in needs if need.ticket_id in keep), (*people, me), now, TARIFF)
