"""Names of colleagues, read once for many rows."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from routing.tables import Agent

_NAMES = select(Agent.agent_id, Agent.name).where(Agent.agent_id.in_(bindparam("agent_ids", expanding=True)))


async def names_of(session: AsyncSession, agent_ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """What these members of staff are called."""
    wanted = {agent_id for agent_id in agent_ids if agent_id}
    if not wanted:
        return {}
    rows = await session.execute(_NAMES, {"agent_ids": list(wanted)})
    return {row.agent_id: row.name for row in rows}
