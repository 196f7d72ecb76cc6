"""What the API answers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.auth import Seal
from common.events import Promise
from common.vocabulary import HandlingClass, Language, TaskType, TicketState, Tier, Topic
from intake.classify import Reason, reason_text
from intake.drafts import Receipt
from intake.queries import Story, Utterance

FILE_LINK_LIFE = timedelta(hours=1)


class Answer(BaseModel):
    """A body the API answers with."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class TicketReceipt(Answer):
    """A ticket that is safely stored, and what we think it is."""

    id: UUID
    reference: str
    status_url: str
    handling_class: HandlingClass | None = Field(alias="class")
    topic: Topic | None
    task_type: TaskType | None
    urgent: bool
    language: Language
    confidence: float
    reasons: list[str]

    @classmethod
    def of(cls, receipt: Receipt, status_url: str) -> Self:
        """The answer to whoever brought the ticket."""
        judgement = receipt.judgement
        return cls(
            id=receipt.ticket_id,
            reference=receipt.reference,
            status_url=status_url,
            handling_class=judgement.handling_class,
            topic=judgement.topic,
            task_type=judgement.task_type,
            urgent=judgement.is_urgent,
            language=receipt.language,
            confidence=judgement.confidence,
            reasons=[reason_text(Reason(each.code, each.evidence), receipt.language) for each in judgement.reasons],
        )


class File(Answer):
    """A file, with an address that works for an hour."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    url: str


class PublicMessage(Answer):
    """What the customer or an agent said."""

    id: UUID
    author: Literal["customer", "agent"]
    author_name: str
    body: str
    sent_at: datetime
    attachments: list[File] = Field(default_factory=list)


class PromisedTimes(Answer):
    """By when the customer may count on an answer and on a solution."""

    answer_by: datetime
    solve_by: datetime


class TicketStatus(Answer):
    """How a ticket stands for its customer."""

    reference: str
    state: TicketState
    handling_class: HandlingClass | None = Field(alias="class")
    handled_by: Tier | None
    subject: str
    received_at: datetime
    promise: PromisedTimes | None
    resolved_at: datetime | None
    outcome: str | None
    messages: list[PublicMessage]

    @classmethod
    def of(cls, story: Story, seal: Seal, base_url: str, now: datetime) -> Self:
        """The answer to whoever holds the ticket's key."""
        standing, until = story.standing, now + FILE_LINK_LIFE
        return cls(
            reference=story.ticket.reference,
            state=standing.state,
            handling_class=standing.handling_class,
            handled_by=standing.tier,
            subject=story.ticket.subject,
            received_at=story.ticket.received_at,
            promise=_promised(standing.promise),
            resolved_at=standing.resolved_at,
            outcome=standing.outcome,
            messages=[
                _message(said, lambda file: seal.file_link(base_url, file, until)) for said in story.conversation
            ],
        )


class MessageReceipt(Answer):
    """A message that is safely stored."""

    id: UUID


def _message(said: Utterance, link: Callable[[UUID], str]) -> PublicMessage:
    return PublicMessage(
        id=said.message_id,
        author="agent" if said.is_ours else "customer",
        author_name=said.author_name,
        body=said.body,
        sent_at=said.said_at,
        attachments=[
            File(
                id=file.attachment_id,
                name=file.name,
                media_type=file.media_type,
                size_bytes=file.size_bytes,
                url=link(file.attachment_id),
            )
            for file in said.files
        ],
    )


def _promised(promise: Promise | None) -> PromisedTimes | None:
    return PromisedTimes(answer_by=promise.answer_by, solve_by=promise.solve_by) if promise else None
