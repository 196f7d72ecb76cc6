"""What is read from intake's tables; who may read it stands in each query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import CATALOGUE, Event, ReplySent, TicketResolved
from common.vocabulary import HandlingClass, Language
from intake.splits import split_from, split_off
from intake.standing import Standing, standing
from intake.tables import Attachment, Feedback, Message, Step, Ticket
from intake.visitors import NoSuchTicket, Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Something said between a customer and us."""

    message_id: UUID
    is_ours: bool
    author_name: str
    body: str
    said_at: datetime
    files: Sequence[Attachment] = ()


@dataclass(frozen=True)
class Story:
    """Everything a customer may know of their ticket."""

    ticket: Ticket
    messages: Sequence[Message]
    files: dict[UUID, list[Attachment]]  # by message
    told: Sequence[Event]  # by other services, oldest first
    feedback: Sequence[Feedback]
    split_off: Sequence[tuple[datetime, str]] = ()  # parts that have tickets of their own, with their references
    split_from: str | None = None  # the reference of the ticket that this was a part of

    @cached_property
    def standing(self) -> Standing:
        """Where the ticket is."""
        judged = self.ticket.handling_class
        return standing(HandlingClass(judged) if judged else None, self.told)

    @cached_property
    def conversation(self) -> list[Utterance]:
        """Everything that was said, oldest first."""
        said = [_utterance(message, self.files.get(message.message_id, ())) for message in self.messages]
        answers = {answer.message_id: answer for event in self.told if (answer := _answer(event))}
        return sorted([*said, *answers.values()], key=lambda utterance: utterance.said_at)

    @property
    def language(self) -> Language:
        """The customer's language."""
        return Language(self.ticket.language)

    @property
    def may_judge(self) -> bool:
        """Whether the customer may still say how the ticket was solved."""
        solved_at = self.standing.resolved_at
        return solved_at is not None and all(given.given_at < solved_at for given in self.feedback)


def _utterance(message: Message, files: Sequence[Attachment]) -> Utterance:
    return Utterance(
        message_id=message.message_id,
        is_ours=False,
        author_name=message.author_name,
        body=message.body,
        said_at=message.received_at,
        files=files,
    )


def _answer(event: Event) -> Utterance | None:
    """What an agent said with this; solving a ticket may say again what a reply said just before."""
    match event:
        case ReplySent(message_id=message_id, body=body, sent_at=said_at, agent_name=name):
            pass
        case TicketResolved(message_id=UUID() as message_id, body=str(body), resolved_at=said_at, agent_name=name):
            pass
        case _:
            return None
    return Utterance(message_id=message_id, is_ours=True, author_name=name, body=body, said_at=said_at)


async def ticket_of(session: AsyncSession, visitor: Visitor, *, lock: bool = False) -> Ticket:
    """The visitor's ticket (locked until commit if `lock`); otherwise it does not exist."""
    seen = select(Ticket).where(Ticket.reference == visitor.reference)
    if ticket := await session.scalar(seen.with_for_update() if lock else seen):
        return ticket
    raise NoSuchTicket("There is nothing here.")


async def ticket_proven(session: AsyncSession, ticket_id: UUID) -> Ticket:
    """The ticket, locked until commit, for a mail or a text that was proven to answer it."""
    if ticket := await session.scalar(select(Ticket).where(Ticket.ticket_id == ticket_id).with_for_update()):
        return ticket
    raise NoSuchTicket("There is nothing here.")


async def story(session: AsyncSession, visitor: Visitor) -> Story:
    """The whole story of the visitor's ticket."""
    ticket = await ticket_of(session, visitor)
    return await story_so_far(session, ticket)


async def story_so_far(session: AsyncSession, ticket: Ticket) -> Story:
    """The whole story of a ticket the caller was given."""
    own = Message.ticket_id == ticket.ticket_id
    messages = (await session.scalars(select(Message).where(own).order_by(Message.message_id))).all()
    files = await session.scalars(
        select(Attachment)
        .join(Message, Message.message_id == Attachment.message_id)
        .where(own)
        .order_by(Attachment.message_id, Attachment.position)
    )
    steps = await session.scalars(select(Step).where(Step.ticket_id == ticket.ticket_id).order_by(Step.step_id))
    feedback = (await session.scalars(select(Feedback).where(Feedback.ticket_id == ticket.ticket_id))).all()
    return Story(
        ticket=ticket,
        messages=messages,
        files={key: list(group) for key, group in groupby(files, key=lambda file: file.message_id)},
        told=[CATALOGUE[step.type].model_validate(step.facts) for step in steps],
        feedback=feedback,
        split_off=await split_off(session, ticket.ticket_id),
        split_from=await split_from(session, ticket.ticket_id),
    )


async def file_of(session: AsyncSession, visitor: Visitor, attachment_id: UUID) -> Attachment:
    """The file, if it is on the visitor's ticket; otherwise it does not exist."""
    found = await session.scalar(
        select(Attachment)
        .join(Message, Message.message_id == Attachment.message_id)
        .join(Ticket, Ticket.ticket_id == Message.ticket_id)
        .where(Attachment.attachment_id == attachment_id, Ticket.reference == visitor.reference)
    )
    if found is None:
        raise NoSuchTicket("There is nothing here.")
    return found


async def file_proven(session: AsyncSession, attachment_id: UUID) -> Attachment:
    """The file, for a reader whose link was proven to be ours."""
    if found := await session.get(Attachment, attachment_id):
        return found
    raise NoSuchTicket("There is nothing here.")
