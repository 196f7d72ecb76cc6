"""Members of staff: who they are, that they are logged in, and those that every Loket begins with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import SESSION_LIFE, Staff
from common.errors import NotFound
from common.events import StaffSessionEnded
from common.outbox import emit
from common.texts import mark
from common.vocabulary import Language, Role, Tier
from routing.policy import default_policy
from routing.tables import Agent, AgentQueue, Audit, PublishedPolicy, Queue, StaffSession, Team
from routing.viewer import Viewer

DEMO_PASSWORD = "loket-demo"  # noqa: S105 - for the laptop alone; settings refuse the demo elsewhere
TEAMS = (
    ("front-office", mark("Front office"), Tier.FRONT_OFFICE, None),
    ("back-office", mark("Back office"), Tier.BACK_OFFICE, None),
    ("field", mark("Field service"), Tier.FIELD, None),
    ("partner", mark("Partner"), Tier.FRONT_OFFICE, "Contactpunt"),
)
QUEUES = (  # id, name, team, in the order of lists; the first of a tier is where escalations go
    ("front-office", mark("Front office"), "front-office"),
    ("triage", mark("Triage"), "front-office"),
    ("back-office", mark("Back office"), "back-office"),
    ("field", mark("Field service"), "field"),
    ("partner", mark("Partner"), "partner"),
)
FRONT, BACK, FIELD = ("front-office", "triage"), ("back-office",), ("field",)
OWN = (*FRONT, *BACK, *FIELD)


@dataclass(frozen=True)
class Person:
    """Somebody to make an account for."""

    username: str
    name: str
    role: Role
    team_id: str | None
    queue_ids: tuple[str, ...] = ()
    language: Language = Language.NL
    has_clearance: bool = True


DEMO = (
    Person("frontoffice", "Fatima de Wit", Role.AGENT, "front-office", FRONT),
    Person("frontoffice2", "Joris Bakker", Role.AGENT, "front-office", FRONT),
    Person("backoffice", "Annelies Peeters", Role.AGENT, "back-office", BACK),
    Person("backoffice2", "Thomas Keller", Role.AGENT, "back-office", BACK),
    Person("technician", "Bram Visser", Role.TECHNICIAN, "field", FIELD),
    Person("lead", "Sofie Janssens", Role.LEAD, None, OWN),
    Person("admin", "Karin Smit", Role.ADMIN, None),
    Person("partner", "Pieter Mol", Role.PARTNER, "partner", ("partner",)),
)


class NoSuchAccount(NotFound):
    """Nobody has this name, or they may not log in any more."""


async def viewer_of(session: AsyncSession, staff: Staff, now: datetime) -> Viewer | None:
    """Who a session speaks for at this moment; None once it was ended or its account closed."""
    wanted = (
        select(Agent, _queues_of())
        .join(StaffSession, StaffSession.agent_id == Agent.agent_id)
        .where(
            StaffSession.session_id == staff.session_id,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
            Agent.agent_id == staff.agent_id,
            Agent.is_active,
        )
    )
    found = (await session.execute(wanted)).one_or_none()
    return _viewer(found[0], staff.session_id, found[1]) if found else None


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


async def ensure_defaults(session: AsyncSession, now: datetime) -> None:
    """The teams, queues and first policy that every Loket begins with; what is there already stays as it is."""
    teams = [{"team_id": i, "name": name, "tier": tier, "partner": partner} for i, name, tier, partner in TEAMS]
    await session.execute(insert(Team).values(teams).on_conflict_do_nothing())
    of = {team["team_id"]: team for team in teams}
    queues = [
        {"queue_id": i, "name": name, "team_id": t, "tier": of[t]["tier"], "partner": of[t]["partner"], "position": at}
        for at, (i, name, t) in enumerate(QUEUES, start=1)
    ]
    await session.execute(insert(Queue).values(queues).on_conflict_do_nothing())
    document = default_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    first = {"version": 1, "document": document, "published_at": now, "published_by": "Loket"}
    await session.execute(insert(PublishedPolicy).values(first).on_conflict_do_nothing())


async def ensure_demo(session: AsyncSession, hashed: Callable[[str], str], now: datetime) -> None:
    """The demo's people, each with the demo's password; those that are there stay as they are."""
    there = set(await session.scalars(select(Agent.username)))
    for person in DEMO:
        if person.username not in there:
            await add(session, person, hashed(DEMO_PASSWORD), now)


async def add(session: AsyncSession, person: Person, password_hash: str, now: datetime) -> Agent:
    """A new account. Clearance is for own staff only."""
    agent = Agent(
        username=person.username.lower(),
        name=person.name,
        role=person.role,
        team_id=person.team_id,
        language=person.language,
        password_hash=password_hash,
        has_clearance=person.has_clearance and person.role is not Role.PARTNER,
        created_at=now,
    )
    session.add(agent)
    await session.flush()
    session.add_all(AgentQueue(agent_id=agent.agent_id, queue_id=queue_id) for queue_id in person.queue_ids)
    return agent


def _queues_of() -> ColumnElement[list[str]]:
    of_agent = select(func.array_agg(AgentQueue.queue_id)).where(AgentQueue.agent_id == Agent.agent_id)
    return func.coalesce(of_agent.scalar_subquery(), literal_column("'{}'::text[]"))


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
