"""The life of a delivery: planned in the transaction of the event, claimed, brought by the sender, recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.bulk import Bulk, Rows
from common.errors import Conflict
from common.events import DeliveryRecorded, Event, TicketSubmitted
from common.outbox import emit
from common.vocabulary import Channel
from notifications import projections, queries
from notifications.notices import Draft, NoticeKind, notice_of
from notifications.queries import Claimed, Room, Shown
from notifications.retries import OUTSTANDING, DeliveryState
from notifications.tables import Delivery, Notice

LEASE = timedelta(minutes=2)

# Only the sender that still holds the lease may record: another claim has raised the number of attempts.
_RECORD = text("""
UPDATE delivery d
SET state = o.state, due_at = o.due_at, detail = o.detail, recorded_at = :now
FROM unnest(cast(:ids AS uuid[]), cast(:attempts AS int[]), cast(:states AS text[]),
            cast(:dues AS timestamptz[]), cast(:details AS text[])) AS o (delivery_id, attempts, state, due_at, detail)
WHERE d.delivery_id = o.delivery_id AND d.attempts = o.attempts AND d.state = 'sending'
RETURNING d.delivery_id
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt."""

    claimed: Claimed
    state: DeliveryState
    due_at: datetime
    detail: str


async def meet(session: AsyncSession, events: Sequence[TicketSubmitted], now: datetime) -> None:
    """Learn whom tickets are from, and plan the acknowledgements."""
    rows = Bulk()
    for event in events:
        projections.copy_ticket(rows, event)
    await rows.write(session)
    await plan(session, events, now)


async def plan(session: AsyncSession, events: Sequence[Event], now: datetime) -> None:
    """Plan what the events give their customers to hear; it leaves after the commit.

    Whether there is an address is asked when a delivery is claimed: the event that brings it may come from another
    topic, and later.
    """
    rows = Bulk()
    for draft in filter(None, map(notice_of, events)):
        _add(rows, draft, now)
        await queries.wake_sender(session)
    await rows.write(session)


def _add(rows: Rows, draft: Draft, now: datetime) -> None:
    notice = Notice(
        notice_id=uuid7(),
        ticket_id=draft.ticket_id,
        kind=draft.kind,
        occurred_at=draft.occurred_at,
        body=draft.body,
        agent_name=draft.agent_name,
        message_id=draft.message_id,
        until=draft.until,
    )
    delivery = Delivery(
        delivery_id=uuid7(),
        notice_id=notice.notice_id,
        ticket_id=draft.ticket_id,
        channel=Channel.EMAIL,
        state=DeliveryState.PLANNED,
        occurred_at=draft.occurred_at,
        planned_at=now,
        due_at=now + draft.patience,
        promise_since=draft.promise_since,
    )
    rows.add_all((notice, delivery))


async def claim(session: AsyncSession, room: Room, domain: str, now: datetime) -> list[Claimed]:
    """Due deliveries the caller may attempt once, until two minutes from now; no other sender gets them meanwhile."""
    return await queries.claim_due(session, room, domain, now + LEASE, now)


async def record(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> list[Outcome]:
    """The outcomes that counted, written down and told to the other services; one whose lease was lost does not."""
    if not outcomes:
        return []
    rows = await session.scalars(
        _RECORD,
        {
            "ids": [o.claimed.delivery_id for o in outcomes],
            "attempts": [o.claimed.attempts for o in outcomes],
            "states": [o.state.value for o in outcomes],
            "dues": [o.due_at for o in outcomes],
            "details": [o.detail for o in outcomes],
            "now": now,
        },
    )
    held = set(rows)
    counted = [o for o in outcomes if o.claimed.delivery_id in held]
    for outcome in counted:
        emit(session, _told(outcome, now))
    return counted


def _told(outcome: Outcome, now: datetime) -> DeliveryRecorded:
    return DeliveryRecorded.model_validate(
        {
            "ticket_id": outcome.claimed.ticket_id,
            "delivery_id": outcome.claimed.delivery_id,
            "notice": outcome.claimed.kind.value,
            "channel": Channel.EMAIL,
            "state": outcome.state.value,
            "attempts": outcome.claimed.attempts,
            "detail": outcome.detail,
            "recorded_at": now,
        }
    )


async def resend(session: AsyncSession, delivery_id: UUID, now: datetime) -> Shown:
    """A new delivery of the same notice, due at once. Raises NotFound, Conflict.

    A new one, because mail programs drop a second mail with a Message-ID they know; the old one keeps its proof.
    """
    old, notice, ticket = await queries.delivery_for(session, delivery_id, lock=True)
    if old.state in OUTSTANDING:
        raise Conflict("This is still being sent.")
    if ticket is None or ticket.email is None:
        raise Conflict("This customer gave no e-mail address.")
    new = Delivery(
        delivery_id=uuid7(),
        notice_id=old.notice_id,
        ticket_id=old.ticket_id,
        channel=old.channel,
        state=DeliveryState.PLANNED,
        occurred_at=now,
        planned_at=now,
        due_at=now,
        promise_since=None,
        resend_of=old.delivery_id,
    )
    session.add(new)
    await queries.wake_sender(session)
    return Shown(new, NoticeKind(notice.kind), ticket.reference)
