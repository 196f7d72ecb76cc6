"""The rows of the work: tickets, what was said on them, who held them, why they went where they went."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, DateTime, Enum, ForeignKey, Identity, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from uuid_utils.compat import uuid7

from common.vocabulary import (
    Channel,
    HandlingClass,
    Language,
    Role,
    Sensitivity,
    TaskType,
    TicketState,
    Tier,
    Topic,
)

Json = dict[str, Any]


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """What all rows of routing share."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        StrEnum: Enum(
            StrEnum, native_enum=False, length=40, values_callable=lambda kind: [each.value for each in kind]
        ),
        datetime: DateTime(timezone=True),
        str: Text,
        Json: JSONB,
        list[Any]: JSONB,
    }


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


class PublishedPolicy(Base, kw_only=True):
    """One version of the policy; the highest is in force."""

    __tablename__ = "policy"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[Json]
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class Ticket(Base, kw_only=True):
    """One customer need as work. `version` counts the acts on it and is what clients must name."""

    __tablename__ = "ticket"
    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    person_id: Mapped[UUID]
    customer_name: Mapped[str]
    customer_email: Mapped[str | None]
    customer_phone: Mapped[str | None]
    customer_language: Mapped[Language]
    customer_number: Mapped[str | None]
    postcode: Mapped[str | None]
    house_number: Mapped[str | None]
    street: Mapped[str | None]
    city: Mapped[str | None]
    channel: Mapped[Channel]
    subject: Mapped[str]
    submitted_at: Mapped[datetime]
    judgement: Mapped[Json]
    handling_class: Mapped[HandlingClass | None]
    topic: Mapped[Topic | None]
    task_type: Mapped[TaskType | None]
    is_urgent: Mapped[bool]
    sensitivity: Mapped[Sensitivity]
    language: Mapped[Language]
    state: Mapped[TicketState]
    version: Mapped[int] = mapped_column(default=1)
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    came_from: Mapped[str | None] = mapped_column(ForeignKey("queue.queue_id"), default=None)
    priority: Mapped[int] = mapped_column(SmallInteger)
    answer_by: Mapped[datetime]
    solve_by: Mapped[datetime]
    due_at: Mapped[datetime]
    routed_at: Mapped[datetime]
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    waiting_until: Mapped[datetime | None] = mapped_column(default=None)
    is_unread: Mapped[bool] = mapped_column(default=False)
    last_holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    searched: Mapped[str] = mapped_column(
        TSVECTOR, Computed("words", persisted=True), init=False, deferred=True, repr=False
    )


class Message(Base, kw_only=True):
    """What a customer or an agent said; a note stays inside."""

    __tablename__ = "message"
    message_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    kind: Mapped[str]  # customer, agent or note
    author_name: Mapped[str]
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    body: Mapped[str]
    channel: Mapped[Channel | None] = mapped_column(default=None)
    attachments: Mapped[list[Any]] = mapped_column(default_factory=list)
    said_at: Mapped[datetime]


class Assignment(Base, kw_only=True):
    """An agent held a ticket from then to then."""

    __tablename__ = "assignment"
    assignment_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[str | None] = mapped_column(default=None)


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
    decided_at: Mapped[datetime]


class Clock(Base, kw_only=True):
    """One deadline of one ticket."""

    __tablename__ = "clock"
    clock_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    kind: Mapped[str]  # first_response, next_response, resolution or internal
    calendar: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")  # running, paused, met, missed or dropped
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    left_minutes: Mapped[int | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)


class Timer(Base, kw_only=True):
    """What happens to a ticket by itself at a moment."""

    __tablename__ = "timer"
    timer_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    kind: Mapped[str]
    epoch: Mapped[int]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)


class InternalTask(Base, kw_only=True):
    """A question from one department to another about a ticket."""

    __tablename__ = "internal_task"
    task_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    question: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(default=None)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


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


class Delivery(Base, kw_only=True):
    """What notifications last said about a notice."""

    __tablename__ = "delivery"
    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID]
    notice: Mapped[str]
    channel: Mapped[Channel]
    state: Mapped[str]
    attempts: Mapped[int]
    detail: Mapped[str | None]
    recorded_at: Mapped[datetime]


class Feedback(Base, kw_only=True):
    """How a customer says a ticket was handled."""

    __tablename__ = "feedback"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(primary_key=True)
    score: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None]
    is_solved: Mapped[bool | None]
