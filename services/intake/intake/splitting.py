"""Tickets made of parts that agents split off: asked for by routing, judged like anything new, each made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import SplitAsked, SplitFrom
from common.vocabulary import Channel, Language
from intake import tickets
from intake.drafts import Draft, Judged, Origin, Place, Receipt, StoredFile
from intake.split_rows import Split
from intake.tables import Attachment, Ticket

CHANNEL = "splits"
MOST_AT_ONCE = 16
LEASE = timedelta(seconds=30)  # longer than the judge takes for a batch
LONGEST_BACK_OFF = timedelta(minutes=5)
_WAKE = text(f"SELECT pg_notify('{CHANNEL}', '')")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A split whose ticket is to be made, as a draft that can be judged."""

    split_id: UUID
    draft: Draft


async def keep(session: AsyncSession, events: Sequence[SplitAsked], now: datetime) -> None:
    """Remember what was asked; the ticket is made by a loop of its own, because judging takes longer than a batch may.

    Asked again under the same id, nothing is added.
    """
    rows = [
        {
            "split_id": event.split_id,
            "source_id": event.ticket_id,
            "message_id": event.message_id,
            "attachment_ids": list(event.attachment_ids),
            "subject": event.subject,
            "body": event.body,
            "said_at": event.said_at,
            "is_sender_verified": event.is_sender_verified,
            "asked_at": event.asked_at,
            "due_at": now,
        }
        for event in events
    ]
    await session.execute(insert(Split).values(rows).on_conflict_do_nothing())
    await session.execute(_WAKE)


async def claim(session: AsyncSession, now: datetime, most: int = MOST_AT_ONCE) -> list[Waiting]:
    """What is due to be made, the oldest first; what is not made of it comes again, later each time, and for ever.

    Whoever dies over one only delays it, and one that cannot be made holds up no other.
    """
    due = select(Split, Ticket).join(Ticket, Ticket.ticket_id == Split.source_id).where(Split.due_at <= now)
    due = due.order_by(Split.due_at).limit(most).with_for_update(of=Split, skip_locked=True)
    claimed = []
    for split, source in (await session.execute(due)).all():
        split.attempts += 1
        split.due_at = now + min(LEASE * 2 ** min(split.attempts - 1, 8), LONGEST_BACK_OFF)
        claimed.append(Waiting(split.split_id, await _draft(session, split, source)))
    return claimed


async def make(session: AsyncSession, split_id: UUID, judged: Judged, now: datetime) -> Receipt | None:
    """The ticket of the split, with a reference of its own; None when somebody else made it meanwhile."""
    wanted = select(Split).where(Split.split_id == split_id, Split.due_at.is_not(None)).with_for_update()
    split = await session.scalar(wanted)
    if split is None:
        return None
    receipt = await tickets.submit(session, judged, now)
    split.ticket_id, split.due_at, split.subject, split.body = receipt.ticket_id, None, None, None
    return receipt


async def _draft(session: AsyncSession, split: Split, source: Ticket) -> Draft:
    """The part in the name of whoever wrote the whole."""
    return Draft(
        name=source.name,
        email=source.email,
        subject=split.subject or source.subject,
        body=split.body or "",
        channel=Channel(source.channel),
        phone=source.phone,
        customer_number=source.customer_number,
        language=Language(source.language),
        place=Place(source.postcode, source.house_number, source.city),
        files=await _files(session, split),
        origin=Origin(
            is_sender_verified=split.is_sender_verified,
            split_from=SplitFrom(
                ticket_id=source.ticket_id,
                reference=source.reference,
                split_id=split.split_id,
                said_at=split.said_at,
            ),
        ),
    )


async def _files(session: AsyncSession, split: Split) -> tuple[StoredFile, ...]:
    """The chosen files of that very message: the same bytes under the same hash, nothing is copied."""
    chosen = Attachment.message_id == split.message_id, Attachment.attachment_id.in_(split.attachment_ids)
    rows = await session.scalars(select(Attachment).where(*chosen).order_by(Attachment.position))
    return tuple(StoredFile(row.name, row.media_type, row.size_bytes, row.sha256) for row in rows)
