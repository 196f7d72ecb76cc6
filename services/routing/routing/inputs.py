"""What clients may send with an act: exact shapes, nothing more, and only text that can be stored."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from uuid_utils.compat import uuid7

from common.vocabulary import HandlingClass, Topic
from common.wording import clean_line, clean_text
from routing.finishing import VoidReason
from routing.transitions import Party

LONGEST_TEXT = 20_000
MOST_FILES = 100  # with one message
_SURROGATES = range(0xD800, 0xE000)


def storable(text: str) -> str:
    """The text itself. Raises ValueError when it holds what no database keeps: NUL or half a character."""
    if any(character == "\0" or ord(character) in _SURROGATES for character in text):
        raise ValueError("holds characters that cannot be stored")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(storable),
    AfterValidator(clean_line),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(storable),
    AfterValidator(clean_text),
]
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=400)]
QueueId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Input(BaseModel):
    """Something sent by a client; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Credentials(Input):
    """A name and a password."""

    username: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(storable)]


class Wish(Input):
    """From which queues to take the next ticket; null means all one's own."""

    queues: Annotated[list[QueueId], Field(min_length=1, max_length=50)] | None = None


class Sought(Input):
    """Which tickets somebody looks for."""

    q: Line | None = None
    reference: Line | None = None
    email: Line | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Plain(Input):
    """The version that was seen, and nothing else."""

    version: Version


class Words(Plain):
    """A reply or a note."""

    body: Prose


class HandOver(Plain):
    """An escalation or a return."""

    reason: Line
    note: Prose | None = None


class Reclassified(Plain):
    """A person's judgement in place of the classifier's."""

    handling_class: HandlingClass = Field(alias="class")
    topic: Topic | None = None
    reason: Line


class Transfer(Plain):
    """Another queue."""

    queue: QueueId


class Together(Plain):
    """Another ticket that belongs with this one."""

    other: UUID


class Splitting(Plain):
    """A part of the customer's words for a ticket of its own: all of a message when there is no `body`.

    `split` is an id that the client makes once; with the same one nothing is split off twice.
    """

    split: UUID = Field(default_factory=uuid7)
    message: UUID
    subject: Line
    body: Prose | None = None
    attachments: Literal["all"] | Annotated[tuple[UUID, ...], Field(max_length=MOST_FILES)] = ()


class Question(Plain):
    """An internal task for another department."""

    queue: QueueId
    question: Prose


class Answer(Input):
    """The answer to an internal task."""

    task: UUID
    body: Prose


class Waiting(Plain):
    """Whom the ticket waits for, and until when at most."""

    party: Literal[Party.CUSTOMER, Party.INTERNAL] = Field(alias="for")
    until: AwareDatetime | None = None


class Resolution(Plain):
    """What came of it, and the last answer if there is one to give."""

    outcome: Line
    body: Prose | None = None


class Reopening(Plain):
    """Why a ticket is work again."""

    reason: Line


class Opening(Input):
    """Why somebody must read a confidential text."""

    reason: Line


class Discarding(Plain):
    """Why a ticket is no work at all."""

    reason: VoidReason
    note: Prose | None = None
