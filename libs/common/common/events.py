"""The catalogue of events: every fact one service tells the others, who sends it and who reads it."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.vocabulary import Channel, HandlingClass, Language, Role, Sensitivity, TaskType, TicketState, Tier, Topic

INTAKE_TICKETS = "intake.tickets"
ROUTING_WORK = "routing.work"
NOTIFICATIONS_DELIVERIES = "notifications.deliveries"
TOPICS = (INTAKE_TICKETS, ROUTING_WORK, NOTIFICATIONS_DELIVERIES)


class Fact(BaseModel):
    """A frozen value inside an event; unknown fields of newer senders are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Customer(Fact):
    """Who a ticket is from, as the customer told us."""

    person_id: UUID
    name: str
    email: str | None = None
    phone: str | None = None
    language: Language
    customer_number: str | None = None


class Address(Fact):
    """Where it is about."""

    postcode: str | None = None
    house_number: str | None = None
    street: str | None = None
    city: str | None = None


class Attachment(Fact):
    """A stored file; the bytes lie in the attachment store under their content hash."""

    attachment_id: UUID
    name: str
    media_type: str
    size_bytes: int = Field(ge=0)
    sha256: str


class Reason(Fact):
    """Why the classifier judged so: a stable code and the words that moved it."""

    code: str
    evidence: str | None = None


class Judgement(Fact):
    """What the classifier made of a customer's words."""

    handling_class: HandlingClass | None  # None: it abstained
    confidence: float = Field(ge=0, le=1)  # calibrated probability of the best class
    probabilities: dict[str, float]  # routine, specialist, technical, nothing
    topic: Topic | None
    topics: dict[str, float] = Field(default_factory=dict)  # the two likeliest
    task_type: TaskType | None
    is_urgent: bool
    sensitivity: Sensitivity
    language: Language
    reasons: tuple[Reason, ...] = ()
    abstained_because: str | None = None
    model_version: str
    stage: str = "full"


class Promise(Fact):
    """What the customer was told: answer by, solved by."""

    answer_by: datetime
    solve_by: datetime


class Event(Fact):
    """One fact, in the past tense. `key` keeps the events of one ticket in order."""

    topic: ClassVar[str]
    type: str

    @property
    def key(self) -> UUID:
        """The id whose events stay in order: the ticket's, unless an event says otherwise."""
        raise TypeError(f"{type(self).__name__} names no key")


class TicketEvent(Event):
    """A fact about one ticket."""

    ticket_id: UUID

    @property
    def key(self) -> UUID:
        """The ticket's id."""
        return self.ticket_id


class TicketSubmitted(TicketEvent):
    """A customer's words became a ticket.

    From intake.tickets.submit; for routing, notifications.
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


class TicketRouted(TicketEvent):
    """A ticket waits in a queue, and its customer may count on a promise.

    From routing.work.accept, routing.moving and routing.finishing.reopen; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.routed"] = "ticket.routed"
    reference: str
    queue_id: str
    tier: Tier
    handling_class: HandlingClass | None
    priority: int
    promise: Promise
    cause: Literal["accepted", "escalated", "returned", "transferred", "reclassified", "reopened"]
    routed_at: datetime


class TicketAssigned(TicketEvent):
    """A member of staff holds a ticket.

    From routing.work.take_next and take; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.assigned"] = "ticket.assigned"
    agent_id: UUID
    agent_name: str
    tier: Tier
    assigned_at: datetime


class TicketReleased(TicketEvent):
    """Nobody holds a ticket any more; it waits in its queue again.

    From routing.work.release and the lease timer; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.released"] = "ticket.released"
    queue_id: str
    cause: Literal["released", "lease_expired"]
    released_at: datetime


class ReplySent(TicketEvent):
    """An agent answered a customer.

    From routing.replies.send; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["reply.sent"] = "reply.sent"
    message_id: UUID
    agent_name: str
    body: str
    sent_at: datetime


class TicketReclassified(TicketEvent):
    """A person corrected the classifier.

    From routing.moving.reclassify; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.reclassified"] = "ticket.reclassified"
    agent_id: UUID
    from_class: HandlingClass | None
    to_class: HandlingClass
    from_topic: Topic | None
    to_topic: Topic | None
    reason: str
    model_version: str
    reclassified_at: datetime


class TicketWaiting(TicketEvent):
    """Work on a ticket stands still until somebody does something.

    From routing.waiting.wait; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.waiting"] = "ticket.waiting"
    waits_for: Literal["customer", "internal", "field"]
    until: datetime | None = None
    waiting_since: datetime


class TicketResumed(TicketEvent):
    """Work on a waiting ticket goes on.

    From routing.replies.receive and routing.waiting.resume; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.resumed"] = "ticket.resumed"
    resumed_at: datetime


class TicketResolved(TicketEvent):
    """The work on a ticket is done, with an outcome the customer can read.

    From routing.finishing.resolve; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.resolved"] = "ticket.resolved"
    outcome: str
    body: str | None = None
    message_id: UUID | None = None  # the last reply, when resolving also answered
    agent_name: str
    resolved_at: datetime


class TicketReopened(TicketEvent):
    """A resolved ticket is work again.

    From routing.finishing.reopen and routing.replies.receive; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.reopened"] = "ticket.reopened"
    reason: str
    reopened_at: datetime


class TicketClosed(TicketEvent):
    """A resolved ticket came to rest: fourteen days passed, or it was void.

    From routing.finishing.close and discard; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.closed"] = "ticket.closed"
    final_state: Literal[TicketState.CLOSED, TicketState.VOID]
    reason: str
    closed_at: datetime


class StaffSessionEnded(Event):
    """A staff session may no longer be honoured anywhere.

    From routing.staff.log_out; for notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["staff.session_ended"] = "staff.session_ended"
    agent_id: UUID
    session_id: UUID
    role: Role
    ended_at: datetime

    @property
    def key(self) -> UUID:
        """The session's id: its only event."""
        return self.session_id


class DeliveryRecorded(TicketEvent):
    """A notice to a customer was sent, is being retried, or will never arrive.

    From notifications.deliveries.record; for routing, intake.
    """

    topic: ClassVar = NOTIFICATIONS_DELIVERIES
    type: Literal["delivery.recorded"] = "delivery.recorded"
    delivery_id: UUID
    notice: str
    channel: Channel
    state: Literal["planned", "sent", "retrying", "failed", "suppressed"]
    attempts: int = Field(ge=0)
    detail: str | None = None  # a provider's answer or a reason, without personal data
    recorded_at: datetime


def _leaves(cls: type[Event]) -> list[type[Event]]:
    below = cls.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [cls]


CATALOGUE: dict[str, type[Event]] = {cls.model_fields["type"].default: cls for cls in _leaves(Event)}
