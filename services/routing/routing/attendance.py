"""Coming and going, as people say it themselves: available, busy, away with or without their work, gone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Forbidden
from common.vocabulary import TicketState
from routing.leaving import hand_back
from routing.matching import Presence
from routing.presence import SILENCE, THERE, tell_matching, withdraw
from routing.queries import queue_for
from routing.tables import Agent, AgentPresence, Audit, Queue, Ticket
from routing.transitions import IN_HAND, WAITING_FOR
from routing.viewer import Viewer

SHORTEST_OFFER, LONGEST_OFFER = 5, 3600  # seconds


@dataclass(frozen=True)
class Mode:
    """Whether work of a queue is taken or offered, and how long an offer stands."""

    mode: Literal["pull", "push"]
    offer_seconds: int = 60


async def say(session: AsyncSession, viewer: Viewer, state: Presence, now: datetime, *, reassign: bool = False) -> int:
    """How many tickets went back to their queues: those in hand when somebody leaves and `reassign` says so.

    The state holds from now on, until something else is said or, for who is there, until they fall silent.
    """
    row = await session.get(AgentPresence, viewer.agent_id, with_for_update=True)
    before = row.state if row else Presence.OFFLINE
    if row is None:
        row = AgentPresence(agent_id=viewer.agent_id, state=state, since=now, idle_since=now)
        session.add(row)
    if state is not before:
        row.state, row.since = state, now
        _audit(session, viewer, before, state, now)
    if state is Presence.AVAILABLE and before not in THERE:
        row.idle_since = now
    row.silent_at = now + SILENCE if state in THERE else None
    await session.flush()
    if state in THERE:
        await tell_matching(session)
        return 0
    await withdraw(session, [viewer.agent_id], now)
    if not reassign:
        return 0
    agent = await session.get_one(Agent, viewer.agent_id)
    return await hand_back(session, agent, viewer.name, now, states=IN_HAND)


async def in_hand(session: AsyncSession, viewer: Viewer) -> Sequence[Ticket]:
    """What goes back to its queue when the viewer leaves and gives their work back."""
    return await _held(session, viewer, IN_HAND)


async def waiting_with(session: AsyncSession, viewer: Viewer) -> Sequence[Ticket]:
    """What stays theirs when they leave, because it waits for somebody else."""
    return await _held(session, viewer, tuple(WAITING_FOR.values()))


async def _held(session: AsyncSession, viewer: Viewer, states: Collection[TicketState]) -> Sequence[Ticket]:
    wanted = select(Ticket).where(Ticket.holder_id == viewer.agent_id, Ticket.state.in_(states))
    return (await session.scalars(wanted.order_by(Ticket.due_at, Ticket.ticket_id))).all()


def _audit(session: AsyncSession, viewer: Viewer, before: Presence, after: Presence, now: datetime) -> None:
    session.add(
        Audit(
            actor_id=viewer.agent_id,
            actor_name=viewer.name,
            act="presence",
            cause="",
            before={"state": before.value},
            after={"state": after.value},
            acted_at=now,
            about=f"agent/{viewer.agent_id}",
        )
    )


async def set_mode(session: AsyncSession, viewer: Viewer, queue_id: str, mode: Mode, now: datetime) -> Queue:
    """The queue, from now on pulled or pushed. Raises Forbidden for who leads nothing, NoSuchQueue and BadInput."""
    if not viewer.is_lead:
        raise Forbidden("Only team leads may do this.")
    if not SHORTEST_OFFER <= mode.offer_seconds <= LONGEST_OFFER:
        raise BadInput("An offer stands between 5 seconds and an hour.")
    queue = await queue_for(session, queue_id, viewer)
    before = {"mode": queue.mode, "offer_seconds": queue.offer_seconds}
    if before == {"mode": mode.mode, "offer_seconds": mode.offer_seconds}:
        return queue
    queue.mode, queue.offer_seconds = mode.mode, mode.offer_seconds
    session.add(
        Audit(
            actor_id=viewer.agent_id,
            actor_name=viewer.name,
            act="mode",
            cause="",
            before=before,
            after={"mode": mode.mode, "offer_seconds": mode.offer_seconds},
            acted_at=now,
            about=f"queue/{queue_id}",
        )
    )
    await tell_matching(session)
    return queue
