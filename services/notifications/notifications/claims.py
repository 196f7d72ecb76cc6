"""How senders share the work: each claims for one channel, and gets with each delivery all that decides about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Channel, Language
from notifications.choice import CHATTY, Situation, Wish
from notifications.notices import NoticeKind

RECENT = timedelta(hours=1)

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
    SELECT d.delivery_id, d.due_at, CASE d.channel WHEN 'email' THEN t.domain END AS lane
    FROM delivery d JOIN ticket t USING (ticket_id)
    WHERE d.channel = :channel AND d.state IN ('planned', 'sending', 'retrying') AND d.due_at <= :now
      AND coalesce(t.domain, '') <> ALL (cast(:busy AS text[]))
      AND NOT EXISTS (
        SELECT FROM delivery e
        WHERE e.ticket_id = d.ticket_id AND e.state IN ('planned', 'sending', 'retrying')
          AND (e.occurred_at, e.delivery_id) < (d.occurred_at, d.delivery_id))
    ORDER BY d.due_at LIMIT :width
), ranked AS (
    SELECT delivery_id, row_number() OVER (PARTITION BY lane ORDER BY due_at) AS nth FROM candidate
), ready AS (
    SELECT d.delivery_id FROM delivery d JOIN ranked r USING (delivery_id)
    WHERE r.nth <= :share AND d.channel = :channel AND d.state IN ('planned', 'sending', 'retrying')
      AND d.due_at <= :now
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
SELECT d.delivery_id, d.notice_id, d.ticket_id, d.channel, d.attempts, d.planned_at, d.mail_id, n.kind, n.occurred_at,
    coalesce(n.body, b.words ->> coalesce(w.language, t.language)) AS body,
    n.agent_name, n.until, t.reference, coalesce(w.language, t.language) AS language, t.email, t.domain,
    t.phone, t.street, t.house_number, t.postcode, t.city, t.is_urgent, t.may_be_answered, t.person_id, t.split_from,
    p.answer_by, p.solve_by, i.incident ->> coalesce(w.language, t.language) AS incident,
    r.replied_at, d.resend_of IS NOT NULL OR d.released_by IS NOT NULL AS is_asked_for,
    w.channel AS wished, w.quiet_from, w.quiet_until, w.stopped_at IS NOT NULL AS has_stopped,
    v.endpoint, v.p256dh, v.auth, o.automatic_sent, o.replies_sent, o.last_reply_sent_at,
    ARRAY (
        SELECT e.mail_id FROM delivery e
        WHERE e.ticket_id = d.ticket_id AND e.state = 'sent' AND e.channel = 'email' AND e.told_with IS NULL
        ORDER BY e.occurred_at DESC, e.delivery_id DESC LIMIT 10) AS earlier_mail_ids,
    ARRAY (
        SELECT DISTINCT e.channel FROM delivery e
        WHERE e.ticket_id = d.ticket_id AND e.notice_id = d.notice_id AND e.state IN ('failed', 'bounced')) AS tried,
    ARRAY (
        SELECT b.channel FROM bad_address b
        WHERE b.channel = 'email' AND b.address = lower(t.email)
           OR b.channel = 'sms' AND b.address = t.phone) AS bad
FROM delivery d JOIN notice n USING (notice_id) JOIN ticket t ON t.ticket_id = d.ticket_id
LEFT JOIN preference w USING (person_id)
LEFT JOIN broadcast b ON b.broadcast_id = n.broadcast_id
LEFT JOIN LATERAL (
    SELECT endpoint, p256dh, auth FROM device
    WHERE person_id = t.person_id ORDER BY added_at DESC LIMIT 1) v ON true
LEFT JOIN LATERAL (
    SELECT answer_by, solve_by FROM promise
    WHERE ticket_id = d.ticket_id AND promised_at >= coalesce(d.promise_since, '-infinity')
    ORDER BY promised_at DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (
    SELECT incident FROM promise
    WHERE ticket_id = d.ticket_id AND incident IS NOT NULL
    ORDER BY promised_at DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (
    SELECT max(o.occurred_at) AS replied_at FROM notice o
    WHERE o.ticket_id = d.ticket_id AND o.kind = 'reply' AND o.occurred_at <= n.occurred_at) r ON true
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE m.body IS NULL AND m.broadcast_id IS NULL) AS automatic_sent,
        count(*) FILTER (WHERE m.kind = 'reply') AS replies_sent,
        max(e.recorded_at) FILTER (WHERE m.kind = 'reply') AS last_reply_sent_at
    FROM delivery e JOIN notice m USING (notice_id)
    WHERE e.ticket_id = d.ticket_id AND e.state = 'sent' AND e.recorded_at > cast(:recent AS timestamptz)) o
WHERE d.delivery_id = ANY (cast(:ids AS uuid[]))
""")
# Replies that wait behind one that leaves now. They stay where they are: nobody claims past the first of a ticket.
_BEHIND = text("""
SELECT d.ticket_id, d.delivery_id, n.agent_name, n.body
FROM delivery d JOIN notice n USING (notice_id)
WHERE d.ticket_id = ANY (cast(:tickets AS uuid[])) AND d.state = 'planned' AND n.kind = 'reply' AND n.body IS NOT NULL
ORDER BY d.occurred_at, d.delivery_id
""")


