"""Mails that wait for a person: to look at, to take all the same, or to throw away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from common.errors import Conflict, NotFound
from intake.mail_rows import Mail
from intake.tables import Ticket

WAITING = ("held", "quarantined")
PAGE = 50


class NoSuchMail(NotFound):
    """There is no such mail."""


@dataclass(frozen=True, slots=True)
class Held:
    """A mail that waits, and the ticket it speaks of."""

    mail: Mail
    size_bytes: int
    reference: str | None


async def waiting(session: AsyncSession, before: UUID | None = None) -> Sequence[Held]:
    """The mails that wait, newest first, at most a page of them."""
    wanted = _wanted().where(Mail.state.in_(WAITING)).order_by(Mail.mail_id.desc()).limit(PAGE)
    rows = await session.execute(wanted.where(Mail.mail_id < before) if before else wanted)
    return [Held(mail, size, reference) for mail, size, reference in rows]


async def number_waiting(session: AsyncSession) -> int:
    """How many mails wait."""
    return int(await session.scalar(select(func.count()).select_from(Mail).where(Mail.state.in_(WAITING))) or 0)


async def one(session: AsyncSession, mail_id: UUID) -> Held:
    """The mail, whatever became of it. Raises NoSuchMail."""
    found = (await session.execute(_wanted().where(Mail.mail_id == mail_id))).one_or_none()
    if found is None:
        raise NoSuchMail("There is no such mail.")
    return Held(found[0], found[1], found[2])


async def raw(session: AsyncSession, mail_id: UUID) -> bytes:
    """The mail, byte for byte. Raises NoSuchMail."""
    mail = await session.scalar(select(Mail).where(Mail.mail_id == mail_id).options(undefer(Mail.raw)))
    if mail is None:
        raise NoSuchMail("There is no such mail.")
    return mail.raw


_OF_MESSAGE = text("""
SELECT m.raw FROM message s JOIN mail m ON m.ticket_id = s.ticket_id
WHERE s.message_id = :message_id AND m.state = 'settled' AND (
    m.message_id = s.message_id
    OR m.thread IN ('new', 'linked')
    AND NOT EXISTS (SELECT FROM message e WHERE e.ticket_id = s.ticket_id AND e.message_id < s.message_id)
) ORDER BY m.mail_id LIMIT 1
""")


async def raw_of_message(session: AsyncSession, message_id: UUID) -> bytes | None:
    """The mail that brought a message: the one that joined, or that made the ticket; None when it is not kept."""
    found: bytes | None = await session.scalar(_OF_MESSAGE, {"message_id": message_id})
    return found or None


async def release(session: AsyncSession, mail_id: UUID, agent_id: UUID, now: datetime) -> None:
    """Let the mail be taken all the same; the worker is woken when this commits. Raises NoSuchMail, Conflict.

    What cannot be read becomes a ticket with the mail as its file.
    """
    mail = await _locked(session, mail_id)
    mail.state, mail.is_released, mail.attempts, mail.due_at = "waiting", True, 0, now
    mail.settled_by = agent_id
    await session.execute(text("SELECT pg_notify('mail', '')"))


async def discard(session: AsyncSession, mail_id: UUID, agent_id: UUID, now: datetime) -> None:
    """Throw the mail away as spam; who did so is kept. Raises NoSuchMail, Conflict."""
    mail = await _locked(session, mail_id)
    mail.state, mail.reason, mail.settled_by, mail.settled_at = "discarded", "spam", agent_id, now


def _wanted() -> Select[Mail, int, str | None]:
    return select(Mail, func.length(Mail.raw), Ticket.reference).outerjoin(Ticket, Ticket.ticket_id == Mail.ticket_id)


async def _locked(session: AsyncSession, mail_id: UUID) -> Mail:
    mail = await session.scalar(select(Mail).where(Mail.mail_id == mail_id).with_for_update())
    if mail is None:
        raise NoSuchMail("There is no such mail.")
    if mail.state not in WAITING:
        raise Conflict("A colleague was quicker: this mail does not wait any more.")
    return mail
