"""The rows of texts that came in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Base


class TextMessage(Base, kw_only=True):
    """A text that was taken in, and what became of it."""

    __tablename__ = "text_message"

    text_message_id: Mapped[UUID] = mapped_column(primary_key=True)
    text_id: Mapped[str]  # the provider's
    content_sha256: Mapped[bytes]
    number: Mapped[str]
    body: Mapped[str]
    shape: Mapped[bytes]
    received_at: Mapped[datetime]
    state: Mapped[str]
    thread: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    ticket_id: Mapped[UUID | None] = mapped_column(default=None)
    message_id: Mapped[UUID | None] = mapped_column(default=None)
    settled_by: Mapped[UUID | None] = mapped_column(default=None)
