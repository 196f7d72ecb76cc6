"""The rows of staff: teams, the queues they work, people, what they can do, and their sessions."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from common.vocabulary import Language, Role, Tier
from routing.tables.base import Base


class Team(Base, kw_only=True):
    """People who work together, perhaps for an outside company."""

    __tablename__ = "team"
    team_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[Tier]
    partner: Mapped[str | None] = mapped_column(default=None)
    lead_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("agent.agent_id", name="team_lead", use_alter=True), default=None
    )
    version: Mapped[int] = mapped_column(default=1)


class Queue(Base, kw_only=True):
    """Where tickets of one kind wait."""

    __tablename__ = "queue"
    queue_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[Tier]
    team_id: Mapped[str] = mapped_column(ForeignKey("team.team_id"))
    partner: Mapped[str | None] = mapped_column(default=None)
    position: Mapped[int]
    mode: Mapped[str] = mapped_column(default="pull")  # or push: work is offered
    offer_seconds: Mapped[int] = mapped_column(default=60)


class Agent(Base, kw_only=True):
    """A member of staff or of a partner."""

    __tablename__ = "agent"
    agent_id: Mapped[UUID] = mapped_column(primary_key=True, insert_default=uuid7, default_factory=uuid7)
    username: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    team_id: Mapped[str | None] = mapped_column(ForeignKey("team.team_id"), default=None)
    language: Mapped[Language] = mapped_column(default=Language.NL)
    password_hash: Mapped[str]
    has_clearance: Mapped[bool]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    cost_per_minute: Mapped[Decimal] = mapped_column(Numeric(7, 4), default=Decimal("0.6"))  # euro
    capacity: Mapped[float] = mapped_column(default=6.0)  # units of work in hand at once
    zone: Mapped[str] = mapped_column(default="Europe/Amsterdam")  # of their shifts
    version: Mapped[int] = mapped_column(default=1)
    email: Mapped[str | None] = mapped_column(default=None)  # where they hear of alarms


class Skill(Base, kw_only=True):
    """What somebody can be good at, as policies name it."""

    __tablename__ = "skill"
    skill_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class AgentSkill(Base, kw_only=True):
    """Somebody is good at something: 1 is learning it, 2 works alone, 3 is who others ask."""

    __tablename__ = "agent_skill"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    skill_id: Mapped[str] = mapped_column(ForeignKey("skill.skill_id"), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger)


class AgentLanguage(Base, kw_only=True):
    """Somebody helps customers in a language."""

    __tablename__ = "agent_language"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    language: Mapped[Language] = mapped_column(primary_key=True)


class AgentQueue(Base, kw_only=True):
    """Somebody works a queue."""

    __tablename__ = "agent_queue"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"), primary_key=True)


class StaffSession(Base, kw_only=True):
    """Somebody is logged in."""

    __tablename__ = "staff_session"
    session_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
