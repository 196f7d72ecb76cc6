"""The rows of the work: tickets, what was said on them, who held them, how it ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, SmallInteger
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from common.vocabulary import Channel, HandlingClass, Language, Sensitivity, TaskType, TicketState, Topic
from routing.tables.base import Base, Json


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
    segment: Mapped[str | None] = mapped_column(default=None)
    skills: Mapped[Json] = mapped_column(default_factory=dict)  # skill → least level
    optional_skills: Mapped[Json] = mapped_column(default_factory=dict)  # skill → until when to hold out for it
    agreed: Mapped[Json | None] = mapped_column(default=None)  # within, solve: minutes of open time; share
    escalates_to: Mapped[str | None] = mapped_column(ForeignKey("queue.queue_id"), default=None)
    answer_by: Mapped[datetime]
    solve_by: Mapped[datetime]
    due_at: Mapped[datetime]
    routed_at: Mapped[datetime]
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    held_since: Mapped[datetime | None] = mapped_column(default=None)  # in the present hands; empty: since submitted
    asked_queue_id: Mapped[str | None] = mapped_column(ForeignKey("queue.queue_id"), default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    waiting_until: Mapped[datetime | None] = mapped_column(default=None)
    is_unread: Mapped[bool] = mapped_column(default=False)
    last_holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    linked_to: Mapped[UUID | None] = mapped_column(default=None)  # which it answers, and may not join
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
    is_sender_verified: Mapped[bool | None] = mapped_column(default=None)  # empty: the channel does not say


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
