"""What we ask of a channel: it brings parcels to people, or says why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from notifications.retries import Answer


@dataclass(frozen=True, slots=True)
class Parcel:
    """One notice, ready to leave by one channel.

    `content` is what the channel carries: a mail with CRLF line ends, the words of a text, JSON, a PDF.
    """

    delivery_id: UUID  # the same at every attempt, so that the other side can tell a repetition
    sender: str
    recipient: str
    content: bytes
    keys: Mapping[str, str] = field(default_factory=dict)  # what the recipient gave to encrypt or sign with


class Channel(Protocol):
    """Brings parcels, several at once. One contract suite runs over every implementation."""

    at_once: int  # so many parcels may be under way
    a_domain: int  # so many of them to one domain, so that one that stalls leaves room for the others

    async def send(self, parcel: Parcel, /) -> Answer:
        """What became of one attempt. Answers within a minute and raises nothing: a failure is an answer too."""

    async def close(self) -> None:
        """Give back connections."""
