"""The life of a call to another program: planned in the transaction of the event, claimed, made, recorded, replayed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.errors import Conflict, NotFound
from common.events import Event
from notifications import subscribers
from notifications.facts import FACTS, body_of
from notifications.retries import OUTSTANDING, Answer, DeliveryState, Verdict, after
from notifications.tables import Call

Plan = Callable[[AsyncSession, Sequence[Any], datetime], Awaitable[object]]

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)

_CLAIM = text("""
WITH candidate AS MATERIALIZED (
    SELECT c.call_id, c.due_at, c.subscriber_id FROM call c JOIN subscriber s USING (subscriber_id)
    WHERE c.state IN ('planned', 'sending', 'retrying') AND c.due_at <= :now AND s.stopped_at IS NULL
      AND c.subscriber_id <> ALL (cast(:busy AS uuid[]))
    ORDER BY c.due_at LIMIT :width
), ranked AS (
    SELECT call_id, row_number() OVER (PARTITION BY subscriber_id ORDER BY due_at) AS nth FROM candidate
), ready AS (
    SELECT c.call_id FROM call c JOIN ranked r USING (call_id)
    WHERE r.nth <= :share AND c.state IN ('planned', 'sending', 'retrying') AND c.due_at <= :now
    ORDER BY c.due_at LIMIT :most FOR UPDATE OF c SKIP LOCKED
)
UPDATE call c SET state = 'sending', attempts = c.attempts + 1, due_at = :lease_ends_at
FROM ready, subscriber s WHERE c.call_id = ready.call_id AND s.subscriber_id = c.subscriber_id
RETURNING c.call_id, c.subscriber_id, c.body, c.attempts, c.planned_at, s.url, s.secret
""")
_RECORD = text("""
UPDATE call c SET state = o.state, due_at = o.due_at, detail = o.detail, recorded_at = :now
FROM unnest(cast(:ids AS uuid[]), cast(:attempts AS int[]), cast(:states AS text[]), cast(:dues AS timestamptz[]),
            cast(:details AS text[])) AS o (call_id, attempts, state, due_at, detail)
WHERE c.call_id = o.call_id AND c.attempts = o.attempts AND c.state = 'sending'
""")
_FORGET = text("DELETE FROM call WHERE state IN ('sent', 'failed') AND recorded_at < :before")


@dataclass(frozen=True, slots=True)
class Due:
    """A call the caller may make once until its lease ends."""

    call_id: UUID
    subscriber_id: UUID
    body: str
    attempts: int
    planned_at: datetime
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one attempt."""

    due: Due
    answer: Answer
    at: datetime


async def plan(session: AsyncSession, events: Sequence[Event], now: datetime) -> None:
    """Plan a call for each of these events and each subscriber who wants to hear of it."""
    active = await subscribers.active(session)
    calls = [
        Call(
            call_id=uuid7(),
            subscriber_id=subscriber.subscriber_id,
            type=event.type,
            body=body_of(event, now),
            state=DeliveryState.PLANNED,
            planned_at=now,
            due_at=now,
        )
        for event in events
        for subscriber in active
        if event.type in subscriber.types and type(event) in FACTS
    ]
    if calls:
        session.add_all(calls)
        await subscribers.wake_caller(session)


async def claim(session: AsyncSession, most: int, share: int, busy: Sequence[UUID], now: datetime) -> list[Due]:
    """Due calls, leased to the caller, oldest first, at most `share` of one subscriber and none of the busy ones."""
    wanted = {"most": most, "width": most * 8, "share": share, "busy": list(busy), "now": now}
    rows = await session.execute(_CLAIM, wanted | {"lease_ends_at": now + LEASE})
    return [Due(**row) for row in rows.mappings()]


async def record(session: AsyncSession, made: Sequence[Made], now: datetime) -> list[DeliveryState]:
    """Write down what became of them; a subscriber that says it is gone is called no more."""
    if not made:
        return []
    next_ = [after(each.answer, each.due.attempts, each.due.planned_at, each.at) for each in made]
    await session.execute(
        _RECORD,
        {
            "ids": [each.due.call_id for each in made],
            "attempts": [each.due.attempts for each in made],
            "states": [state.value for state, _ in next_],
            "dues": [due_at for _, due_at in next_],
            "details": [each.answer.detail for each in made],
            "now": now,
        },
    )
    gone = {each.due.subscriber_id for each in made if each.answer.verdict is Verdict.GONE}
    for subscriber_id in sorted(gone):
        await subscribers.stop(session, subscriber_id, "it answered that it is gone", now)
    return [state for state, _ in next_]


async def replay(session: AsyncSession, call_id: UUID, now: datetime) -> Call:
    """The call, to be made again under its own id, so that who had it can tell. Raises NotFound, Conflict."""
    call = await session.get(Call, call_id, with_for_update=True)
    if call is None:
        raise NotFound("There is no such call.")
    if call.state in OUTSTANDING:
        raise Conflict("This is still being sent.")
    call.state, call.planned_at, call.due_at = DeliveryState.PLANNED, now, now
    await subscribers.wake_caller(session)
    return call


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget the calls that were done a month ago."""
    await session.execute(_FORGET, {"before": now - KEPT})


def also(handle: Plan) -> Plan:
    """The handler, and a call for each subscriber beside it."""

    async def both(session: AsyncSession, events: Sequence[Any], now: datetime) -> None:
        await handle(session, events, now)
        await plan(session, events, now)

    return both
