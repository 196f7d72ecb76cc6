"""The rows of the glass: who opened which confidential text, why, and for how long."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from routing.tables.base import Base


class OpenedText(Base, kw_only=True):
    """Somebody of an outside company may read one confidential ticket for a while."""

    __tablename__ = "opened_text"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"), primary_key=True)
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
