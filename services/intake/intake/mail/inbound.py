"""What reading a mail gives: plain values that travel from the child process to the worker."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Nature(StrEnum):
    """Who or what wrote a mail, as far as it decides whether a program may answer."""

    PERSON = "person"
    AUTOMATIC = "automatic"  # a program's own news, or a list: read it, never answer it
    REPLY = "reply"  # a program answered a mail: absence, receipt
    BOUNCE = "bounce"  # a mail did not arrive, or will be late


class Unreadable(Exception):
    """A mail that is kept aside instead of read. The text is one of the words in `intake.reasons`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Mailbox(_Value):
    """A name and an address; the address is lower case."""

    name: str = ""
    email: str

    @property
    def called(self) -> str:
        """How to speak of them: by name, else by what stands before the @."""
        return self.name or self.email.partition("@")[0]


class Enclosed(_Value):
    """A file in a mail; its bytes travel beside it."""

    name: str
    size_bytes: int
    is_inline: bool = False


class Bounced(_Value):
    """What came back, by the Message-ID we gave it."""

    delivery_id: UUID | None
    is_permanent: bool
    status: str | None = None


class Checked(_Value):
    """What one server says it checked, as it stands in an Authentication-Results header."""

    server: str
    dmarc: str | None = None
    domain: str | None = None  # the domain of From it checked
    above: int  # how many Received headers stand above


class Forwarded(_Value):
    """Somebody else's mail inside this one."""

    sender: Mailbox
    subject: str
    text: str


class InboundMail(_Value):
    """A mail, read."""

    sender: Mailbox
    senders: int = 1  # how many the From headers name
    subject: str = ""
    newest: str = ""  # what the writer added, signature included
    whole: str = ""  # with what was quoted
    is_cut: bool = False  # there was more than is kept
    rfc_id: str | None = None
    answers: tuple[str, ...] = ()  # Message-IDs of In-Reply-To and References, newest first
    recipients: tuple[str, ...] = ()
    sent_at: datetime | None = None
    nature: Nature = Nature.PERSON
    because: str = ""  # what gave a nature away
    hops: int = 0
    checked: tuple[Checked, ...] = ()
    bounced: Bounced | None = None
    forwarded: Forwarded | None = None
    files: tuple[Enclosed, ...] = ()
    shape: bytes = Field(b"", repr=False)

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")
