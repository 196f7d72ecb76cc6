"""The life of a delivery: planned in the transaction of the event, claimed, brought by the sender, recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.bulk import Bulk, plain
from common.errors import Conflict
from common.events import DeliveryRecorded, Event, TicketSubmitted
from common.outbox import emit
from common.vocabulary import Channel
from notifications import bad_addresses, projections, queries
from notifications.claims import Claimed, Room, claim_due
from notifications.notices import Draft, NoticeKind, notice_of
from notifications.queries import Shown
from notifications.retries import OUTSTANDING, DeliveryState
from notifications.tables import Delivery, Notice

LEASE = timedelta(minutes=2)

# Only the sender that still holds the lease may record: another claim has raised the number of attempts.
_RECORD = text("""
UPDATE delivery d
SET state = o.state, due_at = o.due_at, detail = o.detail, recorded_at = :now, channel = coalesce(o.channel, d.channel)
FROM unnest(cast(:ids AS uuid[]), cast(:attempts AS int[]), cast(:states AS text[]),
            cast(:dues AS timestamptz[]), cast(:details AS text[]), cast(:channels AS text[]))
        AS o (delivery_id, attempts, state, due_at, detail, channel)
WHERE d.delivery_id = o.delivery_id AND d.attempts = o.attempts AND d.state = 'sending'
RETURNING d.delivery_id
""")


_TOLD_WITH = text("""
UPDATE delivery d SET state = 'sent', told_with = t.leader, detail = 'told_together', recorded_at = :now
FROM unnest(cast(:ids AS uuid[]), cast(:leaders AS uuid[])) AS t (delivery_id, leader)
WHERE d.delivery_id = t.delivery_id AND d.state = 'planned'
RETURNING d.delivery_id, d.ticket_id
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt."""

    claimed: Claimed
    state: DeliveryState
    due_at: datetime
    detail: str
    channel: Channel | None = None  # the one it is for after all
    is_gone: bool = False  # nobody can be reached at this address any more
    has_next: bool = False  # there is another way


async def meet(session: AsyncSession, events: Sequence[TicketSubmitted], now: datetime) -> None:
    """Learn whom tickets are from, and plan the acknowledgements."""
    events = await projections.of_programs(session, events)
    rows = Bulk()
    for event in events:
        projections.copy_ticket(rows, event)
    await _write(session, rows, events, now)


async def plan(session: AsyncSession, events: Sequence[Event], now: datetime) -> None:
    """Plan what the events give their customers to hear; it leaves after the commit.

    Whether there is an address is asked when a delivery is claimed: the event that brings it may come from another
    topic, and later.
    """
    await _write(session, Bulk(), events, now)


async def _write(session: AsyncSession, rows: Bulk, events: Sequence[Event], now: datetime) -> None:
    for draft in await _once(session, [draft for event in events if (draft := notice_of(event))]):
        _add(rows, draft, now)
        await queries.wake_sender(session)
    await rows.write(session)


async def _once(session: AsyncSession, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts without those of a promise that was put off before: the second delay is no news to anybody."""
    puts_off = {(draft.ticket_id, draft.promised_at) for draft in drafts if draft.promised_at}
    if not puts_off:
        return list(drafts)
    wanted = select(Notice.ticket_id, Notice.promised_at).where(
        Notice.kind == NoticeKind.DELAY, tuple_(Notice.ticket_id, Notice.promised_at).in_(puts_off)
    )
    known = {(ticket_id, promised_at) for ticket_id, promised_at in await session.execute(wanted)}
    kept = []
    for draft in drafts:
        promise = draft.ticket_id, draft.promised_at
        if promise in known:
            continue
        if draft.promised_at:
            known.add(promise)
        kept.append(draft)
    return kept


def _add(rows: Bulk, draft: Draft, now: datetime) -> None:
    notice = plain(Notice)(
        notice_id=uuid7(),
        ticket_id=draft.ticket_id,
        kind=draft.kind,
        occurred_at=draft.occurred_at,
        body=draft.body,
        agent_name=draft.agent_name,
        message_id=draft.message_id,
        until=draft.until,
        promised_at=draft.promised_at,
    )
    delivery = plain(Delivery)(
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
    return await claim_due(session, room, domain, now + LEASE, now)


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
            "channels": [o.channel.value if o.channel else None for o in outcomes],
            "now": now,
        },
    )
    held = set(rows)
    counted = [o for o in outcomes if o.claimed.delivery_id in held]
    await _settle(session, counted, now)
    return counted


