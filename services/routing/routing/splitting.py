"""Two questions in one message: a part of it becomes a ticket of its own, which intake makes and names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Rows
from common.errors import BadInput, Conflict
from common.events import SplitAsked, TicketSubmitted
from common.outbox import emit
from common.vocabulary import Sensitivity
from routing import queries
from routing.acting import Intent, acting
from routing.clocks import HolderKind
from routing.conversation import said_on
from routing.links import survivor_of
from routing.tables import Link, Message, Split, Stretch, Ticket
from routing.transitions import Act


@dataclass(frozen=True)
class Part:
    """What to split off: of which message, in which of its words, with which of its files."""

    split_id: UUID  # made before the click: the same id is the same split
    message_id: UUID
    subject: str
    body: str | None = None  # None: all that the message says
    files: Literal["all"] | tuple[UUID, ...] = ()

    @property
    def content_sha256(self) -> bytes:
        """What makes two askings the same."""
        files = self.files if self.files == "all" else ",".join(sorted(map(str, self.files)))
        return sha256("\0".join((str(self.message_id), self.subject, self.body or "", files)).encode()).digest()


async def ask(session: AsyncSession, intent: Intent, part: Part) -> Ticket:
    """The ticket in hand, a part of which becomes a ticket of its own, once: asking again changes nothing.

    Raises BadInput when the words or files are not the message's own, Conflict when the id was used for another part.
    """
    ticket = await queries.ticket_for(session, intent.ticket_id, intent.viewer, lock=True)
    if earlier := await session.get(Split, part.split_id):
        if (earlier.ticket_id, earlier.content_sha256) != (ticket.ticket_id, part.content_sha256):
            raise Conflict("This was split off already, in other words; look at the ticket again first.")
        return ticket
    async with acting(session, intent, Act.SPLIT, cause=str(part.split_id)) as ticket:
        message = await _message(session, ticket, part)
        asked = _asked(ticket, message, part, intent)
        session.add(
            Split(
                split_id=part.split_id,
                ticket_id=ticket.ticket_id,
                message_id=message.message_id,
                content_sha256=part.content_sha256,
                asked_by=intent.viewer.agent_id,
                asked_at=intent.now,
            )
        )
        emit(session, asked)
    return ticket


async def sources_of(session: AsyncSession, events: Sequence[TicketSubmitted]) -> Mapping[UUID, Ticket]:
    """By the new ticket's id, the tickets from which these were split off."""
    from_ids = {event.ticket_id: event.split_from.ticket_id for event in events if event.split_from}
    if not from_ids:
        return {}
    found = await session.scalars(select(Ticket).where(Ticket.ticket_id.in_(from_ids.values())))
    known = {ticket.ticket_id: ticket for ticket in found}
    return {new_id: known[of] for new_id, of in from_ids.items() if of in known}


def carry_over(rows: Rows, ticket: Ticket, source: Ticket, said_at: datetime, split_at: datetime) -> None:
    """What the part keeps of its source: since when the customer waits, in whose hands that was, and secrecy."""
    if source.sensitivity is Sensitivity.CONFIDENTIAL:
        ticket.sensitivity = source.sensitivity
    if said_at >= split_at:
        return
    ticket.submitted_at, ticket.held_since = said_at, split_at
    rows.add(
        Stretch(
            ticket_id=ticket.ticket_id,
            began_at=said_at,
            ended_at=split_at,
            holder_kind=HolderKind.QUEUE,
            queue_id=source.queue_id,
            own_queue_id=source.queue_id,
        )
    )


async def arrived(session: AsyncSession, events: Sequence[TicketSubmitted]) -> None:
    """Tie the tickets that were split off to those they came from, or in which those went up since."""
    came = {event.split_from.split_id: event for event in events if event.split_from}
    if not came:
        return
    for split in await session.scalars(select(Split).where(Split.split_id.in_(came))):
        event = came[split.split_id]
        split.new_ticket_id, split.copy_id = event.ticket_id, event.message_id
        to_id = await survivor_of(session, split.ticket_id) or split.ticket_id
        session.add(
            Link(
                ticket_id=event.ticket_id,
                kind="split",
                to_id=to_id,
                linked_by=split.asked_by,
                linked_at=split.asked_at,
            )
        )


async def _message(session: AsyncSession, ticket: Ticket, part: Part) -> Message:
    """What the customer said on the ticket, or on one that went up in it."""
    said = [each for each in await said_on(session, ticket.ticket_id) if each.kind == "customer"]
    message = next((each for each in said if each.message_id == part.message_id), None)
    if message is None:
        raise BadInput("Choose something that the customer wrote on this ticket.")
    is_all = part.body is None or _plain(part.body) == _plain(message.body)
    if is_all and len(said) == 1:
        raise BadInput("That is all the customer wrote. Mark the part that is about something else.")
    return message


def _words(message: Message, part: Part) -> str:
    """The words of the part, which are the customer's own: nobody asks anything in their name."""
    if part.body is None:
        return message.body
    if _plain(part.body) not in _plain(message.body):
        raise BadInput("Only what the customer wrote can be split off; mark a part of the message as it stands.")
    return part.body


def _plain(words: str) -> str:
    return " ".join(words.split())


def _files(message: Message, part: Part) -> tuple[UUID, ...]:
    theirs = [UUID(each["attachment_id"]) for each in message.attachments]
    if part.files == "all":
        return tuple(theirs)
    if not set(part.files) <= set(theirs):
        raise BadInput("These files are not with that message.")
    return part.files


def _asked(ticket: Ticket, message: Message, part: Part, intent: Intent) -> SplitAsked:
    return SplitAsked(
        ticket_id=ticket.ticket_id,
        split_id=part.split_id,
        message_id=message.message_id,
        subject=part.subject,
        body=_words(message, part),
        attachment_ids=_files(message, part),
        said_at=message.said_at,
        is_sender_verified=message.is_sender_verified,
        agent_name=intent.viewer.name,
        asked_at=intent.now,
    )
