"""The values that events carry."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from common.events.base import Fact
from common.vocabulary import HandlingClass, Language, Sensitivity, TaskType, Topic


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


class KnownIncident(Fact):
    """The one cause behind a ticket, and what its customer is told of it in each language."""

    incident_id: UUID
    words: dict[str, str]


class AffectedTicket(Fact):
    """A ticket that an incident is behind."""

    ticket_id: UUID
    person_id: UUID


class Promise(Fact):
    """What the customer was told: answer by, solved by."""

    answer_by: datetime
    solve_by: datetime


class SplitFrom(Fact):
    """Where a ticket comes from that was split off another: which ticket, which click, and when the customer wrote."""

    ticket_id: UUID
    reference: str
    split_id: UUID
    said_at: datetime


class Alarm(Fact):
    """Something that stays wrong until a lead acts. Queues are named as the reader calls them."""

    kind: Literal["unstaffed", "rule_broken", "department_late"]
    queue: str | None = None  # where work waits that nobody may do; or which department answers late
    tickets: int = 0  # that nobody may do
    rule: str | None = None  # that cannot be followed
    reference: str | None = None  # of the ticket that waits for the answer
    due_at: datetime | None = None  # when the answer was due