async def _settle(session: AsyncSession, counted: Sequence[Outcome], now: datetime) -> None:
    """What follows from outcomes: others are told, replies told along are sent too, what failed goes another way."""
    for outcome in counted:
        if outcome.channel is None:
            emit(session, _told(outcome, now))
    await _tell_along(session, [outcome for outcome in counted if outcome.state is DeliveryState.SENT], now)
    for outcome in counted:
        if outcome.is_gone:
            await bad_addresses.mark(session, outcome.claimed, outcome.detail, now)
        if outcome.has_next:
            await another_way(session, outcome.claimed, now)


async def _tell_along(session: AsyncSession, sent: Sequence[Outcome], now: datetime) -> None:
    """The replies that were told with another are sent too, and say with which."""
    leaders = {behind.delivery_id: outcome.claimed for outcome in sent for behind in outcome.claimed.behind}
    if not leaders:
        return
    wanted = {"ids": list(leaders), "leaders": [leader.delivery_id for leader in leaders.values()], "now": now}
    for delivery_id, ticket_id in await session.execute(_TOLD_WITH, wanted):
        emit(
            session,
            DeliveryRecorded(
                ticket_id=ticket_id,
                delivery_id=delivery_id,
                notice=NoticeKind.REPLY.value,
                channel=leaders[delivery_id].channel,
                state="sent",
                attempts=0,
                detail="told_together",
                recorded_at=now,
            ),
        )


def _told(outcome: Outcome, now: datetime) -> DeliveryRecorded:
    claimed = outcome.claimed
    return DeliveryRecorded.model_validate(
        {
            "ticket_id": claimed.ticket_id,
            "delivery_id": claimed.delivery_id,
            "notice": claimed.kind.value,
            "channel": claimed.channel,
            # Readers of this event know no "held": it is planned, and says for whom it waits.
            "state": "planned" if outcome.state is DeliveryState.HELD else outcome.state.value,
            "attempts": claimed.attempts,
            "detail": outcome.detail,
            "recorded_at": now,
        }
    )


class Failed(Protocol):
    """A delivery that did not arrive."""

    @property
    def delivery_id(self) -> UUID:
        """Which."""

    @property
    def notice_id(self) -> UUID:
        """What it was to bring."""

    @property
    def ticket_id(self) -> UUID:
        """On which ticket."""

    @property
    def occurred_at(self) -> datetime:
        """When what it tells happened."""


async def another_way(session: AsyncSession, failed: Failed, now: datetime) -> None:
    """Bring the same notice another way; which one is decided when its turn comes."""
    session.add(
        Delivery(
            delivery_id=uuid7(),
            notice_id=failed.notice_id,
            ticket_id=failed.ticket_id,
            channel=Channel.EMAIL,
            state=DeliveryState.PLANNED,
            occurred_at=failed.occurred_at,
            planned_at=now,
            due_at=now,
            promise_since=None,
            instead_of=failed.delivery_id,
        )
    )
    await queries.wake_sender(session)


async def resend(session: AsyncSession, delivery_id: UUID, now: datetime) -> Shown:
    """A new delivery of the same notice, due at once. Raises NotFound, Conflict.

    A new one, because mail programs drop a second mail with a Message-ID they know; the old one keeps its proof.
    """
    old, notice, ticket = await queries.delivery_for(session, delivery_id, lock=True)
    if old.state in OUTSTANDING:
        raise Conflict("This is still being sent.")
    if old.state is DeliveryState.HELD:
        raise Conflict("This is held. Release it instead.")
    if ticket is None or not (ticket.email or ticket.phone or ticket.postcode):
        raise Conflict("This customer gave no address.")
    new = Delivery(
        delivery_id=uuid7(),
        notice_id=old.notice_id,
        ticket_id=old.ticket_id,
        channel=Channel.EMAIL,
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


async def release(session: AsyncSession, delivery_id: UUID, by: str, now: datetime) -> Shown:
    """The delivery that was held, due at once and not held again. Raises NotFound, Conflict."""
    held, notice, ticket = await queries.delivery_for(session, delivery_id, lock=True)
    if held.state != DeliveryState.HELD:
        raise Conflict("This is not held.")
    held.state, held.due_at, held.released_by = DeliveryState.PLANNED, now, by
    await queries.wake_sender(session)
    return Shown(held, NoticeKind(notice.kind), ticket.reference if ticket else None)
