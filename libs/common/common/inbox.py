"""Events enter once: a batch is one transaction, versions are checked, and what fails waits in its own place."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox, parked
from common.bus import Delivery, Record
from common.clock import now
from common.db import Database
from common.events import Event
from common.log import frames, logger
from common.singly import together_or_singly
from common.telemetry import CONSUMED, context_of, tracer

log = logger(__name__)

Handler = Callable[[AsyncSession, Any, datetime], Awaitable[object]]
Stream = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Together:
    """A handler that takes neighbouring events of a batch at once, in order.

    What it emits was caused by the event of the same ticket, the last one when there are several.
    """

    handle: Callable[[AsyncSession, Sequence[Any], datetime], Awaitable[object]]


Handlers = Mapping[type[Event], Handler | Together]


class PoisonEvent(ValueError):
    """An event that no amount of trying will make readable."""


_REMEMBER = text("""
INSERT INTO inbox (event_id, received_at) SELECT id, :at FROM unnest(cast(:ids AS uuid[])) AS t (id) ORDER BY id
ON CONFLICT DO NOTHING RETURNING event_id
""")
# The no-op update locks each stream until commit; the order keeps two batches from a deadlock.
_LOCK_STREAMS = text("""
INSERT INTO event_seen AS s (topic, key, last_version)
SELECT topic, key, 0 FROM unnest(cast(:topics AS text[]), cast(:keys AS uuid[])) AS t (topic, key) ORDER BY topic, key
ON CONFLICT (topic, key) DO UPDATE SET last_version = s.last_version
RETURNING topic, key, last_version
""")
_ADVANCE = text("""
UPDATE event_seen s SET last_version = t.version
FROM unnest(cast(:topics AS text[]), cast(:keys AS uuid[]), cast(:versions AS int[])) AS t (topic, key, version)
WHERE s.topic = t.topic AND s.key = t.key
""")


class Inbox:
    """The events one service listens to, and what it does about each."""

    def __init__(self, database: Database, handlers: Handlers, service: str) -> None:
        self._database = database
        self._handlers = {cls.model_fields["type"].default: (cls, handler) for cls, handler in handlers.items()}
        self._service = service

    async def take(self, deliveries: Sequence[Delivery]) -> None:
        """Handle each delivery exactly once; on return every one is handled, known, parked or a dead letter.

        Raises what is transient (database away, time-out): nothing is done then, and the batch may be tried again.
        """
        await together_or_singly([d for d in deliveries if d.record], self._act, self._set_aside)
        for delivery in deliveries:
            if delivery.record is None:
                await self._bury(delivery, delivery.problem)

    async def _act(self, deliveries: Sequence[Delivery]) -> None:
        async with self._database.transaction() as session:
            await self._handle(session, deliveries)

    async def _set_aside(self, delivery: Delivery, error: Exception) -> None:
        record = delivery.record
        if record is None or isinstance(error, PoisonEvent):
            await self._bury(delivery, str(error))
            return
        # Not the error's text, which may quote a customer.
        failure = {"error": type(error).__name__, "frames": frames(error)}
        log.error("handler failed, event parked", event_id=str(record.id), type=record.type, **failure)
        async with self._database.transaction() as session:
            await _remember(session, [record])
            await _lock_streams(session, [record])
            await parked.park_failed(session, record, error, now())
        self._count("failed")

    async def _bury(self, delivery: Delivery, problem: str) -> None:
        async with self._database.transaction() as session:
            if delivery.record:
                await _remember(session, [delivery.record])
                await _lock_streams(session, [delivery.record])
            await parked.bury(session, delivery, problem, now())
        log.error("event is a dead letter", problem=problem, topic=delivery.topic, position=delivery.position)
        self._count("dead")

    async def _handle(self, session: AsyncSession, deliveries: Sequence[Delivery]) -> None:
        records = [d.record for d in deliveries if d.record]
        fresh = await _remember(session, records)
        records = [r for r in records if r.id in fresh]
        self._count("duplicate", len(deliveries) - len(records))
        if not records:
            return
        seen = await _lock_streams(session, records)
        turn: list[Record] = []
        for record in records:
            stream = (record.topic, record.key)
            if record.version <= seen[stream]:
                self._count("stale")
            elif record.version > seen[stream] + 1:
                await parked.park_behind(session, record, now())
                self._count("parked")
            else:
                turn.append(record)
                seen[stream] = record.version
        for _, run in groupby(turn, self._shared_handler):
            await self.apply(session, list(run))
        await advance(session, {(r.topic, r.key): seen[r.topic, r.key] for r in turn})

    def _shared_handler(self, record: Record) -> object:
        """What neighbouring records must have in common to be handled together; something unique when nothing."""
        _, handler = self._handlers.get(record.type, (Event, None))
        return handler.handle if isinstance(handler, Together) else record.id

    async def apply(self, session: AsyncSession, records: Sequence[Record]) -> None:
        """Let the handler of these records act, if there is one. Raises PoisonEvent and what the handler raises."""
        first = records[0]
        _, handler = self._handlers.get(first.type, (Event, None))
        if handler is None:
            return
        events = [self._decoded(record) for record in records]
        with _while_handling(records):
            if isinstance(handler, Together):
                await handler.handle(session, events, now())
            else:
                await handler(session, events[0], now())
        self._count("handled", len(events))

    def _decoded(self, record: Record) -> Event:
        cls, _ = self._handlers[record.type]
        try:
            return cls.model_validate_json(record.body)
        except ValidationError as error:
            # The error's own text would quote the body, which holds personal data.
            where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors())
            raise PoisonEvent(f"{record.type} does not fit its schema: {where}") from error

    def _count(self, outcome: str, n: int = 1) -> None:
        if n:
            CONSUMED.labels(self._service, outcome).inc(n)


@contextmanager
def _while_handling(records: Sequence[Record]) -> Iterator[None]:
    """Whatever is emitted inside names these events as its cause; what is logged inside names the first."""
    first = records[0]
    token = outbox.causes.set(outbox.Causes(records))
    try:
        with (
            structlog.contextvars.bound_contextvars(event_id=str(first.id), ticket_id=str(first.key)),
            tracer.start_as_current_span(f"handle {first.type}", context=context_of(first.traceparent)),
        ):
            yield
    finally:
        outbox.causes.reset(token)


async def _remember(session: AsyncSession, records: Sequence[Record]) -> set[UUID]:
    """The ids among these that are new here, remembered from now on."""
    rows = await session.scalars(_REMEMBER, {"ids": [r.id for r in records], "at": now()})
    return set(rows)


async def _lock_streams(session: AsyncSession, records: Sequence[Record]) -> dict[Stream, int]:
    """The last version handled of each stream, locked until commit."""
    streams = sorted({(r.topic, r.key) for r in records})
    rows = await session.execute(_LOCK_STREAMS, {"topics": [t for t, _ in streams], "keys": [k for _, k in streams]})
    return {(topic, key): version for topic, key, version in rows}


async def advance(session: AsyncSession, versions: Mapping[Stream, int]) -> None:
    """Remember how far each stream is handled."""
    if versions:
        await session.execute(
            _ADVANCE,
            {
                "topics": [topic for topic, _ in versions],
                "keys": [key for _, key in versions],
                "versions": list(versions.values()),
            },
        )
