"""Where a mail belongs: on a ticket, beside one, on its own, or with a person first. A subject never decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from intake.mail.inbound import InboundMail, Nature
from intake.mail.results import Trust

REOPENS_FOR = timedelta(days=14)
MOST_NEW_AN_HOUR = 20
MOST_ANSWERED_AN_HOUR = 4  # new tickets of one address; two programs whose words change would go on for ever
MOST_SAID_AN_HOUR = 60
MOST_ALIKE_AN_HOUR = 3  # of one sender, equal but for numbers: the rounds of a loop
MOST_HOPS = 50


class Thread(StrEnum):
    """What becomes of a mail."""

    NEW = "new"
    JOINED = "joined"
    LINKED = "linked"
    NOTED = "noted"  # it is about a mail of ours
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket that a mail names."""

    ticket_id: UUID
    email: str | None
    is_void: bool = False
    resolved_at: datetime | None = None

    def takes_more(self, now: datetime) -> bool:
        """Whether more words still go on it: it is open, or was solved less than fourteen days ago."""
        return not self.is_void and (self.resolved_at is None or now - self.resolved_at <= REOPENS_FOR)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known when a mail is placed."""

    proven: Known | None = None  # by a token that was made for this sender
    named: Known | None = None  # by a token of somebody else, or by a Message-ID
    trust: Trust = Trust.UNKNOWN
    own_addresses: Collection[str] = ()
    new_this_hour: int = 0
    said_this_hour: int = 0
    alike_this_hour: int = 0
    is_reachable: bool = True  # of texts: there is a number to answer
    is_our_own: bool = False  # of texts: it is from the number we text from
    is_released: bool = False  # a person said: take it all the same


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail goes, and why it does not go further."""

    thread: Thread
    ticket: Known | None = None  # joined, or linked to, or spoken of
    reason: str = ""
    is_verified: bool | None = None
    may_be_answered: bool = True


def place(mail: InboundMail, seen: Circumstances, now: datetime) -> Place:
    """Where the mail belongs. What would loop or flood is held, never dropped."""
    spoken_of = seen.proven or seen.named
    if not seen.is_released and (reason := _held(mail, seen)):
        return Place(Thread.HELD, spoken_of, reason)
    if mail.nature is Nature.BOUNCE and mail.bounced and mail.bounced.delivery_id and seen.named:
        return Place(Thread.NOTED, seen.named, "bounce")
    if mail.nature in {Nature.BOUNCE, Nature.REPLY} and not seen.is_released:
        return Place(Thread.HELD, spoken_of, "bounce" if mail.nature is Nature.BOUNCE else "automatic_reply")
    found = _threaded(mail, seen, now)
    if not seen.is_released and (reason := too_many(found.thread, seen)):
        return Place(Thread.HELD, found.ticket, reason)
    return found


def place_text(seen: Circumstances, now: datetime) -> Place:
    """Where a text belongs. It joins a ticket only when we texted that number about it, as a mail does by its token.

    Its sender is never verified: numbers are easily forged.
    """
    if not seen.is_released and not seen.is_reachable:
        return Place(Thread.HELD, None, "no_number")
    if not seen.is_released and seen.is_our_own:
        return Place(Thread.HELD, None, "own_number")
    found = _threaded_text(seen, now)
    if not seen.is_released and (reason := too_many(found.thread, seen)):
        return Place(Thread.HELD, found.ticket, reason)
    return found


def _threaded_text(seen: Circumstances, now: datetime) -> Place:
    if seen.proven and seen.proven.takes_more(now):
        return Place(Thread.JOINED, seen.proven, is_verified=False)
    beside = seen.proven or seen.named
    if beside is None:
        return Place(Thread.NEW, None, is_verified=False)
    return Place(Thread.LINKED, beside, "late" if seen.proven else "stranger", is_verified=False)


def _held(mail: InboundMail, seen: Circumstances) -> str:
    if mail.hops > MOST_HOPS:
        return "loop"
    if plain(mail.sender.email) in seen.own_addresses:
        return "own_address"
    return "" if mail.senders == 1 else "several_senders"


def too_many(thread: Thread, seen: Circumstances) -> str:
    """Why a sender has to wait for a person; empty when they wrote no more than people do."""
    if seen.alike_this_hour >= MOST_ALIKE_AN_HOUR:
        return "loop"
    if thread is not Thread.JOINED and seen.new_this_hour >= MOST_NEW_AN_HOUR:
        return "too_many"
    return "too_many" if seen.said_this_hour >= MOST_SAID_AN_HOUR else ""


def _threaded(mail: InboundMail, seen: Circumstances, now: datetime) -> Place:
    """By the token made for this sender, else by a known Message-ID of a customer whose DMARC passed."""
    is_failed = seen.trust is Trust.FAILED
    is_customer = bool(seen.named and (seen.named.email or "").lower() == mail.sender.email)
    theirs = seen.proven or (seen.named if is_customer and seen.trust is Trust.VERIFIED else None)
    is_verified = None if seen.trust is Trust.UNKNOWN else not is_failed
    is_personal = mail.nature is Nature.PERSON
    if theirs and not is_failed and theirs.takes_more(now):
        return Place(Thread.JOINED, theirs, is_verified=True, may_be_answered=is_personal)
    beside = theirs or seen.proven or seen.named
    may_be = is_personal and seen.new_this_hour < MOST_ANSWERED_AN_HOUR
    if beside is None:
        return Place(Thread.NEW, None, is_verified=is_verified, may_be_answered=may_be)
    why = "late" if theirs and not is_failed else "stranger"
    was_proven = bool(theirs) and not is_failed
    return Place(Thread.LINKED, beside, why, is_verified=was_proven or bool(is_verified), may_be_answered=may_be)


def plain(email: str) -> str:
    """The address without what stands behind a plus."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def tag(email: str) -> str:
    """What stands behind the plus of an address; empty when nothing does."""
    return email.lower().rpartition("@")[0].partition("+")[2]
