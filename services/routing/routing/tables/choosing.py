"""The rows of choosing: who is there, who was chosen and why, what was offered, and how long work takes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from common.vocabulary import Tier, Topic
from routing.matching import Presence
from routing.tables.base import Base, Json


class AgentPresence(Base, kw_only=True):
    """Whether somebody takes work; who has no row was never here."""

    __tablename__ = "presence"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    state: Mapped[Presence]
    since: Mapped[datetime]
    idle_since: Mapped[datetime]
    silent_at: Mapped[datetime | None] = mapped_column(default=None)  # when they count as gone; empty when they are
    topic: Mapped[Topic | None] = mapped_column(default=None)  # what they worked on last


class Offer(Base, kw_only=True):
    """A ticket of a pushed queue was offered to somebody."""

    __tablename__ = "offer"
    offer_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    state: Mapped[str] = mapped_column(default="offered")  # accepted, declined, timed_out or withdrawn later
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)  # of who declined it


class MatchingRound(Base, kw_only=True):
    """All that was known when several tickets were handed out at once."""

    __tablename__ = "matching_round"
    round_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    inputs: Mapped[Json]
    decided_at: Mapped[datetime]


class Choice(Base, kw_only=True):
    """Who was to do a ticket, and why each of the others was not."""

    __tablename__ = "choice"
    choice_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("matching_round.round_id"), default=None)
    how: Mapped[str]  # pulled or offered
    inputs: Mapped[Json]
    candidates: Mapped[list[Any]]
    policy_version: Mapped[int]
    model_version: Mapped[str]
    took_ms: Mapped[float] = mapped_column(REAL)
    decided_at: Mapped[datetime]
    thinned_at: Mapped[datetime | None] = mapped_column(default=None)  # what it went by is gone since


class Effort(Base, kw_only=True):
    """How many minutes of hands work of a kind took so far; what is unknown of it is an empty text."""

    __tablename__ = "effort"
    handling_class: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[Tier] = mapped_column(primary_key=True)
    tickets: Mapped[float]
    minutes: Mapped[float]


class Unstaffed(Base, kw_only=True):
    """Work that waits in a queue and that nobody on the staff may do."""

    __tablename__ = "unstaffed"
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"), primary_key=True)
    asks: Mapped[str] = mapped_column(primary_key=True)  # what such tickets ask of people, as JSON
    lacks: Mapped[list[Any]]  # what each of those who work the queue lacks, most frequent first
    tickets: Mapped[int]
    oldest_at: Mapped[datetime]
    since: Mapped[datetime]
