"""The rows around mail that comes in: the mails themselves, our own by id, mailboxes, ended staff sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Base


class Mail(Base, kw_only=True):
    """A mail that was taken in, byte for byte, and what became of it."""

    __tablename__ = "mail"

    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    mailbox: Mapped[str]  # how it came: smtp, or the name of an IMAP mailbox
    recipient: Mapped[str]
    envelope_sender: Mapped[str]
    content_sha256: Mapped[bytes]
    raw: Mapped[bytes] = mapped_column(deferred=True)
    client: Mapped[str | None]  # the computer that brought it, where it came straight from outside
    hello: Mapped[str | None]
    received_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    is_released: Mapped[bool]  # a person said: take it all the same
    sender: Mapped[str | None]
    sender_name: Mapped[str | None]
    subject: Mapped[str | None]
    rfc_id: Mapped[str | None]  # its Message-ID
    shape: Mapped[bytes | None]  # what is left of its words without numbers: equal for the rounds of a loop
    thread: Mapped[str | None]
    reason: Mapped[str | None]
    ticket_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]


class SentMail(Base, kw_only=True):
    """A mail of ours, by the left side of its Message-ID."""

    __tablename__ = "sent_mail"

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID]


class MailboxPlace(Base, kw_only=True):
    """How far an IMAP mailbox was taken in."""

    __tablename__ = "mailbox_place"

    mailbox: Mapped[str] = mapped_column(primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)


class EndedSession(Base, kw_only=True):
    """A staff session that is over."""

    __tablename__ = "ended_session"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
