"""Members of staff at the door: who has an account, who is logged in, and what they may see."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import SESSION_LIFE, Staff
from common.errors import NotFound
from common.events import StaffSessionEnded
from common.outbox import emit
from common.vocabulary import Language, Role
from routing.tables import Agent, AgentQueue, Audit, StaffSession
from routing.viewer import Viewer


class NoSuchAccount(NotFound):
    """Nobody has this name, or they may not log in any more."""


async def viewer_of(session: AsyncSession, staff: Staff, now: datetime) -> Viewer | None:
    """Who a session speaks for at this moment; None once it was ended or its account closed."""
    return (await viewers_of(session, [staff], now)).get(staff.session_id)


async def viewers_of(session: AsyncSession, staff: Iterable[Staff], now: datetime) -> Mapping[UUID, Viewer]:
    """Who these sessions speak for, by session; those that ended and those of closed accounts are not among them."""
    told = {each.session_id: each.agent_id for each in staff}
    rows = (await session.execute(_OF_LIVING_SESSIONS, {"session_ids": list(told), "now": now})).all()
    return {
        row.session_id: Viewer(
            agent_id=row.agent_id,
            session_id=row.session_id,
            username=row.username,
            name=row.name,
            role=Role(row.role),
            language=Language(row.language),
            queue_ids=frozenset(row.queue_ids),
            has_clearance=row.has_clearance,
        )
        for row in rows
        if row.agent_id == told[row.session_id]
    }


async def account(session: AsyncSession, username: str) -> Agent | None:
    """The account with this name, if it may log in."""
    return await session.scalar(select(Agent).where(Agent.username == username.lower(), Agent.is_active))


async def colleagues(session: AsyncSession) -> list[Agent]:
    """Everybody who may log in, by name."""
    return list(await session.scalars(select(Agent).where(Agent.is_active).order_by(Agent.role, Agent.name)))


async def log_in(session: AsyncSession, agent_id: UUID, now: datetime) -> Viewer:
    """A new session of somebody who proved who they are. Raises NoSuchAccount."""
    found = (await session.execute(select(Agent, _queues_of()).where(Agent.agent_id == agent_id))).one_or_none()
    if found is None or not found[0].is_active:
        raise NoSuchAccount("There is no such account.")
    begun = StaffSession(agent_id=agent_id, started_at=now, expires_at=now + SESSION_LIFE)
    session.add(begun)
    viewer = _viewer(found[0], begun.session_id, found[1])
    _audit(session, viewer, "log_in", now)
    return viewer


async def log_out(session: AsyncSession, viewer: Viewer, now: datetime) -> None:
    """The session is over, here at once and elsewhere when the others hear of it."""
    await session.execute(update(StaffSession).where(StaffSession.session_id == viewer.session_id).values(ended_at=now))
    _audit(session, viewer, "log_out", now)
    emit(
        session,
        StaffSessionEnded(agent_id=viewer.agent_id, session_id=viewer.session_id, role=viewer.role, ended_at=now),
    )


def _queues_of() -> ColumnElement[list[str]]:
    of_agent = select(func.array_agg(AgentQueue.queue_id)).where(AgentQueue.agent_id == Agent.agent_id)
    return func.coalesce(of_agent.scalar_subquery(), literal_column("'{}'::text[]"))


# Every request of staff asks this first.
_OF_LIVING_SESSIONS = text("""
SELECT s.session_id, a.agent_id, a.username, a.name, a.role, a.language, a.has_clearance,
    array(SELECT queue_id FROM agent_queue q WHERE q.agent_id = a.agent_id) AS queue_ids
FROM staff_session s JOIN agent a ON a.agent_id = s.agent_id
WHERE s.session_id = ANY(cast(:session_ids AS uuid[])) AND s.ended_at IS NULL AND s.expires_at > :now AND a.is_active
""")


def _viewer(agent: Agent, session_id: UUID, queue_ids: list[str]) -> Viewer:
    return Viewer(
        agent_id=agent.agent_id,
        session_id=session_id,
        username=agent.username,
        name=agent.name,
        role=agent.role,
        language=agent.language,
        queue_ids=frozenset(queue_ids),
        has_clearance=agent.has_clearance,
    )


def _audit(session: AsyncSession, viewer: Viewer, act: str, now: datetime) -> None:
    session.add(
        Audit(
            actor_id=viewer.agent_id,
            actor_name=viewer.name,
            act=act,
            cause=str(viewer.session_id),
            before={},
            after={},
            acted_at=now,
        )
    )
