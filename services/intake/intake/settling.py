"""What becomes of mails that were read: tickets, messages, or something a person looks at first; one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Seal
from common.errors import Refusal
from common.events import MailBounced
from common.outbox import emit
from common.vocabulary import Channel, Language, Topic
from intake import messages, tickets
from intake.drafts import Draft, Judged, Origin, Repeatable, Said, StoredFile
from intake.incoming import Claimed
from intake.joining import Circumstances, Place, Thread, place
from intake.knowing import Knowledge, Named, named_by
from intake.mail.forwards import bare_subject
from intake.mail.inbound import InboundMail, Mailbox
from intake.mail.results import Trust, trust
from intake.senders.verdicts import Verdict
from intake.wording import first_words

NO_WORDS = "…"
LONGEST_RFC_ID = 500


class LostLease(Exception):
    """Another worker took these mails over meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class House:
    """What this organisation says about mail."""

    own_addresses: frozenset[str]
    colleagues: frozenset[str] = frozenset()  # addresses and domains whose forwards are somebody else's words
    border: str = ""  # the server whose Authentication-Results are believed
    border_hops: int = 1
    is_checked_here: bool = False  # or our own check is
    languages: tuple[tuple[str, Language], ...] = ()  # by mailbox: what to answer in when the words do not tell
    topics: tuple[tuple[str, Topic], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A claimed mail and what it says."""

    claimed: Claimed
    mail: InboundMail
    files: tuple[StoredFile, ...] = ()
    verdict: Verdict | None = None  # of our own check

    @property
    def named(self) -> Named:
        """The tickets it names."""
        return named_by(self.mail, self.claimed.recipient)


@dataclass(frozen=True, slots=True)
class Unread:
    """A claimed mail that could not be read, and why."""

    claimed: Claimed
    reason: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A mail that is read and has a place; judged when it becomes a ticket."""

    read: ReadMail
    place: Place
    sender: Mailbox
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """How a mail ended."""

    claimed: Claimed
    state: str
    thread: str | None = None
    reason: str | None = None
    ticket_id: UUID | None = None
    message_id: UUID | None = None
    mail: InboundMail | None = None


def place_all(reads: Sequence[ReadMail], known: Knowledge, house: House, seal: Seal, now: datetime) -> list[Placed]:
    """Where each mail goes; those placed earlier in the batch count for those after them."""
    return [_place(read, known, house, seal, now) for read in reads]


def _place(read: ReadMail, known: Knowledge, house: House, seal: Seal, now: datetime) -> Placed:
    mail, named = read.mail, read.named
    sender, alike = mail.sender.email, (mail.sender.email, mail.shape)
    believed = _believed(read, house)
    seen = Circumstances(
        proven=known.proven(named, sender, seal),
        named=known.named(named),
        trust=believed,
        own_addresses=house.own_addresses,
        new_this_hour=known.new[sender],
        said_this_hour=known.said[sender],
        alike_this_hour=known.alike[alike],
        is_released=read.claimed.is_released,
    )
    found = place(mail, seen, now)
    if found.thread in {Thread.NEW, Thread.LINKED}:
        known.new[sender] += 1
    elif found.thread is Thread.JOINED:
        known.said[sender] += 1
    known.alike[alike] += 1
    return _as_forwarded(Placed(read, found, mail.sender), house, believed)


def _believed(read: ReadMail, house: House) -> Trust:
    """What is known of the sender, from whoever this organisation lets say so."""
    if house.is_checked_here:
        return read.verdict.trust if read.verdict else Trust.UNKNOWN
    return trust(read.mail, house.border, house.border_hops)


def _as_forwarded(placed: Placed, house: House, believed: Trust) -> Placed:
    """The same, in the name of the customer whose mail a colleague passes on."""
    mail = placed.read.mail
    domain = mail.sender.email.rpartition("@")[2]
    is_colleague = bool({mail.sender.email, domain} & house.colleagues)
    nobody_says = not house.border and not house.is_checked_here
    is_believed = believed is Trust.VERIFIED or (nobody_says and believed is Trust.UNKNOWN)
    if placed.place.thread is not Thread.NEW or not mail.forwarded or not is_colleague or not is_believed:
        return placed
    return replace(placed, sender=mail.forwarded.sender, place=replace(placed.place, is_verified=False))


def draft_of(placed: Placed, house: House) -> Draft:
    """The draft that a mail of its own becomes."""
    mail, claimed = placed.read.mail, placed.read.claimed
    words, subject = mail.whole, mail.subject
    if mail.forwarded and placed.sender is not mail.sender:
        words, subject = mail.forwarded.text, mail.forwarded.subject or bare_subject(subject)
    body = _words(mail, words)
    linked = placed.place.ticket if placed.place.thread is Thread.LINKED else None
    return Draft(
        name=placed.sender.called,
        email=placed.sender.email,
        subject=subject or first_words(body),
        body=body,
        channel=Channel.EMAIL,
        language=dict(house.languages).get(claimed.mailbox) if _says_little(body) else None,
        files=placed.read.files,
        repeatable=_repeatable(claimed),
        origin=Origin(placed.place.is_verified, placed.place.may_be_answered, linked.ticket_id if linked else None),
    )


def _words(mail: InboundMail, words: str) -> str:
    """What a person reads; a mail may hold nothing but a subject or a file."""
    return words or mail.subject or ", ".join(file.name for file in mail.files) or NO_WORDS


def _says_little(body: str) -> bool:
    return sum(map(str.isalpha, body[:200])) < 20  # noqa: PLR2004 - a few words


def _repeatable(claimed: Claimed) -> Repeatable:
    digest = claimed.content_sha256
    return Repeatable("mail", digest.hex(), digest)


def with_topic(judged: Judged, mailbox: str, house: House) -> Judged:
    """The judgement, with the mailbox's topic where the words gave none."""
    topic = dict(house.topics).get(mailbox)
    if topic is None or judged.judgement.topic is not None:
        return judged
    return replace(judged, judgement=judged.judgement.model_copy(update={"topic": topic}))


async def settle(
    session: AsyncSession, placed: Sequence[Placed], unread: Iterable[Unread], now: datetime
) -> list[Settled]:
    """Write what becomes of each mail. Raises LostLease when another worker took one over."""
    made = await _made(session, [each for each in placed if each.judged], now)
    others = sorted((each for each in placed if not each.judged), key=_ticket_order)
    said = [await _said(session, each, now) for each in others]
    kept = [Settled(each.claimed, "quarantined", reason=each.reason) for each in unread]
    settled = [*made, *said, *kept]
    await _write(session, settled, now)
    return settled


def _ticket_order(placed: Placed) -> tuple[str, UUID]:
    """Tickets are locked in one order, so that two workers cannot wait for each other."""
    ticket = placed.place.ticket
    return str(ticket.ticket_id) if ticket else "", placed.read.claimed.mail_id


async def _made(session: AsyncSession, placed: Sequence[Placed], now: datetime) -> list[Settled]:
    outcomes = await tickets.submit_many(session, [each.judged for each in placed if each.judged], now)
    return [_as_ticket(each, outcome) for each, outcome in zip(placed, outcomes, strict=True)]


def _as_ticket(placed: Placed, outcome: tickets.Outcome) -> Settled:
    read, found = placed.read, placed.place
    if isinstance(outcome, Refusal):
        return Settled(read.claimed, "held", reason="refused", mail=read.mail)
    thread = "repeat" if outcome.is_repeat else found.thread.value
    return Settled(read.claimed, "settled", thread, found.reason or None, outcome.ticket_id, mail=read.mail)


async def _said(session: AsyncSession, placed: Placed, now: datetime) -> Settled:
    read, found = placed.read, placed.place
    ticket_id = found.ticket.ticket_id if found.ticket else None
    if found.thread is Thread.JOINED and ticket_id:
        added = await messages.receive(session, ticket_id, _said_by(placed), now)
        thread = "repeat" if added.is_repeat else "joined"
        return Settled(read.claimed, "settled", thread, None, ticket_id, added.message_id, read.mail)
    if found.thread is Thread.NOTED and ticket_id:
        _tell_bounce(session, read.mail, ticket_id, now)
        return Settled(read.claimed, "settled", "noted", found.reason, ticket_id, mail=read.mail)
    return Settled(read.claimed, "held", None, found.reason, ticket_id, mail=read.mail)


def _said_by(placed: Placed) -> Said:
    mail = placed.read.mail
    body = _words(mail, mail.newest)
    repeatable = _repeatable(placed.read.claimed)
    return Said(body, Channel.EMAIL, placed.read.files, repeatable, placed.place.is_verified)


def _tell_bounce(session: AsyncSession, mail: InboundMail, ticket_id: UUID, now: datetime) -> None:
    if mail.bounced and mail.bounced.delivery_id:
        told = mail.bounced
        event = MailBounced(
            ticket_id=ticket_id,
            delivery_id=mail.bounced.delivery_id,
            is_permanent=told.is_permanent,
            status=told.status,
            bounced_at=now,
        )
        emit(session, event)


_WRITE = text("""
UPDATE mail m SET state = t.state, thread = t.thread, reason = t.reason, ticket_id = t.ticket_id,
    message_id = t.message_id, sender = coalesce(t.sender, m.sender), sender_name = coalesce(t.name, m.sender_name),
    subject = coalesce(t.subject, m.subject), rfc_id = coalesce(t.rfc_id, m.rfc_id),
    shape = coalesce(t.shape, m.shape), settled_at = :now
FROM unnest(cast(:ids AS uuid[]), cast(:attempts AS int[]), cast(:states AS text[]), cast(:threads AS text[]),
    cast(:reasons AS text[]), cast(:tickets AS uuid[]), cast(:messages AS uuid[]), cast(:senders AS text[]),
    cast(:names AS text[]), cast(:subjects AS text[]), cast(:rfc_ids AS text[]), cast(:shapes AS bytea[]))
    AS t (mail_id, attempts, state, thread, reason, ticket_id, message_id, sender, name, subject, rfc_id, shape)
WHERE m.mail_id = t.mail_id AND m.attempts = t.attempts AND m.state = 'waiting'
RETURNING m.mail_id
""")


async def _write(session: AsyncSession, settled: Sequence[Settled], now: datetime) -> None:
    mails = [each.mail for each in settled]
    written = await session.execute(
        _WRITE,
        {
            "ids": [each.claimed.mail_id for each in settled],
            "attempts": [each.claimed.attempts for each in settled],
            "states": [each.state for each in settled],
            "threads": [each.thread for each in settled],
            "reasons": [each.reason for each in settled],
            "tickets": [each.ticket_id for each in settled],
            "messages": [each.message_id for each in settled],
            "senders": [mail.sender.email if mail else None for mail in mails],
            "names": [mail.sender.name if mail else None for mail in mails],
            "subjects": [mail.subject if mail else None for mail in mails],
            "rfc_ids": [_rfc_id(mail) for mail in mails],
            "shapes": [mail.shape if mail else None for mail in mails],
            "now": now,
        },
    )
    if len(written.all()) != len(settled):
        raise LostLease


def _rfc_id(mail: InboundMail | None) -> str | None:
    return mail.rfc_id if mail and mail.rfc_id and len(mail.rfc_id) <= LONGEST_RFC_ID else None
