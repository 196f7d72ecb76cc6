"""The rows of links: tickets that went up in another, or are answered together with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from routing.tables.base import Base


class Link(Base, kw_only=True):
    """A ticket belongs with another: `merged` when it went up in it, `child` when it is answered together with it."""

    __tablename__ = "link"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    linked_by: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    linked_at: Mapped[datetime]
