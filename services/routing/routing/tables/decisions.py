"""The rows that say why: policies, decisions, and every change with its actor."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, BigInteger, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from routing.tables.base import Base, Json


class PublishedPolicy(Base, kw_only=True):
    """One version of the policy; the highest is in force."""

    __tablename__ = "policy"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[Json]
    source: Mapped[str] = mapped_column(default="")  # as somebody wrote it; empty when only the rules are known
    restores: Mapped[int | None] = mapped_column(default=None)  # the version that this one brought back
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class PolicyRevision(Base, kw_only=True):
    """The open tickets are looked at with a new version of the policy: how far that is, and what it did."""

    __tablename__ = "policy_revision"
    version: Mapped[int] = mapped_column(ForeignKey("policy.version"), primary_key=True, autoincrement=False)
    after_id: Mapped[UUID | None] = mapped_column(default=None)
    looked_at: Mapped[int] = mapped_column(default=0)
    sooner: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class Decision(Base, kw_only=True):
    """Why a ticket went where it went."""

    __tablename__ = "decision"
    decision_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    cause: Mapped[str]
    inputs: Mapped[Json]
    policy_version: Mapped[int]
    model_version: Mapped[str]
    rule: Mapped[str]
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    priority: Mapped[int] = mapped_column(SmallInteger)
    candidates: Mapped[list[Any]] = mapped_column(default_factory=list)
    why: Mapped[list[Any]]
    queues: Mapped[list[Any]] = mapped_column(default_factory=list)  # those there were: id, tier, partner
    verdict: Mapped[Json] = mapped_column(default_factory=dict)  # all that the policy said
    took_ms: Mapped[float] = mapped_column(REAL, default=0.0)
    decided_at: Mapped[datetime]
    thinned_at: Mapped[datetime | None] = mapped_column(default=None)  # what it went by is gone since


class Audit(Base, kw_only=True):
    """One change: who made it, why, and what was different before."""

    __tablename__ = "audit"
    audit_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    ticket_id: Mapped[UUID | None] = mapped_column(default=None)
    version: Mapped[int | None] = mapped_column(default=None)
    actor_id: Mapped[UUID | None] = mapped_column(default=None)
    actor_name: Mapped[str]
    act: Mapped[str]
    cause: Mapped[str]
    before: Mapped[Json]
    after: Mapped[Json]
    acted_at: Mapped[datetime]
    about: Mapped[str | None] = mapped_column(default=None)  # what, when it is no ticket: agent/… or team/…
