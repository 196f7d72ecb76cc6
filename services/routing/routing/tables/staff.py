"""The rows of staff: teams, the queues they work, people and their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
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


class Queue(Base, kw_only=True):
    """Where tickets of one kind wait."""

    __tablename__ = "queue"
    queue_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[Tier]
    team_id: Mapped[str] = mapped_column(ForeignKey("team.team_id"))
    partner: Mapped[str | None] = mapped_column(default=None)
    position: Mapped[int]


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
