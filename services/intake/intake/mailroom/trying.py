"""What Loket would make of a mail, without keeping anything of it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from intake import knowing, settling
from intake.drafts import StoredFile
from intake.incoming import Claimed
from intake.joining import Place, Thread, plain
from intake.knowing import Knowledge
from intake.mail.canonical import fingerprint
from intake.mail.headers import email_of
from intake.mail.inbound import Enclosed, InboundMail, Unreadable
from intake.mailroom.checkers import Checkers
from intake.mailroom.readers import ReaderDied, Readers
from intake.mailroom.worker import Desk
from intake.reasons import reason_of
from intake.senders.verdicts import Brought
from intake.settling import Placed, ReadMail
from intake.tables import Ticket

LINKED = {"late": "that was solved too long ago", "stranger": "its sender is not proven"}
NEW = frozenset({Thread.NEW, Thread.LINKED})


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of a mail."""

    customer: str | None
    subject: str
    text: str
    thread: str  # new, joined, linked, held or quarantined
    reference: str | None
    rst: str | None
    why: str

    def as_dict(self) -> dict[str, str | None]:
        """For machines."""
        return asdict(self)


async def try_mail(  # noqa: PLR0913 - the mail room, and when
    raw: bytes,
    desk: Desk,
    readers: Readers,
    now: datetime,
    *,
    checkers: Checkers | None = None,
    has_database: bool = True,
) -> Tried:
    """What the mail would become now, read and judged as the worker does; nothing is written."""
    try:
        mail, _ = await readers.read(raw)
    except (Unreadable, ReaderDied) as error:
        reason = error.reason if isinstance(error, Unreadable) else "failed"
        return Tried(None, "", "", "quarantined", None, None, reason_of(reason))
    # Who brought the file first is not known any more: only its signatures can prove anything.
    verdict = await checkers.check(raw, mail, Brought()) if checkers else None
    read = ReadMail(_claimed(raw, mail, desk, now), mail, tuple(map(_unstored, mail.files)), verdict)
    if not has_database:
        return await _told(desk, read, Knowledge(), None, now)
    async with desk.database.reading() as session:
        known = await knowing.know(session, [(mail, read.named)], now)
        return await _told(desk, read, known, session, now)


def _claimed(raw: bytes, mail: InboundMail, desk: Desk, now: datetime) -> Claimed:
    """As if it lay among the mails that came in; the recipient is whichever of our addresses it names."""
    ours = [each for each in mail.recipients if plain(each) in desk.house.own_addresses]
    recipient = email_of(ours[0]) if ours else next(iter(sorted(desk.house.own_addresses)), "")
    return Claimed(
        UUID(int=0), "smtp", recipient or "", mail.sender.email, fingerprint(raw), raw, 1, now, is_released=False
    )


def _unstored(file: Enclosed) -> StoredFile:
    return StoredFile(file.name, "application/octet-stream", file.size_bytes, "0" * 64)


async def _told(desk: Desk, read: ReadMail, known: Knowledge, session: AsyncSession | None, now: datetime) -> Tried:
    [placed] = settling.place_all([read], known, desk.house, desk.seal, now)
    found = placed.place
    rst, reasons = await _judged(desk, placed) if found.thread in NEW else (None, [])
    said = placed.read.mail.newest if found.thread is Thread.JOINED else settling.draft_of(placed, desk.house).body
    thread = "held" if found.thread is Thread.NOTED else found.thread.value
    return Tried(
        customer=f"{placed.sender.name} <{placed.sender.email}>" if placed.sender.name else placed.sender.email,
        subject=read.mail.subject,
        text=said,
        thread=thread,
        reference=await _reference(session, found) if session else None,
        rst=rst,
        why="; ".join([*_why(read, found), *reasons]),
    )


async def _judged(desk: Desk, placed: Placed) -> tuple[str | None, list[str]]:
    [judged] = await desk.judge.judge([settling.draft_of(placed, desk.house)])
    judgement = judged.judgement
    rst = judgement.handling_class.letter if judgement.handling_class else None
    return rst, [f"{each.code}: {each.evidence}" if each.evidence else each.code for each in judgement.reasons]


async def _reference(session: AsyncSession, found: Place) -> str | None:
    if found.ticket is None:
        return None
    return await session.scalar(select(Ticket.reference).where(Ticket.ticket_id == found.ticket.ticket_id))


def _why(read: ReadMail, found: Place) -> list[str]:
    """The reasons for its place, in words."""
    mail, basis = read.mail, f" ({read.verdict.why})" if read.verdict else ""
    said = {
        Thread.HELD: reason_of(found.reason),
        Thread.NOTED: "A mail of ours came back.",
        Thread.JOINED: "It proves to come from the ticket's customer.",
        Thread.LINKED: f"It names a ticket it may not join: {LINKED.get(found.reason, found.reason)}.",
        Thread.NEW: "It names no ticket.",
    }[found.thread]
    sender = {True: "sender verified", False: "sender not verified", None: "nobody checked the sender"}[
        found.is_verified
    ]
    written = f"written by a program ({mail.because})" if mail.because else "written by a person"
    return [said, written, f"{sender}{basis}"]
