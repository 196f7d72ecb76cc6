"""Taking the next ticket: everybody who asks at the same moment is answered by one transaction, none with the same."""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.events import TicketAssigned
from common.outbox import emit
from routing.acting import LEASE
from routing.choosing import FIRST_LOOK, MS, Asked, Found, Room, queues_of
from routing.crew import Crew, crew_of
from routing.needs import board
from routing.presence import SILENCE
from routing.records import candidates_document, json_of
from routing.tables import Ticket
from routing.transitions import Act, move

LOOKED_AT = (FIRST_LOOK, 128, 1024)  # of each stretch of a queue; more when the first are not for them

# Whoever else has one of these in hand at this moment keeps it: it is passed over, and so is what changed since it was
# read. What a take writes elsewhere follows from what it is about to write here, in the same breath.
_TAKE = text("""
WITH given AS (
    SELECT given.*, cast(:now AS timestamptz) AS at, cast(:lease_until AS timestamptz) AS lease_until
    FROM unnest(cast(:ticket_ids AS uuid[]), cast(:versions AS int[]), cast(:states AS text[]),
        cast(:agent_ids AS uuid[]), cast(:names AS text[]), cast(:assignment_ids AS uuid[]), cast(:timer_ids AS uuid[]),
        cast(:choice_ids AS uuid[]), cast(:inputs AS text[]), cast(:candidates AS text[]), cast(:took AS real[]))
    AS given (ticket_id, version, into_state, agent_id, agent_name, assignment_id, timer_id, choice_id, inputs,
        candidates, took_ms)
), free AS (
    SELECT given.*, ticket.state, ticket.queue_id, ticket.topic, ticket.judgement ->> 'model_version' AS model_version,
        coalesce(ticket.held_since, ticket.submitted_at) AS began_at
    FROM given JOIN ticket ON ticket.ticket_id = given.ticket_id AND ticket.version = given.version
    WHERE ticket.state IN ('needs_triage', 'queued', 'reopened')
    FOR UPDATE OF ticket SKIP LOCKED
), taken AS (
    UPDATE ticket SET state = free.into_state, version = ticket.version + 1, holder_id = free.agent_id,
        last_holder_id = free.agent_id, lease_until = free.lease_until, is_unread = false,
        held_since = CASE WHEN free.at > free.began_at THEN free.at ELSE ticket.held_since END
    FROM free WHERE ticket.ticket_id = free.ticket_id RETURNING ticket.*
), assigned AS (
    INSERT INTO assignment (assignment_id, ticket_id, agent_id, queue_id, began_at)
    SELECT assignment_id, ticket_id, agent_id, queue_id, at FROM free
), waited AS (
    INSERT INTO stretch (ticket_id, began_at, ended_at, holder_kind, queue_id, own_queue_id)
    SELECT ticket_id, began_at, at, 'queue', queue_id, queue_id FROM free WHERE at > began_at
), audited AS (
    INSERT INTO audit (ticket_id, version, actor_id, actor_name, act, cause, before, after, acted_at)
    SELECT ticket_id, version + 1, agent_id, agent_name, 'take', '',
        jsonb_build_object('state', state, 'holder_id', null),
        jsonb_build_object('state', into_state, 'holder_id', agent_id), at FROM free
), leased AS (
    INSERT INTO timer (timer_id, ticket_id, kind, epoch, due_at, attempts)
    SELECT timer_id, ticket_id, 'lease', version, lease_until, 0 FROM free
    ON CONFLICT ON CONSTRAINT timer_once DO UPDATE
    SET timer_id = excluded.timer_id, epoch = excluded.epoch, due_at = excluded.due_at, attempts = 0
), there AS (
    INSERT INTO presence (agent_id, state, since, idle_since, silent_at, topic)
    SELECT DISTINCT ON (agent_id) agent_id, 'available', at, at, cast(:silent_at AS timestamptz), topic
    FROM free ORDER BY agent_id
    ON CONFLICT (agent_id) DO UPDATE SET
        state = CASE WHEN presence.state = 'busy' THEN 'busy' ELSE 'available' END,
        since = CASE WHEN presence.state IN ('available', 'busy') THEN presence.since ELSE excluded.since END,
        silent_at = excluded.silent_at, topic = coalesce(excluded.topic, presence.topic)
), chosen AS (
    INSERT INTO choice (choice_id, ticket_id, agent_id, how, inputs, candidates, policy_version, model_version,
        took_ms, decided_at)
    SELECT choice_id, ticket_id, agent_id, 'pulled', cast(inputs AS jsonb), cast(candidates AS jsonb),
        cast(:policy_version AS int), model_version, took_ms, at FROM free
)
SELECT * FROM taken
""")
_TAKEN = select(Ticket).from_statement(_TAKE).execution_options(populate_existing=True)


