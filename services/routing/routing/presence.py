"""Who is there: said by people themselves, shown by what they do, and ended by silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from routing.matching import Presence
from routing.tables import AgentPresence

SILENCE = timedelta(minutes=5)  # after which somebody counts as gone
THERE = frozenset({Presence.AVAILABLE, Presence.BUSY})

# Whoever takes a ticket is there; who said they are busy stays so.
_SEEN = text("""
INSERT INTO presence (agent_id, state, since, idle_since, silent_at, topic)
VALUES (:agent_id, 'available', :now, :now, :silent_at, :topic)
ON CONFLICT (agent_id) DO UPDATE SET
    state = CASE WHEN presence.state = 'busy' THEN 'busy' ELSE 'available' END,
    since = CASE WHEN presence.state IN ('available', 'busy') THEN presence.since ELSE excluded.since END,
    silent_at = excluded.silent_at,
    topic = coalesce(excluded.topic, presence.topic)
""")
_STILL_THERE = text("""
UPDATE presence SET silent_at = :silent_at WHERE agent_id = :agent_id AND silent_at IS NOT NULL
""")
_IDLE = text("UPDATE presence SET idle_since = :now WHERE agent_id = :agent_id")
_SILENT = text("""
UPDATE presence SET state = 'offline', since = :now, silent_at = NULL WHERE agent_id IN (
    SELECT agent_id FROM presence WHERE silent_at <= :now ORDER BY silent_at LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING agent_id
""")

_GONE = text("UPDATE presence SET state = 'offline', since = :now, silent_at = NULL WHERE agent_id = :agent_id")
_WITHDRAWN = text("""
UPDATE offer SET state = 'withdrawn', ended_at = :now
WHERE agent_id = ANY(cast(:agent_ids AS uuid[])) AND ended_at IS NULL
""")


async def presence_of(session: AsyncSession, agent_id: UUID) -> Presence:
    """Whether they take work now; who was never heard of is offline."""
    found = await session.scalar(select(AgentPresence.state).where(AgentPresence.agent_id == agent_id))
    return found or Presence.OFFLINE


async def took(session: AsyncSession, agent_id: UUID, topic: str | None, now: datetime) -> None:
    """Somebody who takes work is there, and into this topic."""
    values = {"agent_id": agent_id, "now": now, "silent_at": now + SILENCE, "topic": topic}
    await session.execute(_SEEN, values)


async def still_there(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """Something was heard of them: silence begins anew."""
    await session.execute(_STILL_THERE, {"agent_id": agent_id, "silent_at": now + SILENCE})


async def put_down(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """They wait for work from now on."""
    await session.execute(_IDLE, {"agent_id": agent_id, "now": now})


async def fall_silent(session: AsyncSession, now: datetime, most: int = 100) -> int:
    """How many were not heard of for so long that they count as gone. What they hold ends with its lease."""
    gone = (await session.scalars(_SILENT, {"now": now, "most": most})).all()
    if gone:
        await withdraw(session, gone, now)
    return len(gone)


async def withdraw(session: AsyncSession, agent_ids: Sequence[UUID], now: datetime) -> None:
    """What was offered to these people goes to the next at once."""
    await session.execute(_WITHDRAWN, {"agent_ids": list(agent_ids), "now": now})
    await tell_matching(session)


async def leave_for_good(session: AsyncSession, agent_id: UUID, now: datetime) -> None:
    """They are gone: nothing is offered to them any more."""
    await session.execute(_GONE, {"agent_id": agent_id, "now": now})
    await withdraw(session, [agent_id], now)


async def tell_matching(session: AsyncSession) -> None:
    """Something changed that matching should look at, once this transaction is through."""
    await session.execute(text("SELECT pg_notify('outbox', '')"))
