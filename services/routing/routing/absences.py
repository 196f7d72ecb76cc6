"""When somebody is away although their week says they work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, Forbidden, NotFound
from routing.accounts import NoSuchAgent
from routing.staffing import By, Change, write_down
from routing.tables import Absence, Agent
from routing.viewer import Viewer

KINDS: Collection[str] = ("leave", "sick", "training", "other")
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Away:
    """From when to when somebody does not work, and as what planning counts it."""

    kind: str
    begins_at: datetime
    ends_at: datetime


def planner(viewer: Viewer) -> By:
    """The viewer, who must lead: leads plan, admins too. Raises Forbidden."""
    if not viewer.is_lead:
        raise Forbidden("Only team leads may do this.")
    return By(viewer.name, viewer.agent_id)


async def record(session: AsyncSession, by: By, agent_id: UUID, away: Away, now: datetime) -> Absence:
    """The absence as kept. Raises BadInput when it makes no sense, Conflict when they are away then already."""
    if away.kind not in KINDS:
        raise BadInput("Choose what kind of absence it is.")
    if not timedelta() < away.ends_at - away.begins_at <= LONGEST:
        raise BadInput("An absence ends after it begins, and within three years.")
    if await session.scalar(select(Agent).where(Agent.agent_id == agent_id).with_for_update()) is None:
        raise NoSuchAgent("There is no such member of staff.")
    overlaps = select(Absence).where(
        Absence.agent_id == agent_id, Absence.begins_at < away.ends_at, Absence.ends_at > away.begins_at
    )
    if await session.scalar(overlaps.limit(1)):
        raise Conflict("They are away already in a part of that time; change that absence instead.")
    absence = Absence(agent_id=agent_id, kind=away.kind, begins_at=away.begins_at, ends_at=away.ends_at)
    session.add(absence)
    write_down(session, by, Change(f"agent/{agent_id}", "absent", {}, _told(absence)), now)
    return absence


async def strike(session: AsyncSession, by: By, agent_id: UUID, absence_id: UUID, now: datetime) -> None:
    """The absence is off: they work then after all. Raises NotFound."""
    absence = await session.get(Absence, absence_id)
    if absence is None or absence.agent_id != agent_id:
        raise NotFound("There is no such absence.")
    await session.delete(absence)
    write_down(session, by, Change(f"agent/{agent_id}", "present", _told(absence), {}), now)


async def alter(session: AsyncSession, by: By, at: tuple[UUID, UUID], away: Away, now: datetime) -> Absence:
    """The absence as it is from now on; `at` is whose and which. Raises NotFound, BadInput, Conflict."""
    agent_id, absence_id = at
    await strike(session, by, agent_id, absence_id, now)
    await session.flush()
    return await record(session, by, agent_id, away, now)


def _told(absence: Absence) -> dict[str, str]:
    moments = {"begins_at": absence.begins_at.isoformat(), "ends_at": absence.ends_at.isoformat()}
    return {"kind": absence.kind, **moments}