async def take(session: AsyncSession, asked: Sequence[Asked], now: datetime) -> list[Ticket | None]:
    """What each of them should do next, now in their hands; None for those for whom nothing waits.

    In the order in which they ask. A ticket that somebody else takes at this moment is passed over.
    """
    began = perf_counter()
    answers: list[Ticket | None] = [None] * len(asked)
    waiting, passed_over, room = list(range(len(asked))), set[UUID](), None
    looks = iter(LOOKED_AT)
    most: int | None = next(looks)
    while waiting and most:
        asks = {n: (asked[n].queue_ids, asked[n].viewer.sees_confidential) for n in waiting}
        seen = await board(session, asks.values(), most + len(asks) + len(passed_over))
        if not seen:  # whoever asks in vain costs this one statement
            break
        seen.take_off(*passed_over)
        room = room or Room(await crew_of(session, queues_of(asked), now), now)
        found = {n: each for n in waiting if (each := room.choose(asked[n], seen))}
        took_ms = (perf_counter() - began) * MS
        tickets = await _write(session, [(asked[n], each) for n, each in found.items()], room.crew, now, took_ms)
        for n, each in found.items():
            answers[n] = tickets.get(each.ticket_id)
        lost = {n for n, each in found.items() if answers[n] is None}
        passed_over |= {found[n].ticket_id for n in lost}
        short = {n for n in waiting if n not in found and seen.hides_more(asks[n])}
        most = next(looks, None) if short else most
        waiting = sorted(lost | short)
    return answers


async def _write(
    session: AsyncSession, found: Sequence[tuple[Asked, Found]], crew: Crew, now: datetime, took_ms: float
) -> dict[UUID, Ticket]:
    """Those of the tickets that were still to be had, in the hands of those for whom they were found."""
    if not found:
        return {}
    columns = {
        "ticket_ids": [each.ticket_id for _, each in found],
        "versions": [each.waiting.row.version for _, each in found],
        "states": [move(Act.TAKE, each.waiting.state) for _, each in found],
        "agent_ids": [asked.viewer.agent_id for asked, _ in found],
        "names": [asked.viewer.name for asked, _ in found],
        "inputs": [json_of(each.pulled) for _, each in found],
        "candidates": [to_json(candidates_document(each.judged.judged, crew.names)).decode() for _, each in found],
        "took": [round(took_ms, 2)] * len(found),
        **{name: [uuid7() for _ in found] for name in ("assignment_ids", "timer_ids", "choice_ids")},
    }
    moments = {"now": now, "lease_until": now + LEASE, "silent_at": now + SILENCE}
    rows = await session.scalars(_TAKEN, {**columns, **moments, "policy_version": crew.policy_version})
    tickets = {ticket.ticket_id: ticket for ticket in rows}
    for asked, each in found:
        if each.ticket_id in tickets:
            _tell(session, asked, each, now)
    return tickets


def _tell(session: AsyncSession, asked: Asked, found: Found, now: datetime) -> None:
    assigned = TicketAssigned(
        ticket_id=found.ticket_id,
        agent_id=asked.viewer.agent_id,
        agent_name=asked.viewer.name,
        tier=found.waiting.tier,
        assigned_at=now,
    )
    emit(session, assigned, asked.traceparent)
