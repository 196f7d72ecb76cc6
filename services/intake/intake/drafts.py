"""What a customer brought, checked and not yet stored: the values that use cases take and give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from common.events import Judgement, SplitFrom
from common.vocabulary import Channel, Language

LONGEST_BODY = 20_000
LONGEST_SUBJECT = 300
LONGEST_LINE = 200
LONGEST_KEY = 255
MOST_FILES = 10
MOST_FILE_BYTES = 20 * 1024 * 1024
SAID_FILE_BYTES = 20_000_000  # what people are told: 20 MB as they count it


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is about, as the customer wrote it."""

    postcode: str | None = None
    house_number: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes already lie in the attachment store under their hash."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Repeatable:
    """What makes a second sending of the same thing recognisable."""

    scope: str  # whose keys: one channel's, or one ticket's
    key: str
    content_sha256: bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """What a channel knows of where words come from."""

    is_sender_verified: bool | None = None  # None: the channel does not say
    may_be_answered: bool = True  # by a program
    linked_to: UUID | None = None  # the ticket they came in on, from somebody who may not join it
    split_from: SplitFrom | None = None  # the ticket that an agent split them off


@dataclass(frozen=True, slots=True)
class Draft:
    """A customer's words on their way to becoming a ticket."""

    name: str
    email: str | None  # None: there is a telephone number
    subject: str
    body: str
    channel: Channel
    phone: str | None = None
    customer_number: str | None = None
    language: Language | None = None  # None: the language they wrote in
    place: Place = field(default_factory=Place)
    files: tuple[StoredFile, ...] = ()
    repeatable: Repeatable | None = None
    traceparent: str | None = None  # the request it came with, when requests are traced
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a candidate model makes of a draft: kept beside the judgement, never used for it."""

    version: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft and what the classifier made of it."""

    draft: Draft
    judgement: Judgement
    shadow: Shadow | None = None

    @property
    def language(self) -> Language:
        """The language to answer in."""
        return self.draft.language or self.judgement.language


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever brought it gets to know."""

    ticket_id: UUID
    reference: str
    language: Language
    judgement: Judgement
    is_repeat: bool = False  # this was brought before; nothing new was made


@dataclass(frozen=True, slots=True)
class Said:
    """More words of a customer on a ticket."""

    body: str
    channel: Channel
    files: tuple[StoredFile, ...] = ()
    repeatable: Repeatable | None = None
    is_sender_verified: bool | None = None  # None: the channel does not say
