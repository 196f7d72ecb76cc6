"""Mails to staff: of alarms that they should hear of wherever they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.vocabulary import Language
from notifications.retries import DeliveryState
from notifications.tables.base import Base


class StaffMail(Base, kw_only=True):
    """One mail to one member of staff, and how it fares."""

    __tablename__ = "staff_mail"

    mail_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[Language]
    alarms: Mapped[list[Any]] = mapped_column(JSONB)
    state: Mapped[DeliveryState]
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime | None] = mapped_column(default=None)
