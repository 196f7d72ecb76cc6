"""The rows of hours: when people work in an ordinary week, and when they are away."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, SmallInteger, Time
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from routing.tables.base import Base


class Shift(Base, kw_only=True):
    """Somebody works on this day of every week; ending at 00:00 is the end of the day."""

    __tablename__ = "shift"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)  # 0 is Monday
    begins: Mapped[time] = mapped_column(Time, primary_key=True)  # in the zone of the agent
    ends: Mapped[time] = mapped_column(Time)


class Absence(Base, kw_only=True):
    """Somebody does not work although their week says so."""

    __tablename__ = "absence"
    absence_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    kind: Mapped[str]  # leave, sick, training or other
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
