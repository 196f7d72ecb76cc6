"""What customers say after the first message: more words, and how they found the answer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.errors import Conflict
from common.events import FeedbackGiven, MessageReceived
from common.outbox import emit
from intake import attached, queries, repeats
from intake.drafts import Said
from intake.repeats import Claim, OtherContent
from intake.tables import Feedback, Message, Ticket
from intake.visitors import Visitor


class NotSolved(Conflict):
    """There is no answer to have an opinion about, or the opinion was given."""


@dataclass(frozen=True, slots=True)
class Added:
    """A message that is on the ticket now, or was already."""

    message_id: UUID
    is_repeat: bool


async def add(session: AsyncSession, visitor: Visitor, said: Said, now: datetime) -> Added:
    """Put a customer's words on their ticket and tell the other services; the ticket is locked until commit.

    Words sent again under the same key change nothing. Raises NoSuchTicket, OtherContent.
    """
    return await _put(session, await queries.ticket_of(session, visitor, lock=True), said, now)


async def receive(session: AsyncSession, ticket_id: UUID, said: Said, now: datetime) -> Added:
    """Put words that came by mail or text on the ticket they were proven to answer; the ticket is locked until commit.

    A mail that came before changes nothing. Raises NoSuchTicket.
    """
    return await _put(session, await queries.ticket_proven(session, ticket_id), said, now)


async def _put(session: AsyncSession, ticket: Ticket, said: Said, now: datetime) -> Added:
    message_id = uuid7()
    if said.repeatable and (earlier := await _said_before(session, ticket, said, message_id, now)):
        return Added(earlier, is_repeat=True)
    session.add(_row(ticket, message_id, said, now))
    await session.flush()
    facts = await attached.store(session, [(message_id, said.files)])
    emit(
        session,
        MessageReceived(
            ticket_id=ticket.ticket_id,
            message_id=message_id,
            author_name=ticket.name,
            body=said.body,
            channel=said.channel,
            attachments=facts.get(message_id, ()),
            received_at=now,
            is_sender_verified=said.is_sender_verified,
        ),
    )
    return Added(message_id, is_repeat=False)


def _row(ticket: Ticket, message_id: UUID, said: Said, now: datetime) -> Message:
    return Message(
        message_id=message_id,
        ticket_id=ticket.ticket_id,
        author_name=ticket.name,
        body=said.body,
        channel=said.channel,
        received_at=now,
    )


async def _said_before(
    session: AsyncSession, ticket: Ticket, said: Said, message_id: UUID, now: datetime
) -> UUID | None:
    """The message these words became when they were sent before; the key is ours from now on when they were not."""
    if said.repeatable is None:
        return None
    scope, key, content = str(ticket.ticket_id), said.repeatable.key, said.repeatable.content_sha256
    claim = Claim(scope, key, content, ticket.ticket_id, message_id)
    owner = (await repeats.claim(session, [claim], now))[claim.name]
    if owner.message_id == message_id:
        return None
    if owner.content_sha256 != content:
        raise OtherContent(repeats.OTHER_CONTENT)
    return owner.message_id


@dataclass(frozen=True, slots=True)
class Opinion:
    """How a customer found the way a ticket was solved."""

    score: int  # 1, bad, to 5, very good
    comment: str | None
    is_solved: bool | None


async def give_feedback(session: AsyncSession, visitor: Visitor, opinion: Opinion, now: datetime) -> None:
    """Keep the customer's opinion and tell routing; once for each time the ticket was solved. Raises NotSolved."""
    ticket = await queries.ticket_of(session, visitor, lock=True)
    if not (await queries.story_so_far(session, ticket)).may_judge:
        raise NotSolved("You have told us already, or your question is still open.")
    session.add(
        Feedback(
            feedback_id=uuid7(),
            ticket_id=ticket.ticket_id,
            score=opinion.score,
            comment=opinion.comment,
            is_solved=opinion.is_solved,
            given_at=now,
        )
    )
    emit(
        session,
        FeedbackGiven(
            ticket_id=ticket.ticket_id,
            score=opinion.score,
            comment=opinion.comment,
            is_solved=opinion.is_solved,
            given_at=now,
        ),
    )
