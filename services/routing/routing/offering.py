"""Pushed queues: work is offered to who should do it, who accepts or declines; then it goes to the next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import Conflict, NotFound
from routing.acting import Deed, assign, recording
from routing.batch import Pair, rematch
from routing.choosing import MS, TARIFF, Made, choice_of
from routing.crew import crew_of
from routing.matching import Presence
from routing.needs import need_of
from routing.presence import SILENCE, tell_matching
from routing.queries import NoSuchTicket, ticket_for
from routing.records import Round, document_of
from routing.tables import AgentPresence, MatchingRound, Offer, Queue, Ticket
from routing.transitions import WAITING_IN_QUEUE, Act, move
from routing.viewer import Viewer

MOST = 2000  # tickets looked at when work is handed out
FEWEST, A_PLACE = 64, 4  # at least so many, and so many for each place that is free
ONE_AT_A_TIME = 815_001  # advisory lock: two that hand out work at once would offer one person twice as much

_WAITING = text("""
SELECT ticket.* FROM ticket WHERE ticket.queue_id = ANY(cast(:queue_ids AS text[]))
    AND ticket.state IN ('needs_triage', 'queued', 'reopened')
    AND NOT EXISTS (SELECT FROM offer WHERE offer.ticket_id = ticket.ticket_id AND offer.ended_at IS NULL)
ORDER BY ticket.priority, ticket.due_at, ticket.submitted_at, ticket.ticket_id
LIMIT :most FOR UPDATE SKIP LOCKED
""")
_WAITING_TICKETS = select(Ticket).from_statement(_WAITING).execution_options(populate_existing=True)
# Facts that changed since an offer was made end it too: it would be made to somebody else now, or to nobody.
_OVER = text("""
UPDATE offer SET ended_at = :now, state = CASE WHEN facts.hold THEN 'timed_out' ELSE 'withdrawn' END
FROM (
    SELECT offer_id, ticket.state IN ('needs_triage', 'queued', 'reopened') AND ticket.queue_id = offer.queue_id
        AND agent.is_active AND coalesce(presence.state = 'available', false) AND NOT EXISTS (
            SELECT FROM decision d WHERE d.ticket_id = offer.ticket_id AND d.decided_at > offer.offered_at) AS hold
    FROM offer JOIN ticket USING (ticket_id) JOIN agent USING (agent_id) LEFT JOIN presence USING (agent_id)
    WHERE offer.ended_at IS NULL
) facts
WHERE facts.offer_id = offer.offer_id AND (offer.expires_at <= :now OR NOT facts.hold)
RETURNING offer.agent_id, offer.state
""")


class NoSuchOffer(NotFound):
    """There is no such offer, or it was made to somebody else."""


async def hand_out(session: AsyncSession, now: datetime) -> int:
    """How many offers were made: what waits in pushed queues, to those who should do it, all at once.

    Offers that nobody answered in time are over first, and go to the next. Nothing happens while another hands out.
    """
    queues = {q.queue_id: q for q in await session.scalars(select(Queue).where(Queue.mode == "push"))}
    if not queues or not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}):
        return 0
    await _end_old(session, now)
    began = perf_counter()
    crew = await crew_of(session, queues, now)
    room = sum(one.capacity - one.used for one in crew.people if one.presence is Presence.AVAILABLE)
    if room <= 0:
        return 0
    values = {"queue_ids": sorted(queues), "most": min(max(FEWEST, int(room) * A_PLACE), MOST)}
    tickets = {ticket.ticket_id: ticket for ticket in await session.scalars(_WAITING_TICKETS, values)}
    declined = await _declined(session, list(tickets.values()))
    needs = tuple(need_of(ticket, crew.efforts, declined.get(key, ())) for key, ticket in tickets.items())
    pairs = rematch(needs, crew.people, now, TARIFF)
    if pairs:
        found = Round(needs, crew.people, now, TARIFF)
        kept = MatchingRound(inputs=document_of(found), decided_at=now)
        session.add(kept)
        await session.flush()  # the choices refer to it
        took_ms = (perf_counter() - began) * MS
        for pair in pairs:
            ticket = tickets[pair.ticket_id]
            _offer(session, ticket, pair, queues[ticket.queue_id], now)
            made = Made("offered", {}, found.told(pair.ticket_id, pair.agent_id), took_ms, kept.round_id)
            session.add(choice_of(ticket, made, crew, now))
    return len(pairs)


async def accept(session: AsyncSession, viewer: Viewer, offer_id: UUID, now: datetime) -> Ticket:
    """The ticket that was offered, now in the viewer's hands. Raises NoSuchOffer, Conflict when it is over."""
    offer = await _offer_to(session, viewer, offer_id)
    ticket = await _still_waiting(session, viewer, offer, now)
    offer.state, offer.ended_at = "accepted", now
    with recording(session, ticket, Deed(Act.TAKE, now, viewer, "offered")):
        ticket.state = move(Act.TAKE, ticket.state)
        await assign(session, ticket, viewer, now)
    return ticket