@dataclass(frozen=True, slots=True)
class Behind:
    """A reply that is told together with the one before it."""

    delivery_id: UUID
    agent_name: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery this sender may attempt until its lease ends, with everything its words need."""

    delivery_id: UUID
    notice_id: UUID
    ticket_id: UUID
    channel: Channel
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
    phone: str | None
    street: str | None
    house_number: str | None
    postcode: str | None
    city: str | None
    is_urgent: bool
    person_id: UUID | None
    split_from: str | None = None  # a reference
    answer_by: datetime | None
    solve_by: datetime | None
    incident: str | None  # what the acknowledgement says of the cause behind it
    earlier_mail_ids: Sequence[str]  # of the mails this customer has on this ticket, newest first
    device: tuple[str, str, str] | None  # endpoint, p256dh, auth
    situation: Situation
    behind: Sequence[Behind] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a sender can take on."""

    channel: Channel
    most: int
    a_domain: int  # at most this many at once to one mail domain
    busy_domains: Sequence[str]  # none to these


async def claim_due(
    session: AsyncSession, room: Room, domain: str, lease_ends_at: datetime, now: datetime
) -> list[Claimed]:
    """Due deliveries of a channel, leased to the caller, oldest first; of a ticket only its first that is not done.

    Locks what it returns until commit and passes over what others hold. A lease that ran out is claimed again.
    """
    if room.channel is Channel.EMAIL:  # by which all are planned
        await session.execute(_PROMISED, {"now": now})
    wanted = {
        "channel": room.channel.value,
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
    rows = (await session.execute(_CLAIMED, {"ids": ids, "recent": now - RECENT})).mappings().all()
    behind = await _behind(session, rows)
    return [_claimed(row, behind.get(row["delivery_id"], ())) for row in rows]


async def _behind(session: AsyncSession, rows: Sequence[RowMapping]) -> dict[UUID, list[Behind]]:
    """What waits behind replies on tickets that had several of late."""
    chatty = {
        row["ticket_id"]: row["delivery_id"] for row in rows if row["kind"] == "reply" and row["replies_sent"] >= CHATTY
    }
    if not chatty:
        return {}
    found: dict[UUID, list[Behind]] = {}
    for ticket_id, *each in await session.execute(_BEHIND, {"tickets": list(chatty)}):
        found.setdefault(chatty[ticket_id], []).append(Behind(*each))
    return found


_PASSED_ON = [name for name in Claimed.__slots__ if name not in {"channel", "kind", "language", "device", "situation"}]


def _claimed(row: RowMapping, behind: Sequence[Behind]) -> Claimed:
    fields: dict[str, Any] = {name: row[name] for name in _PASSED_ON if name != "behind"}
    return Claimed(
        **fields,
        channel=Channel(row["channel"]),
        kind=NoticeKind(row["kind"]),
        language=Language(row["language"]),
        device=(row["endpoint"], row["p256dh"], row["auth"]) if row["endpoint"] else None,
        situation=_situation(row),
        behind=behind,
    )


def _situation(row: RowMapping) -> Situation:
    has = {
        Channel.EMAIL: row["email"],
        Channel.SMS: row["phone"],
        Channel.PUSH: row["endpoint"],
        Channel.LETTER: row["postcode"] and row["house_number"] and row["city"],
    }
    is_asked_for: bool = row["is_asked_for"]
    bad = set() if is_asked_for else set(row["bad"])
    quiet: tuple[time, time] | None = (row["quiet_from"], row["quiet_until"]) if row["quiet_from"] else None
    wished = row["wished"]
    return Situation(
        kind=NoticeKind(row["kind"]),
        channel=Channel(row["channel"]),
        reachable=[channel for channel, address in has.items() if address and channel not in bad],
        tried=[] if is_asked_for else [Channel(channel) for channel in row["tried"]],
        wish=Wish(channel=Channel(wished) if wished else None, quiet=quiet, has_stopped=bool(row["has_stopped"])),
        is_urgent=row["is_urgent"],
        is_automatic=row["body"] is None,
        may_be_answered=row["may_be_answered"],
        occurred_at=row["occurred_at"],
        replied_at=row["replied_at"],
        automatic_sent=row["automatic_sent"],
        replies_sent=row["replies_sent"],
        last_reply_sent_at=row["last_reply_sent_at"],
        is_resend=is_asked_for,
    )
