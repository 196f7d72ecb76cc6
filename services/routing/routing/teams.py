"""Teams with who leads them, and the skills that people can have."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from routing.staffing import By, Change, write_down
from routing.tables import Agent, AgentSkill, Json, Skill, Team

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
LONGEST_NAME = 100


@dataclass(frozen=True)
class Led:
    """What may be different about a team."""

    name: str
    lead_id: UUID | None


async def change_team(session: AsyncSession, by: By, seen: tuple[str, int], led: Led, now: datetime) -> Json:
    """What became different about the team, by field. Raises NotFound, BadInput, and Conflict when it changed since."""
    wanted = select(Team).where(Team.team_id == seen[0]).with_for_update()
    team = await session.scalar(wanted.execution_options(populate_existing=True))
    if team is None:
        raise NotFound("There is no such team.")
    if team.version != seen[1]:
        raise Conflict("Somebody changed %(name)s since you opened this; look at it again first.", name=team.name)
    if not 0 < len(led.name) <= LONGEST_NAME:
        raise BadInput("Give the team a name of at most 100 characters.")
    if led.lead_id and not await _may_lead(session, led.lead_id):
        raise BadInput("Only a lead or an admin who may log in can lead a team.")
    before, after = _document(team), {"name": led.name, "lead_id": str(led.lead_id) if led.lead_id else None}
    changed: Json = {name: value for name, value in after.items() if before[name] != value}
    if changed:
        team.name, team.lead_id = led.name, led.lead_id
        team.version += 1
        told = Change(f"team/{team.team_id}", "change", {name: before[name] for name in changed}, changed)
        write_down(session, by, told, now)
    return changed


async def add_skill(session: AsyncSession, by: By, skill_id: str, name: str, now: datetime) -> Skill:
    """A skill that people and policies can name from now on. Raises BadInput, Conflict."""
    if not SLUG.fullmatch(skill_id) or len(skill_id) > LONGEST_SLUG:
        raise BadInput("The short name of a skill has small letters, digits and dashes, as in solar-panels.")
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput("Give the skill a name of at most 100 characters.")
    if await session.get(Skill, skill_id):
        raise Conflict("There is a skill %(name)s already.", name=skill_id)
    skill = Skill(skill_id=skill_id, name=name)
    session.add(skill)
    write_down(session, by, Change(f"skill/{skill_id}", "add", {}, {"name": name}), now)
    return skill


async def drop_skill(session: AsyncSession, by: By, skill_id: str, now: datetime) -> None:
    """The skill is gone. Raises NotFound, and Conflict while somebody has it."""
    skill = await session.get(Skill, skill_id, with_for_update=True)
    if skill is None:
        raise NotFound("There is no such skill.")
    if await session.scalar(select(AgentSkill.agent_id).where(AgentSkill.skill_id == skill_id).limit(1)):
        raise Conflict("Somebody has the skill %(name)s; take it from them first.", name=skill_id)
    await session.delete(skill)
    write_down(session, by, Change(f"skill/{skill_id}", "drop", {"name": skill.name}, {}), now)


async def _may_lead(session: AsyncSession, agent_id: UUID) -> bool:
    agent = await session.get(Agent, agent_id)
    return agent is not None and agent.is_active and agent.role in {"lead", "admin"}


def _document(team: Team) -> Json:
    return {"name": team.name, "lead_id": str(team.lead_id) if team.lead_id else None}
