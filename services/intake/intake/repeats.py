"""Keys that make a second sending harmless: the first one to claim a key does the work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.texts import mark
from intake.tables import IdempotencyKey

KEPT = timedelta(days=30)
OTHER_CONTENT = mark("This Idempotency-Key was used for something else. Use a new key for something new.")
Name = tuple[str, str]  # scope and key


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sending under a key makes: a ticket and its first message, or a message on a ticket."""

    scope: str
    key: str
    content_sha256: bytes
    ticket_id: UUID
    message_id: UUID

    @property
    def name(self) -> Name:
        """What two sendings of the same thing have in common."""
        return self.scope, self.key


class OtherContent(BadInput):
    """A key that was used for something else."""


# Sorted, so that two transactions with the same keys cannot deadlock; a key claimed by an open one is waited for.
_CLAIM = text("""
INSERT INTO idempotency_key (scope, key, content_sha256, ticket_id, message_id, used_at)
SELECT scope, key, content_sha256, ticket_id, message_id, :at
FROM unnest(cast(:scopes AS text[]), cast(:keys AS text[]), cast(:hashes AS bytea[]), cast(:tickets AS uuid[]),
            cast(:messages AS uuid[])) AS t (scope, key, content_sha256, ticket_id, message_id)
ORDER BY scope, key
ON CONFLICT (scope, key) DO NOTHING
RETURNING scope, key
""")


async def claim(session: AsyncSession, claims: Iterable[Claim], now: datetime) -> dict[Name, Claim]:
    """Whose each key is: the claim given here when nobody was earlier, else the earlier one.

    Of several claims to one key the first counts. Waits for transactions that claim the same keys.
    """
    wanted: dict[Name, Claim] = {}
    for each in claims:
        wanted.setdefault(each.name, each)
    if not wanted:
        return {}
    ours = {(scope, key) for scope, key in await session.execute(_CLAIM, _columns(list(wanted.values()), now))}
    return wanted | await _earlier(session, wanted.keys() - ours)


def _columns(claims: Sequence[Claim], now: datetime) -> dict[str, object]:
    return {
        "scopes": [each.scope for each in claims],
        "keys": [each.key for each in claims],
        "hashes": [each.content_sha256 for each in claims],
        "tickets": [each.ticket_id for each in claims],
        "messages": [each.message_id for each in claims],
        "at": now,
    }


async def _earlier(session: AsyncSession, names: Iterable[Name]) -> dict[Name, Claim]:
    names = list(names)
    if not names:
        return {}
    rows = await session.scalars(
        select(IdempotencyKey).where(tuple_(IdempotencyKey.scope, IdempotencyKey.key).in_(names))
    )
    return {
        (row.scope, row.key): Claim(row.scope, row.key, row.content_sha256, row.ticket_id, row.message_id)
        for row in rows
    }


async def forget(session: AsyncSession, now: datetime) -> None:
    """Give up keys nobody will send again."""
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.used_at < now - KEPT))
