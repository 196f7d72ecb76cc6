"""Named reads of notifications, and the statements by which senders share the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.vocabulary import Language
from notifications.notices import NoticeKind
from notifications.tables import Delivery, EndedSession, Notice, Ticket

CHANNEL = "deliveries"

_WAKE = text("SELECT pg_notify('deliveries', '')")
_PROMISED = text("""
WITH told AS (
    SELECT d.delivery_id FROM delivery d
    WHERE d.state = 'planned' AND d.promise_since IS NOT NULL AND d.due_at > :now
      AND EXISTS (SELECT FROM promise p WHERE p.ticket_id = d.ticket_id AND p.promised_at >= d.promise_since)
    FOR UPDATE SKIP LOCKED
)
UPDATE delivery d SET due_at = :now, promise_since = NULL FROM told
WHERE d.delivery_id = told.delivery_id
""")
# Wider than the claim, so that the share of one domain can be cut before rows are locked.
_CLAIM = text("""
WITH candidate AS MATERIALIZED (
    SELECT d.delivery_id, d.due_at, t.domain
    FROM delivery d JOIN ticket t USING (ticket_id)
    WHERE d.state IN ('planned', 'sending', 'retrying') AND d.due_at <= :now
      AND coalesce(t.domain, '') <> ALL (cast(:busy AS text[]))
      AND NOT EXISTS (
        SELECT FROM delivery e
        WHERE e.ticket_id = d.ticket_id AND e.state IN ('planned', 'sending', 'retrying')
          AND (e.occurred_at, e.delivery_id) < (d.occurred_at, d.delivery_id))
    ORDER BY d.due_at LIMIT :width
), ranked AS (
    SELECT delivery_id, row_number() OVER (PARTITION BY domain ORDER BY due_at) AS nth FROM candidate
), ready AS (
    SELECT d.delivery_id FROM delivery d JOIN ranked r USING (delivery_id)
    WHERE r.nth <= :share AND d.state IN ('planned', 'sending', 'retrying') AND d.due_at <= :now
    ORDER BY d.due_at LIMIT :most
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE delivery d
SET state = 'sending', attempts = d.attempts + 1, due_at = :lease_ends_at,
    mail_id = coalesce(d.mail_id, d.delivery_id || '@' || cast(:domain AS text))
FROM ready WHERE d.delivery_id = ready.delivery_id
RETURNING d.delivery_id
""")
_CLAIMED = text("""
SELECT d.delivery_id, d.ticket_id, d.attempts, d.planned_at, d.mail_id, n.kind, n.occurred_at, n.body, n.agent_name,
    n.until, t.reference, t.language, t.email, t.domain, p.answer_by, p.solve_by, r.replied_at,
    ARRAY (
        SELECT e.mail_id FROM delivery e
        WHERE e.ticket_id = d.ticket_id AND e.state = 'sent'
        ORDER BY e.occurred_at DESC, e.delivery_id DESC LIMIT 10) AS earlier_mail_ids
FROM delivery d JOIN notice n USING (notice_id) JOIN ticket t ON t.ticket_id = d.ticket_id
LEFT JOIN LATERAL (
    SELECT answer_by, solve_by FROM promise
    WHERE ticket_id = d.ticket_id AND promised_at >= coalesce(d.promise_since, '-infinity')
    ORDER BY promised_at DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (
    SELECT max(o.occurred_at) AS replied_at FROM notice o
    WHERE o.ticket_id = d.ticket_id AND o.kind = 'reply' AND o.occurred_at <= n.occurred_at) r ON true
WHERE d.delivery_id = ANY (cast(:ids AS uuid[]))
""")
_OLDEST = text("""
SELECT count(*) AS outstanding, min(due_at) AS oldest FROM delivery
WHERE state IN ('planned', 'sending', 'retrying') AND due_at <= :now
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery this sender may attempt until its lease ends, with everything its words need."""

    delivery_id: UUID
    ticket_id: UUID
    attempts: int
    planned_at: datetime
    mail_id: str
    kind: NoticeKind
    occurred_at: datetime
    body: str | None
    agent_name: str | None
    until: datetime | None
    reference: str
    language: Language
    email: str | None
    domain: str | None
    answer_by: datetime | None
    solve_by: datetime | None
    replied_at: datetime | None
    earlier_mail_ids: Sequence[str]  # of the mails this customer has on this ticket, newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a sender can take on."""

    most: int
    a_domain: int  # at most this many at once to one mail domain
    busy_domains: Sequence[str]  # none to these


async def wake_sender(session: AsyncSession) -> None:
    """Hint, once a transaction, that there is something to send."""
    if not session.info.get("sender_woken"):
        session.info["sender_woken"] = True
        await session.execute(_WAKE)


async def claim_due(
    session: AsyncSession, room: Room, domain: str, lease_ends_at: datetime, now: datetime
) -> list[Claimed]:
    """Due deliveries, leased to the caller, oldest first; of a ticket only its first that is not done.

    Locks what it returns until commit and passes over what others hold. A lease that ran out is claimed again.
    """
    await session.execute(_PROMISED, {"now": now})
    wanted = {
        "most": room.most,
        "width": room.most * 8,
        "share": room.a_domain,
        "busy": list(room.busy_domains),
        "domain": domain,
        "lease_ends_at": lease_ends_at,
        "now": now,
    }
    ids = list(await session.scalars(_CLAIM, wanted))
    if not ids:
        return []
    rows = (await session.execute(_CLAIMED, {"ids": ids})).mappings()
    return [Claimed(**{**row, "kind": NoticeKind(row["kind"]), "language": Language(row["language"])}) for row in rows]


async def backlog(session: AsyncSession, now: datetime) -> tuple[int, timedelta]:
    """How many deliveries are due and not done, and how long the oldest has been."""
    outstanding, oldest = (await session.execute(_OLDEST, {"now": now})).one()
    return outstanding, now - oldest if oldest else timedelta()


async def is_ended(session: AsyncSession, session_id: UUID) -> bool:
    """Whether this staff session may no longer be honoured."""
    return await session.get(EndedSession, session_id) is not None


async def delivery_for(
    session: AsyncSession, delivery_id: UUID, *, lock: bool = False
) -> tuple[Delivery, Notice, Ticket | None]:
    """The delivery (locked until commit if `lock`), its notice, and its ticket once that is known. Raises NotFound."""
    wanted = (
        select(Delivery, Notice, Ticket)
        .join(Notice, Notice.notice_id == Delivery.notice_id)
        .outerjoin(Ticket, Ticket.ticket_id == Delivery.ticket_id)
        .where(Delivery.delivery_id == delivery_id)
    )
    row = (await session.execute(wanted.with_for_update(of=Delivery) if lock else wanted)).one_or_none()
    if row is None:
        raise NotFound("There is no such delivery.")
    delivery, notice, ticket = row
    return delivery, notice, ticket


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery as staff see it: without address or words."""

    delivery: Delivery
    kind: NoticeKind
    reference: str | None  # None while intake's word of the ticket is still on its way


async def deliveries_shown(
    session: AsyncSession,
    *,
    ticket_id: UUID | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> list[Shown]:
    """Deliveries in the order they were planned, from the one after `after`; of one ticket or in one state if given."""
    wanted = (
        select(Delivery, Notice.kind, Ticket.reference)
        .join(Notice, Notice.notice_id == Delivery.notice_id)
        .outerjoin(Ticket, Ticket.ticket_id == Delivery.ticket_id)
        .order_by(Delivery.delivery_id)
        .limit(limit)
    )
    if ticket_id is not None:
        wanted = wanted.where(Delivery.ticket_id == ticket_id)
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    if after is not None:
        wanted = wanted.where(Delivery.delivery_id > after)
    return [Shown(delivery, NoticeKind(kind), reference) for delivery, kind, reference in await session.execute(wanted)]