async def decline(session: AsyncSession, viewer: Viewer, offer_id: UUID, now: datetime, reason: str = "") -> bool:
    """Whether the offer still stood: it is over, and goes to the next. Raises NoSuchOffer."""
    offer = await _offer_to(session, viewer, offer_id)
    if offer.ended_at is not None:
        return False
    offer.state, offer.ended_at, offer.reason = "declined", now, reason or None
    await tell_matching(session)
    return True


async def offers_to(session: AsyncSession, viewer: Viewer, now: datetime) -> Sequence[tuple[Offer, Ticket]]:
    """What is offered to the viewer at this moment, the first to run out first."""
    wanted = (
        select(Offer, Ticket)
        .join(Ticket, Ticket.ticket_id == Offer.ticket_id)
        .where(
            Offer.agent_id == viewer.agent_id,
            Offer.ended_at.is_(None),
            Offer.expires_at > now,
            Ticket.state.in_(WAITING_IN_QUEUE),
            Ticket.queue_id == Offer.queue_id,
        )
        .order_by(Offer.expires_at)
    )
    return [(offer, ticket) for offer, ticket in await session.execute(wanted)]


async def next_end(session: AsyncSession) -> datetime | None:
    """When the first of the open offers runs out, if there is one."""
    return await session.scalar(select(Offer.expires_at).where(Offer.ended_at.is_(None)).order_by(Offer.expires_at))


async def _end_old(session: AsyncSession, now: datetime) -> None:
    """Offers that ran out, or whose ticket or person changed since, are over. Who let one run out is not there."""
    over = (await session.execute(_OVER, {"now": now})).all()
    for agent_id in sorted({row.agent_id for row in over if row.state == "timed_out"}):
        row = await session.get(AgentPresence, agent_id, with_for_update=True)
        if row and row.silent_at and row.silent_at < now + SILENCE:
            row.silent_at = min(row.silent_at, now)


async def _declined(session: AsyncSession, tickets: Sequence[Ticket]) -> Mapping[UUID, list[UUID]]:
    """Who had their chance with which ticket, since it came into its queue."""
    routed = {ticket.ticket_id: ticket.routed_at for ticket in tickets}
    wanted = select(Offer.ticket_id, Offer.agent_id, Offer.offered_at).where(
        Offer.ticket_id.in_(routed), Offer.state.in_(("declined", "timed_out"))
    )
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for ticket_id, agent_id, offered_at in await session.execute(wanted):
        if offered_at >= routed[ticket_id]:
            found[ticket_id].add(agent_id)
    return {ticket_id: sorted(agents) for ticket_id, agents in found.items()}


def _offer(session: AsyncSession, ticket: Ticket, pair: Pair, queue: Queue, now: datetime) -> None:
    session.add(
        Offer(
            ticket_id=ticket.ticket_id,
            agent_id=pair.agent_id,
            queue_id=queue.queue_id,
            offered_at=now,
            expires_at=now + timedelta(seconds=queue.offer_seconds),
        )
    )


async def _offer_to(session: AsyncSession, viewer: Viewer, offer_id: UUID) -> Offer:
    offer = await session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer is None or offer.agent_id != viewer.agent_id:
        raise NoSuchOffer("There is no such offer.")
    return offer


async def _still_waiting(session: AsyncSession, viewer: Viewer, offer: Offer, now: datetime) -> Ticket:
    try:
        ticket = await ticket_for(session, offer.ticket_id, viewer, lock=True)
    except NoSuchTicket as gone:
        raise Conflict("This ticket is no longer for you.") from gone
    is_open = offer.ended_at is None and offer.expires_at > now
    if not is_open or ticket.state not in WAITING_IN_QUEUE or ticket.queue_id != offer.queue_id:
        raise Conflict("This offer is over; the ticket went on to somebody else.")
    return ticket
