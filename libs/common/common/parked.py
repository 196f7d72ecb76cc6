"""Events that could not be handled yet, and dead letters: rows a person can list, replay and discard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.bus import Delivery, Record
from common.errors import Conflict, NotFound
from common.log import frames

# Five tries over fifteen minutes: at once, then after each of these.
RETRY_AFTER = (timedelta(seconds=10), timedelta(seconds=50), timedelta(minutes=4), timedelta(minutes=10))

_PARK = text("""
INSERT INTO parked_event (parked_id, event_id, topic, key, type, version, time, source, causation, traceparent, body,
                          position, attempts, due_at, problem, fingerprint, traceback, parked_at, dead_at)
VALUES (:parked_id, :event_id, :topic, :key, :type, :version, :time, :source, :causation, :traceparent, :body,
        :position, :attempts, :due_at, :problem, :fingerprint, :traceback, :at, :dead_at)
ON CONFLICT (event_id) DO NOTHING
""")
# Only the next version of a stream is ever tried: what came later waits behind it.
_CLAIM_DUE = text("""
SELECT p.* FROM parked_event p JOIN event_seen s USING (topic, key)
WHERE p.dead_at IS NULL AND p.due_at <= :at AND p.version = s.last_version + 1
ORDER BY p.due_at LIMIT 1 FOR UPDATE OF p, s SKIP LOCKED
""")
_DONE = text("DELETE FROM parked_event WHERE parked_id = :parked_id")
_FAILED = text("""
UPDATE parked_event SET attempts = attempts + 1, due_at = :due_at, dead_at = :dead_at, problem = :problem,
    fingerprint = :fingerprint, traceback = :traceback
WHERE parked_id = :parked_id
""")
_DEAD = text("""
SELECT parked_id, event_id, topic, key, type, version, problem, fingerprint, attempts, parked_at, dead_at, traceback,
    (SELECT count(*) FROM parked_event b WHERE b.topic = p.topic AND b.key = p.key AND b.version > p.version) AS behind
FROM parked_event p WHERE dead_at IS NOT NULL ORDER BY dead_at LIMIT :most
""")
_REPLAY = text("""
UPDATE parked_event SET dead_at = NULL, attempts = 0, due_at = :at
WHERE (parked_id = :id OR event_id = :id) AND dead_at IS NOT NULL AND version IS NOT NULL RETURNING parked_id
""")
_DISCARD = text("""
WITH gone AS (
    DELETE FROM parked_event WHERE (parked_id = :id OR event_id = :id) AND dead_at IS NOT NULL
    RETURNING parked_id, event_id, topic, key, type, version, problem
), passed AS (
    UPDATE event_seen s SET last_version = greatest(s.last_version, g.version)
    FROM gone g WHERE s.topic = g.topic AND s.key = g.key
)
INSERT INTO discarded_event (parked_id, event_id, topic, key, type, version, problem, discarded_by, discarded_at)
SELECT g.*, cast(:actor AS text), cast(:at AS timestamptz) FROM gone g RETURNING parked_id
""")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event nobody could handle, as staff see it."""

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
    traceback: str | None
    behind: int  # later events of the same ticket that wait for it


@dataclass(frozen=True, slots=True)
class Due:
    """A parked event whose turn has come."""

    parked_id: UUID
    attempts: int
    record: Record


async def park_behind(session: AsyncSession, record: Record, now: datetime) -> None:
    """Keep an event until the one before it has been handled."""
    await _park(session, _row(record) | {"due_at": now, "problem": "waits for an earlier event", "at": now})


async def park_failed(session: AsyncSession, record: Record, error: Exception, now: datetime) -> None:
    """Keep an event whose handler fell over once, to try again."""
    await _park(session, _row(record) | _of(error) | {"attempts": 1, "due_at": now + RETRY_AFTER[0], "at": now})


