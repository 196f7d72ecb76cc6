"""What intake tells: what customers said."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from common.events.base import INTAKE_TICKETS, TicketEvent
from common.events.facts import Address, Attachment, Customer, Judgement, SplitFrom
from common.vocabulary import Channel


class TicketSubmitted(TicketEvent):
    """A customer's words became a ticket.

    From intake.tickets.submit and intake.splitting.make; for routing, notifications.
    """

    topic: ClassVar = INTAKE_TICKETS
    type: Literal["ticket.submitted"] = "ticket.submitted"
    reference: str
    customer: Customer
    address: Address | None = None
    channel: Channel
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    judgement: Judgement
    message_id: UUID
    submitted_at: datetime
    is_sender_verified: bool | None = None  # None: the channel does not say who it really was
    may_be_answered: bool = True  # by a program; False: a program or a list wrote it
    linked_to: UUID | None = None  # the ticket it came in on, from somebody who may not join it
    split_from: SplitFrom | None = None  # the ticket whose customer asked two things at once


class MessageReceived(TicketEvent):
    """A customer said more on a ticket.

    From intake.messages.add; for routing.
    """

    topic: ClassVar = INTAKE_TICKETS
    type: Literal["message.received"] = "message.received"
    message_id: UUID
    author_name: str
    body: str
    channel: Channel
    attachments: tuple[Attachment, ...] = ()
    received_at: datetime
    is_sender_verified: bool | None = None


class MailBounced(TicketEvent):
    """A mail of ours came back: it did not reach its reader, or will be late.

    From intake.incoming.settle; for notifications.
    """

    topic: ClassVar = INTAKE_TICKETS
    type: Literal["mail.bounced"] = "mail.bounced"
    delivery_id: UUID
    is_permanent: bool  # False: late, or worth another try
    status: str | None = None  # such as 5.1.1; without personal data
    bounced_at: datetime


class FeedbackGiven(TicketEvent):
    """A customer said how a resolved ticket was handled.

    From intake.messages.give_feedback; for routing.
    """

    topic: ClassVar = INTAKE_TICKETS
    type: Literal["feedback.given"] = "feedback.given"
    score: int = Field(ge=1, le=5)
    comment: str | None = None
    is_solved: bool | None = None
    given_at: datetime
