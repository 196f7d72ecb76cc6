"""The rows of time: clocks, timers, and questions with a deadline."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from routing.tables.base import Base


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
