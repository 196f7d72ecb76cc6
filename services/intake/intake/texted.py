"""Text messages that come in: onto the ticket that was texted about, beside one, on their own, or to a person first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.errors import Conflict, NotFound
from common.telephone import half_shown, last_digits
from common.vocabulary import Channel
from intake import messages, tickets
from intake.drafts import Draft, Judged, Origin, Said
from intake.joining import Circumstances, Known, Place, Thread, place_text
from intake.knowing import tickets_named
from intake.mail.shapes import shape
from intake.text_rows import TextMessage
from intake.wording import first_words

HOUR = timedelta(hours=1)
KEPT = timedelta(days=30)
SAYS_LITTLE = 20  # letters; a shorter text says what many people say more than once
PAGE = 50

_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('text ' || cast(:number AS text), 0))")
# Whoever reads what we text to a number may answer it; that somebody once typed the number proves nothing.
_OF_NUMBER = text(r"""
SELECT t.ticket_id, t.channel = 'sms' OR EXISTS (
    SELECT FROM step s WHERE s.ticket_id = t.ticket_id AND s.type = 'delivery.recorded'
        AND s.facts->>'channel' = 'sms' AND s.facts->>'state' = 'sent') AS was_texted
FROM ticket t
WHERE phone IS NOT NULL AND right(regexp_replace(phone, '\D', '', 'g'), 9) = :digits
ORDER BY received_at DESC LIMIT 5
""")
_LATELY = text("""
SELECT count(*) FILTER (WHERE thread IN ('new', 'linked')) AS new, count(*) FILTER (WHERE thread = 'joined') AS said,
    count(*) FILTER (WHERE shape = :shape) AS alike
FROM text_message WHERE number = :number AND received_at > :since AND state <> 'discarded'
""")


class NoSuchText(NotFound):
    """There is no such text."""


@dataclass(frozen=True, slots=True)
class Texted:
    """One text message as the provider gives it; the number as it is dialled where it can be."""

    text_id: str
    number: str
    body: str

    @property
    def content_sha256(self) -> bytes:
        """What two bringings of one text have in common, beside its id."""
        return sha256(f"{self.number}\0{self.body}".encode()).digest()

    @property
    def draft(self) -> Draft:
        """The ticket it is, should it become one. Its sender stays unverified: numbers are easily forged."""
        return Draft(
            name=half_shown(self.number),
            email=None,
            phone=self.number,
            subject=first_words(self.body),
            body=self.body,
            channel=Channel.SMS,
            origin=Origin(is_sender_verified=False),
        )


async def receive(
    session: AsyncSession, texted: Texted, judged: Judged, own_number: str | None, now: datetime
) -> TextMessage:
    """What became of the text; brought twice it is one. Others from its number wait until this commits."""
    await session.execute(_TURN, {"number": texted.number})
    known = select(TextMessage).where(
        TextMessage.text_id == texted.text_id, TextMessage.content_sha256 == texted.content_sha256
    )
    if earlier := await session.scalar(known):
        return earlier
    row = TextMessage(
        text_message_id=uuid7(),
        text_id=texted.text_id,
        content_sha256=texted.content_sha256,
        number=texted.number,
        body=texted.body,
        shape=shape("", texted.body),
        received_at=now,
        state="held",
    )
    await _settle(session, row, judged, await _circumstances(session, row, own_number, now), now)
    session.add(row)
    return row


async def release(session: AsyncSession, row: TextMessage, judged: Judged, by: UUID, now: datetime) -> None:
    """Take a held text all the same; the row was locked by the caller."""
    seen = replace(await _circumstances(session, row, None, now), is_released=True)
    row.settled_by = by
    await _settle(session, row, judged, seen, now)


async def discard(session: AsyncSession, text_message_id: UUID, by: UUID) -> None:
    """Throw a held text away as spam; who did so is kept. Raises NoSuchText, Conflict."""
    row = await held_text(session, text_message_id)
    row.state, row.reason, row.settled_by = "discarded", "spam", by


async def held_text(session: AsyncSession, text_message_id: UUID) -> TextMessage:
    """The held text, locked until commit. Raises NoSuchText, Conflict."""
    wanted = select(TextMessage).where(TextMessage.text_message_id == text_message_id).with_for_update()
    row = await session.scalar(wanted)
    if row is None:
        raise NoSuchText("There is no such text message.")
    if row.state != "held":
        raise Conflict("A colleague was quicker: this text message does not wait any more.")
    return row


async def waiting(session: AsyncSession) -> Sequence[TextMessage]:
    """The texts that wait for a person, newest first, at most a page of them."""
    held = select(TextMessage).where(TextMessage.state == "held").order_by(TextMessage.text_message_id.desc())
    return (await session.scalars(held.limit(PAGE))).all()


async def number_waiting(session: AsyncSession) -> int:
    """How many texts wait for a person."""
    wanted = select(func.count()).select_from(TextMessage).where(TextMessage.state == "held")
    return int(await session.scalar(wanted) or 0)


async def forget(session: AsyncSession, now: datetime) -> None:
    """Give up texts that were done a month ago."""
    is_old = TextMessage.received_at < now - KEPT
    await session.execute(delete(TextMessage).where(is_old, TextMessage.state != "held"))


async def _circumstances(
    session: AsyncSession, row: TextMessage, own_number: str | None, now: datetime
) -> Circumstances:
    digits = last_digits(row.number)
    rows = (await session.execute(_OF_NUMBER, {"digits": digits})).all() if digits else []
    known = await tickets_named(session, [ticket_id for ticket_id, _ in rows])
    found = [(known[ticket_id], was_texted) for ticket_id, was_texted in rows if ticket_id in known]
    given = {"number": row.number, "shape": row.shape, "since": now - HOUR}
    new, said, alike = (await session.execute(_LATELY, given)).one()
    return Circumstances(
        proven=_meant([ticket for ticket, was_texted in found if was_texted], now),
        named=found[0][0] if found else None,
        is_reachable=digits is not None,
        is_our_own=digits is not None and digits == own_number,
        new_this_hour=new,
        said_this_hour=said,
        alike_this_hour=alike if sum(map(str.isalpha, row.body)) >= SAYS_LITTLE else 0,
    )


def _meant(texted_about: Sequence[Known], now: datetime) -> Known | None:
    """The newest that still takes words, else the newest."""
    return next((each for each in texted_about if each.takes_more(now)), texted_about[0] if texted_about else None)


async def _settle(session: AsyncSession, row: TextMessage, judged: Judged, seen: Circumstances, now: datetime) -> None:
    found = place_text(seen, now)
    row.ticket_id, row.reason = found.ticket.ticket_id if found.ticket else None, found.reason or None
    if found.thread is Thread.HELD:
        return
    row.state, row.thread = "settled", found.thread.value
    if found.thread is Thread.JOINED and row.ticket_id:
        said = Said(row.body, Channel.SMS, is_sender_verified=False)
        row.message_id = (await messages.receive(session, row.ticket_id, said, now)).message_id
    else:
        row.ticket_id = (await tickets.submit(session, _beside(judged, found), now)).ticket_id


def _beside(judged: Judged, found: Place) -> Judged:
    """The same, linked to the ticket it may not join."""
    if found.ticket is None:
        return judged
    return replace(judged, draft=replace(judged.draft, origin=Origin(False, linked_to=found.ticket.ticket_id)))  # noqa: FBT003
