"""The rows of incidents: one cause behind many tickets, and which tickets those are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from routing.tables.base import Base, Json


class Incident(Base, kw_only=True):
    """One cause behind many tickets, what their customers are told, and which later tickets it is behind too."""

    __tablename__ = "incident"
    incident_id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    title: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    queue_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))  # beginnings of postcodes
    words: Mapped[Json]  # by language
    per_minute: Mapped[int]
    declared_by: Mapped[str]
    declared_at: Mapped[datetime]
    closing_words: Mapped[Json | None] = mapped_column(default=None)
    closed_by: Mapped[str | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class IncidentTicket(Base, kw_only=True):
    """A ticket that an incident is behind."""

    __tablename__ = "incident_ticket"
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.incident_id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"), primary_key=True)
    came: Mapped[str]  # open when it was declared, accepted later, or linked by hand
    added_at: Mapped[datetime]
