"""Named reads of staff: everybody as an organisation describes them, and what they can belong to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.vocabulary import Language
from routing.person import House, Person
from routing.tables import Absence, Agent, AgentLanguage, AgentQueue, AgentSkill, Audit, Queue, Shift, Skill, Team
from routing.weeks import Block

OWN_COLUMNS = (
    *("username", "name", "role", "team_id", "language", "has_clearance"),
    *("cost_per_minute", "capacity", "zone", "is_active", "email"),
)


class NoSuchAgent(NotFound):
    """There is no such member of staff."""


@dataclass(frozen=True)
class Account:
    """A member of staff as stored."""

    agent_id: UUID
    version: int
    person: Person
    has_password: bool


async def house(session: AsyncSession) -> House:
    """The teams, queues and skills that people can have."""
    teams = await session.scalars(select(Team).order_by(Team.team_id))
    queues = await session.scalars(select(Queue).order_by(Queue.position))
    skills = await session.scalars(select(Skill.skill_id).order_by(Skill.skill_id))
    return House({t.team_id: t.partner for t in teams}, {q.queue_id: q.team_id for q in queues}, tuple(skills))


async def accounts(session: AsyncSession, agent_ids: Sequence[UUID] | None = None) -> list[Account]:
    """Everybody, or those with these ids: who may log in first, by name."""
    wanted = select(Agent).order_by(Agent.is_active.desc(), func.lower(Agent.name), Agent.agent_id)
    if agent_ids is not None:
        wanted = wanted.where(Agent.agent_id.in_(agent_ids))
    agents = (await session.scalars(wanted.execution_options(populate_existing=True))).all()
    ids = [agent.agent_id for agent in agents]
    queues, languages = await _queues(session, ids), await _languages(session, ids)
    skills, weeks = await _skills(session, ids), await _weeks(session, ids)
    return [
        Account(
            agent.agent_id,
            agent.version,
            Person(
                **{name: getattr(agent, name) for name in OWN_COLUMNS},
                queue_ids=tuple(queues[agent.agent_id]),
                languages=tuple(languages[agent.agent_id]),
                skills=skills[agent.agent_id],
                week=tuple(weeks[agent.agent_id]),
            ).tidy(),
            has_password=bool(agent.password_hash),
        )
        for agent in agents
    ]


async def account_of(session: AsyncSession, agent_id: UUID) -> Account:
    """The member of staff with this id. Raises NoSuchAgent."""
    for account in await accounts(session, [agent_id]):
        return account
    raise NoSuchAgent("There is no such member of staff.")


async def absences_of(session: AsyncSession, agent_id: UUID) -> list[Absence]:
    """When they are or were away, the latest first."""
    wanted = select(Absence).where(Absence.agent_id == agent_id).order_by(Absence.begins_at.desc())
    return list(await session.scalars(wanted))


async def history_of(session: AsyncSession, about: str, most: int = 50) -> list[Audit]:
    """What was changed about this, as kind/id, the latest first."""
    wanted = select(Audit).where(Audit.about == about).order_by(Audit.audit_id.desc()).limit(most)
    return list(await session.scalars(wanted))


async def _queues(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in await session.scalars(select(AgentQueue).where(AgentQueue.agent_id.in_(ids))):
        found[row.agent_id].append(row.queue_id)
    return found


async def _languages(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[Language]]:
    found: defaultdict[UUID, list[Language]] = defaultdict(list)
    for row in await session.scalars(select(AgentLanguage).where(AgentLanguage.agent_id.in_(ids))):
        found[row.agent_id].append(row.language)
    return found


async def _skills(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for row in await session.scalars(select(AgentSkill).where(AgentSkill.agent_id.in_(ids))):
        found[row.agent_id][row.skill_id] = row.level
    return found


async def _weeks(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[Block]]:
    found: defaultdict[UUID, list[Block]] = defaultdict(list)
    for row in await session.scalars(select(Shift).where(Shift.agent_id.in_(ids))):
        found[row.agent_id].append(Block(row.weekday, row.begins, row.ends))
    return found
