"""What we ask of a channel that brings mail."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from notifications.retries import Answer


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to leave: envelope and bytes, with CRLF line ends."""

    delivery_id: UUID
    sender: str
    recipient: str
    content: bytes


class Channel(Protocol):
    """Brings mails, several at once. One contract suite runs over every implementation."""

    at_once: int  # so many mails may be under way
    a_domain: int  # so many of them to one domain, so that one that stalls leaves room for the others

    async def send(self, mail: Mail) -> Answer:
        """What became of one attempt. Answers within a minute and raises nothing: a failure is an answer too."""

    async def close(self) -> None:
        """Give back connections."""
