"""What Loket asks of an event log: append in order per key, read in groups, never lose."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zlib import crc32

PARTITIONS = 12
MAX_BODY_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One event on its way: CloudEvents attributes and a JSON body."""

    topic: str
    key: UUID
    id: UUID  # UUIDv7
    type: str
    version: int  # the key's event number at its source, from 1
    time: datetime
    source: str
    body: bytes
    causation: UUID | None = None  # the event this one follows from
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as one group member received it; `record` is None when what lay there was no record."""

    topic: str
    partition: int
    position: int
    record: Record | None
    raw: bytes = b""  # the bytes as they lay there, for the dead-letter table, when record is None
    problem: str = ""


class Subscription(Protocol):
    """One member of a group. Fetch, handle, commit, in that order and one at a time."""

    async def fetch(self, most: int, wait_seconds: float) -> list[Delivery]:
        """Up to `most` deliveries in order per key; empty after `wait_seconds` without news.

        A delivery that was fetched and not committed comes again, here or at another member.
        """

    async def commit(self, deliveries: Sequence[Delivery]) -> None:
        """Everything up to these deliveries is done; a lost partition is passed over silently."""

    async def lag(self) -> int:
        """How many records of this member's partitions are still to be fetched or committed."""


class Bus(Protocol):
    """An event log."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Append the records durably, in order per key; raises BusAway when the log cannot be reached."""

    def subscribe(self, group: str, topics: Sequence[str]) -> AbstractAsyncContextManager[Subscription]:
        """Become a member of a group; partitions are shared among members and move when one leaves."""

    async def close(self) -> None:
        """Give back connections."""


class BusAway(Exception):
    """The log cannot be reached at the moment; try again later."""


def partition_of(key: UUID, partitions: int = PARTITIONS) -> int:
    """The partition a key lives in, the same for ever."""
    return crc32(key.bytes) % partitions
