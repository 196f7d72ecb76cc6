"""What the staff API answers with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.vocabulary import (
    Channel,
    HandlingClass,
    Language,
    Role,
    Sensitivity,
    TaskType,
    TicketState,
    Tier,
    Topic,
)
from routing.conversation import Thread
from routing.tables import Ticket

ACCOUNT = ConfigDict(from_attributes=True, populate_by_name=True)


class Shape(BaseModel):
    """Part of an answer."""

    model_config = ACCOUNT


class SessionBegun(Shape):
    """A session: send `token` as bearer, or with the cookie `csrf_token` in the header X-CSRF-Token."""

    token: str
    csrf_token: str
    expires_at: datetime
    agent_id: UUID
    username: str
    name: str
    role: Role


class Me(Shape):
    """Who is logged in."""

    agent_id: UUID
    username: str
    name: str
    role: Role
    language: Language
    queues: list[str]


class QueueShown(Shape):
    """A queue: `oldest` is when the longest waiting ticket came in, `breaching` how many are past due."""

    id: str = Field(validation_alias="queue_id")
    name: str
    tier: Tier
    partner: str | None
    is_mine: bool
    waiting: int
    oldest: datetime | None
    breaching: int


class Person(Shape):
    """Somebody, by id and name."""

    id: UUID
    name: str


class CustomerShown(Shape):
    """Who a ticket is from and where it is about, as they told us."""

    person_id: UUID
    name: str
    email: str | None
    phone: str | None
    language: Language
    customer_number: str | None
    postcode: str | None
    house_number: str | None
    street: str | None
    city: str | None


class TicketShown(Shape):
    """A ticket as work. Send `version` along with every act."""

    id: UUID
    reference: str
    version: int
    state: TicketState
    handling_class: HandlingClass | None = Field(serialization_alias="class")
    topic: Topic | None
    task_type: TaskType | None
    urgent: bool
    sensitivity: Sensitivity
    language: Language
    channel: Channel
    subject: str
    customer: CustomerShown
    queue: str
    priority: int
    answer_by: datetime
    solve_by: datetime
    due_at: datetime
    submitted_at: datetime
    holder: Person | None
    lease_until: datetime | None
    waiting_until: datetime | None
    outcome: str | None
    resolved_at: datetime | None
    closed_at: datetime | None

    @classmethod
    def of(cls, ticket: Ticket, names: Mapping[UUID, str]) -> Self:
        """The ticket with the name of who holds it."""
        holder = ticket.holder_id
        customer = {
            name: getattr(ticket, f"customer_{name}", None) or getattr(ticket, name, None)
            for name in CustomerShown.model_fields
        }
        own = {name: getattr(ticket, name) for name in cls.model_fields if hasattr(ticket, name)}
        return cls.model_validate(
            own
            | {
                "id": ticket.ticket_id,
                "urgent": ticket.is_urgent,
                "queue": ticket.queue_id,
                "customer": customer,
                "holder": {"id": holder, "name": names.get(holder, "")} if holder else None,
            }
        )


class LikelyShown(Shape):
    """A ticket that may be about the same; `alike` is how much of the words is shared, from 0 to 1."""

    ticket: TicketShown
    same_person: bool
    alike: float


class Family(Shape):
    """What a ticket belongs with.

    `into` is the one in which it went up; `linked_to` the one it answers and may not join: closed, or of somebody else.
    Of what was split, `elsewhere` and `from_elsewhere` are the references of tickets that the caller may not see;
    `splits_under_way` counts parts that are not tickets yet, which takes a second.
    """

    parent: TicketShown | None
    children: list[TicketShown]
    merged: list[TicketShown]
    into: TicketShown | None
    linked_to: TicketShown | None
    split_from: TicketShown | None
    split_off: list[TicketShown]
    elsewhere: list[str]
    from_elsewhere: str | None
    splits_under_way: int


class TicketPage(Shape):
    """Some tickets; `after` asks for the next ones, null at the end."""

    tickets: list[TicketShown]
    after: str | None = None


class MessageShown(Shape):
    """What was said; a note is never shown to customers."""

    id: UUID = Field(validation_alias="message_id")
    kind: str
    author_name: str
    body: str
    channel: Channel | None
    attachments: list[dict[str, Any]]
    said_at: datetime
    is_sender_verified: bool | None  # False: nothing proves who wrote it; null: the channel does not say


class ClockShown(Shape):
    """One deadline."""

    kind: str
    state: str
    calendar: str
    started_at: datetime
    due_at: datetime
    left_minutes: int | None
    stopped_at: datetime | None


class DecisionShown(Shape):
    """Why the ticket went where it went."""

    cause: str
    rule: str
    queue: str = Field(validation_alias="queue_id")
    priority: int
    policy_version: int
    model_version: str
    inputs: dict[str, Any]
    candidates: list[Any]
    why: list[Any]
    decided_at: datetime


class CandidateShown(Shape):
    """Somebody who could have had it, and why they have it or not; cost is in euro, risk that of the promise."""

    agent_id: UUID
    name: str
    why: str
    detail: str
    cost: float | None
    risk: float | None


class ChoiceShown(Shape):
    """Who was to do it, and why each of the others was not; for leads alone."""

    agent_id: UUID
    how: str
    candidates: list[CandidateShown]
    policy_version: int
    model_version: str
    took_ms: float
    decided_at: datetime


class DeliveryShown(Shape):
    """One notice to the customer and how it fares."""

    id: UUID = Field(validation_alias="delivery_id")
    notice: str
    channel: Channel
    state: str
    attempts: int
    detail: str | None
    recorded_at: datetime


class TaskShown(Shape):
    """A question to another department."""

    id: UUID = Field(validation_alias="task_id")
    queue: str = Field(validation_alias="queue_id")
    question: str
    asked_at: datetime
    due_at: datetime
    answer: str | None
    answered_at: datetime | None


class ChangeShown(Shape):
    """One thing that was done with the ticket."""

    version: int
    act: str
    actor_name: str
    cause: str
    before: dict[str, Any]
    after: dict[str, Any]
    acted_at: datetime


class FeedbackShown(Shape):
    """What the customer thought of it."""

    score: int
    comment: str | None
    is_solved: bool | None
    given_at: datetime


class WorkShown(Shape):
    """A ticket and everything around it; `acts` is what the viewer may do with it now."""

    ticket: TicketShown
    acts: list[str]
    messages: Sequence[MessageShown]
    clocks: Sequence[ClockShown]
    decision: DecisionShown | None
    choice: ChoiceShown | None
    deliveries: Sequence[DeliveryShown]
    tasks: Sequence[TaskShown]
    feedback: Sequence[FeedbackShown]
    history: Sequence[ChangeShown]

    @classmethod
    def of(cls, ticket: TicketShown, thread: Thread, acts: Sequence[str], *, is_lead: bool) -> Self:
        """The ticket with its thread; what colleagues cost is for leads alone."""
        around = {name: getattr(thread, name) for name in cls.model_fields if hasattr(thread, name)}
        if not is_lead:
            around["choice"] = None
        return cls.model_validate({"ticket": ticket, "acts": acts, **around})


class DeadLetterShown(Shape):
    """An event that nobody could handle."""

    parked_id: UUID
    event_id: UUID | None
    topic: str
    key: UUID | None
    type: str | None
    version: int | None
    problem: str
    fingerprint: str
    attempts: int
    parked_at: datetime
    dead_at: datetime
    behind: int


class Problem(Shape):
    """Why something was not done."""

    type: str
    status: int
    detail: str
    id: str
    errors: list[Any] = Field(default_factory=list)
