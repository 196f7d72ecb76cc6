"""The rows of time: calendars, clocks and what happens on the way, who held a ticket, timers, questions."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import REAL, BigInteger, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from routing.tables.base import Base, Json


class CalendarVersion(Base, kw_only=True):
    """One version of one calendar; the highest is in force."""

    __tablename__ = "calendar"
    calendar_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[Json]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class QueueTime(Base, kw_only=True):
    """Which calendar a queue works by, and what happens when its promises are in danger or broken."""

    __tablename__ = "queue_time"
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"), primary_key=True)
    calendar_id: Mapped[str] = mapped_column(default="office")
    warn_percent: Mapped[int] = mapped_column(SmallInteger, default=75)
    warn_raises: Mapped[bool] = mapped_column(default=False)
    warn_tells: Mapped[bool] = mapped_column(default=False)
    breach_raises: Mapped[bool] = mapped_column(default=True)
    breach_tells: Mapped[bool] = mapped_column(default=True)
    breach_moves_to: Mapped[str | None] = mapped_column(ForeignKey("queue.queue_id"), default=None)


class Clock(Base, kw_only=True):
    """One deadline of one ticket: an account of open time, from which the moment it is due follows."""

    __tablename__ = "clock"
    clock_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    kind: Mapped[str]  # first_response, next_response, resolution or internal
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    calendar: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")  # running, paused, met, missed or dropped
    started_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    allowed: Mapped[timedelta]
    spent: Mapped[timedelta] = mapped_column(default=timedelta())
    counted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    share: Mapped[float | None] = mapped_column(REAL, default=None)  # of the tickets, for which this is promised
    passed: Mapped[int] = mapped_column(SmallInteger, default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    next_stage: Mapped[str | None] = mapped_column(default=None)
    next_at: Mapped[datetime | None] = mapped_column(default=None)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("internal_task.task_id"), default=None)
    left_minutes: Mapped[int | None] = mapped_column(default=None)
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)


class Fired(Base, kw_only=True):
    """Something came to pass on the way to a deadline, with the forecast made then."""

    __tablename__ = "fired"
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.clock_id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    chance: Mapped[float | None] = mapped_column(REAL, default=None)
    expected_at: Mapped[datetime | None] = mapped_column(default=None)


class Delay(Base, kw_only=True):
    """A customer was told that a promise will probably not be kept, and the new date."""

    __tablename__ = "delay"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"), primary_key=True)
    promised_at: Mapped[datetime] = mapped_column(primary_key=True)
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.clock_id"))
    promised_by: Mapped[datetime]
    expected_by: Mapped[datetime]
    told_at: Mapped[datetime]


class LeadAlert(Base, kw_only=True):
    """Something a team lead must hear of."""

    __tablename__ = "lead_alert"
    alert_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.clock_id"))
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    stage: Mapped[str]
    raised_at: Mapped[datetime]
    seen_by: Mapped[str | None] = mapped_column(default=None)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)


class ToldAlarm(Base, kw_only=True):
    """Somebody was told of an alarm."""

    __tablename__ = "told_alarm"
    alarm: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    told_at: Mapped[datetime]


class Stretch(Base, kw_only=True):
    """A ticket was in these hands from then to then; what is still going on stands in the ticket."""

    __tablename__ = "stretch"
    stretch_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    holder_kind: Mapped[str]
    queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    own_queue_id: Mapped[str] = mapped_column(ForeignKey("queue.queue_id"))
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)


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
    from_queue_id: Mapped[str | None] = mapped_column(ForeignKey("queue.queue_id"), default=None)
    question: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(default=None)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("agent.agent_id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
