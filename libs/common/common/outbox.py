"""Events leave with the transaction that made them: `emit` collects, `write` stores them beside the rows."""

from collections import Counter
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.bus import MAX_BODY_BYTES, Record
from common.clock import now
from common.events import Event
from common.telemetry import current_traceparent

CHANNEL = "outbox"


class Causes:
    """The events being handled: what is emitted meanwhile was caused by the one of the same key, else by the first."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._first = records[0]
        self._by_key = {record.key: record for record in records} if len(records) > 1 else {}

    def of(self, key: UUID) -> Record:
        """The record that caused an event with this key."""
        return self._by_key.get(key, self._first)

    @property
    def are_many(self) -> bool:
        """Whether several are handled at once, so that no trace of the work at hand is any one's."""
        return bool(self._by_key)


causes: ContextVar[Causes | None] = ContextVar("causes", default=None)


class EventTooLarge(ValueError):
    """An event's body is over 256 KiB; larger content belongs in the attachment store."""


@dataclass(frozen=True, slots=True)
class _Emitted:
    id: UUID
    topic: str
    type: str
    key: UUID
    body: bytes
    causation: UUID | None
    traceparent: str | None


def emit(session: AsyncSession, event: Event, traceparent: str | None = None) -> UUID:
    """The id of the event, which leaves if and when the transaction commits.

    It carries the trace of the work at hand, or the one given by whoever gathers the work of several requests.
    Raises EventTooLarge. Events of one key leave in the order they were emitted; the key's stream is
    locked until commit, so that two transactions cannot interleave.
    """
    body = event.model_dump_json().encode()
    if len(body) > MAX_BODY_BYTES:
        raise EventTooLarge(f"{event.type} is {len(body)} bytes; at most {MAX_BODY_BYTES} fit in an event")
    behind = causes.get()
    cause = behind.of(event.key) if behind else None
    trace = traceparent or (cause.traceparent if cause and behind and behind.are_many else current_traceparent())
    emitted = _Emitted(uuid7(), event.topic, event.type, event.key, body, cause.id if cause else None, trace)
    session.info.setdefault("emitted", []).append(emitted)
    return emitted.id


# The streams are locked in key order so that two batches cannot deadlock; numbers are handed out under that lock.
_WRITE = text("""
WITH bumped AS (
    INSERT INTO event_stream AS s (topic, key, last_version)
    SELECT topic, key, n
    FROM unnest(cast(:stream_topics AS text[]), cast(:stream_keys AS uuid[]), cast(:counts AS int[]))
        AS t (topic, key, n)
    ORDER BY topic, key
    ON CONFLICT (topic, key) DO UPDATE SET last_version = s.last_version + excluded.last_version
    RETURNING topic, key, last_version
), written AS (
    INSERT INTO outbox (event_id, topic, type, key, version, body, causation, traceparent, emitted_at)
    SELECT e.id, e.topic, e.type, e.key, b.last_version - e.after, e.body, e.causation, e.traceparent, :at
    FROM unnest(cast(:ids AS uuid[]), cast(:topics AS text[]), cast(:types AS text[]), cast(:keys AS uuid[]),
                cast(:afters AS int[]), cast(:bodies AS bytea[]), cast(:causations AS uuid[]), cast(:traces AS text[]))
        WITH ORDINALITY AS e (id, topic, type, key, after, body, causation, traceparent, ordinal)
    JOIN bumped b USING (topic, key)
    ORDER BY e.ordinal
)
SELECT pg_notify('outbox', '')
""")


async def write(session: AsyncSession) -> None:
    """Store what was emitted in this session, with its version numbers, as part of the transaction."""
    await session.flush()
    emitted: list[_Emitted] = session.info.pop("emitted", [])
    if not emitted:
        return
    counts = Counter((e.topic, e.key) for e in emitted)
    left = dict(counts)
    afters = []
    for e in emitted:
        left[e.topic, e.key] -= 1
        afters.append(left[e.topic, e.key])
    await session.execute(
        _WRITE,
        {
            "stream_topics": [topic for topic, _ in counts],
            "stream_keys": [key for _, key in counts],
            "counts": list(counts.values()),
            "ids": [e.id for e in emitted],
            "topics": [e.topic for e in emitted],
            "types": [e.type for e in emitted],
            "keys": [e.key for e in emitted],
            "afters": afters,
            "bodies": [e.body for e in emitted],
            "causations": [e.causation for e in emitted],
            "traces": [e.traceparent for e in emitted],
            "at": now(),
        },
    )
