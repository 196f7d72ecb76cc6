"""The rows of links: tickets that went up in another, are answered together with it, or were split off it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from routing.tables.base import Base


class Link(Base, kw_only=True):
    """A ticket belongs with another.

    `merged` when it went up in it, `child` when it is answered together with it, `split` when it was split off it.
    """

    __tablename__ = "link"
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    linked_by: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    linked_at: Mapped[datetime]


class Split(Base, kw_only=True):
    """A part was split off a ticket, under an id made before the click; intake makes the ticket that it becomes."""

    __tablename__ = "split"
    split_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.message_id"))
    content_sha256: Mapped[bytes]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("agent.agent_id"))
    asked_at: Mapped[datetime]
    new_ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.ticket_id"), default=None)
    copy_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.message_id"), default=None)
