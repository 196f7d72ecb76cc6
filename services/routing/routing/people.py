"""Names of colleagues, read once for many rows."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from routing.tables import Agent


async def names_of(session: AsyncSession, agent_ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """What these members of staff are called."""
    wanted = {agent_id for agent_id in agent_ids if agent_id}
    if not wanted:
        return {}
    rows = await session.execute(select(Agent.agent_id, Agent.name).where(Agent.agent_id.in_(wanted)))
    return {row.agent_id: row.name for row in rows}
