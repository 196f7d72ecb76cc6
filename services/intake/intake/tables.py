"""The rows intake keeps: people, tickets as the customer sees them, what was said, and what other services told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase):
    """Every row of this service; word lists are stored as their own words."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - as SQLAlchemy asks for it


class Person(Base, kw_only=True):
    """Someone who brought us a ticket, known by e-mail address, else by customer number, else by telephone number."""

    __tablename__ = "person"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    known_as: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    customer_number: Mapped[str | None]
    first_seen_at: Mapped[datetime]


class Ticket(Base, kw_only=True):
    """One customer need, as the customer told it and as the classifier read it."""

    __tablename__ = "ticket"

    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.person_id"))
    name: Mapped[str]
    email: Mapped[str | None]  # one of e-mail address and telephone number is there
    phone: Mapped[str | None]
    customer_number: Mapped[str | None]
    language: Mapped[str]
    channel: Mapped[str]
    subject: Mapped[str]
    postcode: Mapped[str | None]
    house_number: Mapped[str | None]
    city: Mapped[str | None]
    handling_class: Mapped[str | None]
    topic: Mapped[str | None]
    task_type: Mapped[str | None]
    sensitivity: Mapped[str]
    judgement: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime]


class Message(Base, kw_only=True):
    """What a customer said on a ticket; the first one is what made it."""

    __tablename__ = "message"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    author_name: Mapped[str]
    body: Mapped[str]
    channel: Mapped[str]
    received_at: Mapped[datetime]


class Attachment(Base, kw_only=True):
    """A file that came with a message; its bytes lie in the attachment store under their hash."""

    __tablename__ = "attachment"

    attachment_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.message_id"))
    position: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]


class Feedback(Base, kw_only=True):
    """How a customer found the way a ticket was solved."""

    __tablename__ = "feedback"

    feedback_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.ticket_id"))
    score: Mapped[int]
    comment: Mapped[str | None]
    is_solved: Mapped[bool | None]
    given_at: Mapped[datetime]


class Step(Base, kw_only=True):
    """One fact another service told about a ticket, as it was told; the status page is read off these, in order."""

    __tablename__ = "step"

    step_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    ticket_id: Mapped[UUID]
    type: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class IdempotencyKey(Base, kw_only=True):
    """A key a sender gave with something, so that sending it again changes nothing."""

    __tablename__ = "idempotency_key"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content_sha256: Mapped[bytes]
    ticket_id: Mapped[UUID]
    message_id: Mapped[UUID]
    used_at: Mapped[datetime]


class Correction(Base, kw_only=True):
    """A person's judgement beside the classifier's, for ever: what the next model learns from."""

    __tablename__ = "correction"

    correction_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID]  # the text is this ticket's first message
    agent_id: Mapped[UUID]
    from_class: Mapped[str | None]
    to_class: Mapped[str]
    from_topic: Mapped[str | None]
    to_topic: Mapped[str | None]
    reason: Mapped[str]
    model_version: Mapped[str]
    corrected_at: Mapped[datetime]
