"""The rows of notifications: copies of tickets and promises, notices, and the deliveries that bring them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.vocabulary import Channel, Language
from notifications.notices import NoticeKind
from notifications.retries import DeliveryState
from notifications.tables.base import Base


class Ticket(Base, kw_only=True):
    """What intake told of a ticket, as far as a notice needs it."""

    __tablename__ = "ticket"

    ticket_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    reference: Mapped[str]
    language: Mapped[Language]
    email: Mapped[str | None]
    domain: Mapped[str | None]
    submitted_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    street: Mapped[str | None] = mapped_column(default=None)
    house_number: Mapped[str | None] = mapped_column(default=None)
    postcode: Mapped[str | None] = mapped_column(default=None)
    city: Mapped[str | None] = mapped_column(default=None)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    may_be_answered: Mapped[bool] = mapped_column(default=True)  # by a program
    split_from: Mapped[str | None] = mapped_column(default=None)  # the reference of the ticket it was split off


class Promise(Base, kw_only=True):
    """What routing promised for a ticket; the latest one counts."""

    __tablename__ = "promise"

    promise_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID]
    promised_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    solve_by: Mapped[datetime]
    incident: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True), default=None)  # told of it


class Notice(Base, kw_only=True):
    """What a customer should hear."""

    __tablename__ = "notice"

    notice_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ticket_id: Mapped[UUID]
    kind: Mapped[NoticeKind]
    occurred_at: Mapped[datetime]
    body: Mapped[str | None]
    agent_name: Mapped[str | None]
    message_id: Mapped[UUID | None]
    until: Mapped[datetime | None]
    broadcast_id: Mapped[UUID | None] = mapped_column(ForeignKey("broadcast.broadcast_id"), default=None)
    promised_at: Mapped[datetime | None] = mapped_column(default=None)  # of a delay: which promise it puts off


class Delivery(Base, kw_only=True):
    """Bringing one notice by one channel."""

    __tablename__ = "delivery"

    delivery_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    notice_id: Mapped[UUID]
    ticket_id: Mapped[UUID]
    channel: Mapped[Channel]
    state: Mapped[DeliveryState]
    occurred_at: Mapped[datetime]
    planned_at: Mapped[datetime]
    due_at: Mapped[datetime]
    promise_since: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    mail_id: Mapped[str | None] = mapped_column(default=None)
    detail: Mapped[str | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime | None] = mapped_column(default=None)
    resend_of: Mapped[UUID | None] = mapped_column(default=None)
    told_with: Mapped[UUID | None] = mapped_column(default=None)
    instead_of: Mapped[UUID | None] = mapped_column(default=None)
    released_by: Mapped[str | None] = mapped_column(default=None)


class EndedSession(Base, kw_only=True):
    """A staff session that is over, kept until its token would have run out by itself."""

    __tablename__ = "ended_session"

    session_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ended_at: Mapped[datetime]