async def bury(session: AsyncSession, delivery: Delivery, problem: str, now: datetime) -> None:
    """Make a dead letter of something that can never be handled as it is."""
    row = _row(delivery.record) if delivery.record else {"topic": delivery.topic, "body": delivery.raw}
    row |= {"problem": problem, "fingerprint": _fingerprint(problem), "dead_at": now, "due_at": now, "at": now}
    await _park(session, row | {"position": delivery.position, "attempts": 1})


async def claim_due(session: AsyncSession, now: datetime) -> Due | None:
    """One parked event that may be tried now, locked until commit; None when there is none."""
    row = (await session.execute(_CLAIM_DUE, {"at": now})).one_or_none()
    if row is None:
        return None
    record = Record(
        topic=row.topic,
        key=row.key,
        id=row.event_id,
        type=row.type,
        version=row.version,
        time=row.time,
        source=row.source,
        body=row.body,
        causation=row.causation,
        traceparent=row.traceparent,
    )
    return Due(row.parked_id, row.attempts, record)


async def done(session: AsyncSession, due: Due) -> None:
    """Forget a parked event that has been handled."""
    await session.execute(_DONE, {"parked_id": due.parked_id})


async def failed_again(session: AsyncSession, due: Due, error: Exception, now: datetime) -> bool:
    """Whether that was the last try: the event is a dead letter then, otherwise it waits longer."""
    is_last = due.attempts >= len(RETRY_AFTER)
    wait = timedelta() if is_last else RETRY_AFTER[due.attempts]
    values = {"parked_id": due.parked_id, "due_at": now + wait, "dead_at": now if is_last else None}
    await session.execute(_FAILED, values | _of(error))
    return is_last


async def dead_letters(session: AsyncSession, most: int = 100) -> list[DeadLetter]:
    """The oldest dead letters."""
    return [DeadLetter(**row._mapping) for row in await session.execute(_DEAD, {"most": most})]  # noqa: SLF001 - SQLAlchemy's public name


async def replay(session: AsyncSession, letter_id: UUID, now: datetime) -> None:
    """Let a dead letter be handled again, under its old event id. Raises NotFound, Conflict."""
    if await session.scalar(_REPLAY, {"id": letter_id, "at": now}):
        return
    known = text("SELECT 1 FROM parked_event WHERE (parked_id = :id OR event_id = :id) AND dead_at IS NOT NULL")
    if await session.scalar(known, {"id": letter_id}):
        raise Conflict("This dead letter was never a readable event; it can only be discarded.")
    raise NotFound("There is no such dead letter.")


async def discard(session: AsyncSession, letter_id: UUID, actor: str, now: datetime) -> None:
    """Give a dead letter up; the events behind it go on. Who did so is kept. Raises NotFound."""
    if not await session.scalar(_DISCARD, {"id": letter_id, "actor": actor, "at": now}):
        raise NotFound("There is no such dead letter.")


async def _park(session: AsyncSession, row: dict[str, Any]) -> None:
    empty = dict.fromkeys(("event_id", "key", "type", "version", "time", "source", "causation", "traceparent"))
    extra = {"position": None, "attempts": 0, "fingerprint": "", "traceback": None, "dead_at": None}
    await session.execute(_PARK, {"parked_id": uuid4()} | empty | extra | row)


def _row(record: Record) -> dict[str, Any]:
    names: Sequence[str] = ("topic", "key", "type", "version", "time", "source", "causation", "traceparent", "body")
    return {"event_id": record.id} | {name: getattr(record, name) for name in names}


def _of(error: Exception) -> dict[str, str]:
    """What to keep of an error: its type and place, not its text, which may quote a customer."""
    lines = frames(error)
    problem = f"{type(error).__name__} in {lines[-1] if lines else 'nowhere'}"
    return {"problem": problem, "fingerprint": _fingerprint(problem), "traceback": "\n".join(lines)}


def _fingerprint(problem: str) -> str:
    """The same for the same fault, so that a thousand letters of one bug count as one."""
    return sha256(problem.encode()).hexdigest()[:12]
