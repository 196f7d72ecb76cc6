"""Mail taken in: stored byte for byte before anybody is told that it was, then handed out to be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from intake.mail.canonical import fingerprint

CHANNEL = "mail"
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3
UNKNOWN_SENDER = "-"  # where the envelope is not known any more; an empty one is the sender of bounces
MOST_CLAIMED_BYTES = 32 * 1024 * 1024

_KEEP = text("""
WITH brought AS (
    SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:mailboxes AS text[]), cast(:recipients AS text[]),
        cast(:senders AS text[]), cast(:hashes AS bytea[]), cast(:raws AS bytea[]),
        cast(:clients AS text[]), cast(:hellos AS text[]))
        AS t (mail_id, mailbox, recipient, envelope_sender, content_sha256, raw, client, hello)
), kept AS (
    INSERT INTO mail (mail_id, mailbox, recipient, envelope_sender, content_sha256, raw, received_at, state, attempts,
        due_at, is_released, client, hello)
    SELECT mail_id, mailbox, recipient, envelope_sender, content_sha256, raw, :now, 'waiting', 0, :now, false, client,
        hello
    FROM brought ORDER BY content_sha256, recipient
    ON CONFLICT (content_sha256, recipient) DO NOTHING
    RETURNING mail_id
)
SELECT mail_id, pg_notify('mail', '') FROM kept
""")
_CLAIM = text("""
WITH due AS MATERIALIZED (
    SELECT mail_id, received_at, length(raw) AS size_bytes FROM mail
    WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
), fitting AS (
    SELECT mail_id, sum(size_bytes) OVER (ORDER BY received_at, mail_id) - size_bytes AS before FROM due
)
UPDATE mail m SET attempts = m.attempts + 1, due_at = :lease_ends_at
FROM fitting f WHERE m.mail_id = f.mail_id AND f.before < :most_bytes
RETURNING m.mail_id, m.mailbox, m.recipient, m.envelope_sender, m.content_sha256, m.raw, m.attempts, m.received_at,
    m.is_released, m.client, m.hello
""")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail at the door."""

    mailbox: str
    recipient: str
    envelope_sender: str
    raw: bytes = field(repr=False)
    client: str | None = None  # the computer that brought it, where it came straight from outside
    hello: str | None = None  # what that computer calls itself


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail the caller may settle until its lease ends."""

    mail_id: UUID
    mailbox: str
    recipient: str
    envelope_sender: str
    content_sha256: bytes
    raw: bytes = field(repr=False)
    attempts: int
    received_at: datetime
    is_released: bool
    client: str | None = None
    hello: str | None = None


async def keep(session: AsyncSession, arrived: Sequence[Arrived], now: datetime) -> int:
    """How many of these are new; the others lie here already. The worker is woken when this commits."""
    rows = await session.execute(_KEEP, {**_columns(arrived), "now": now})
    return len(rows.all())


def _columns(arrived: Sequence[Arrived]) -> dict[str, list[object]]:
    return {
        "ids": [uuid7() for _ in arrived],
        "mailboxes": [each.mailbox for each in arrived],
        "recipients": [each.recipient for each in arrived],
        "senders": [each.envelope_sender for each in arrived],
        "hashes": [fingerprint(each.raw) for each in arrived],
        "raws": [each.raw for each in arrived],
        "clients": [each.client for each in arrived],
        "hellos": [each.hello for each in arrived],
    }


async def claim(session: AsyncSession, most: int, now: datetime) -> list[Claimed]:
    """Mails to read, oldest first, for two minutes; no other worker gets them meanwhile."""
    given = {"now": now, "most": most, "lease_ends_at": now + LEASE, "most_bytes": MOST_CLAIMED_BYTES}
    rows = (await session.execute(_CLAIM, given)).all()
    return sorted((Claimed(*row) for row in rows), key=lambda claimed: claimed.mail_id)


_RETRY = text("UPDATE mail SET due_at = :at WHERE mail_id = ANY (cast(:ids AS uuid[])) AND state = 'waiting'")


async def put_back(session: AsyncSession, claimed: Iterable[Claimed], at: datetime) -> None:
    """Let these be claimed again from then on."""
    await session.execute(_RETRY, {"ids": [each.mail_id for each in claimed], "at": at})
