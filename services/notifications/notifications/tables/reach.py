"""How people want to be reached, where they cannot be, and what many of them are told at once."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.vocabulary import Channel, Language
from notifications.tables.base import Base


class Preference(Base, kw_only=True):
    """What one person chose on their own page."""

    __tablename__ = "preference"

    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    channel: Mapped[Channel | None]
    language: Mapped[Language | None]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    stopped_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class BadAddress(Base, kw_only=True):
    """An address at which nobody can be reached."""

    __tablename__ = "bad_address"

    channel: Mapped[Channel] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    marked_at: Mapped[datetime]


class Device(Base, kw_only=True):
    """A browser that may be sent notices."""

    __tablename__ = "device"

    endpoint: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    p256dh: Mapped[str]
    auth: Mapped[str]
    added_at: Mapped[datetime]


class Broadcast(Base, kw_only=True):
    """One thing that many customers are told."""

    __tablename__ = "broadcast"

    broadcast_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    title: Mapped[str]
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    per_minute: Mapped[int]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)
    incident_id: Mapped[UUID | None] = mapped_column(default=None)
    stage: Mapped[str | None] = mapped_column(default=None)  # of the incident: declared or closed
    paced_until: Mapped[datetime | None] = mapped_column(default=None)  # when the next one may be told


class Affected(Base, kw_only=True):
    """Somebody whom an incident concerns, and the ticket on which they are told."""

    __tablename__ = "affected"

    incident_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID]
    is_told: Mapped[bool]  # their acknowledgement said it
