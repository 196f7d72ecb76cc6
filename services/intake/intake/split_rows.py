"""The row of a split: what was asked, its words until the ticket is there, and then which ticket that is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Base


class Split(Base, kw_only=True):
    """A part of a ticket that an agent wants as a ticket of its own."""

    __tablename__ = "split"

    split_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]
    message_id: Mapped[UUID]
    attachment_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    subject: Mapped[str | None]
    body: Mapped[str | None]
    said_at: Mapped[datetime]
    is_sender_verified: Mapped[bool | None]
    asked_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]  # when to try; empty once the ticket is there
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.ticket_id"), default=None)
