"""Who brings us tickets: found again by e-mail address or else by customer number, made when new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7


@dataclass(frozen=True, slots=True)
class Contact:
    """How someone made themselves known. Nothing of it is proven, so it never changes what we knew of a person."""

    name: str
    email: str | None
    customer_number: str | None = None

    @property
    def known_as(self) -> str:
        """What makes two contacts the same person."""
        if self.email:
            return f"email:{self.email.casefold()}"
        return f"number:{self.customer_number}" if self.customer_number else f"name:{uuid7()}"


# Sorted, so that two transactions that meet the same people cannot deadlock.
_MAKE = text("""
INSERT INTO person (person_id, known_as, name, email, customer_number, first_seen_at)
SELECT person_id, known_as, name, email, customer_number, :at
FROM unnest(cast(:ids AS uuid[]), cast(:known AS text[]), cast(:names AS text[]), cast(:emails AS text[]),
            cast(:numbers AS text[])) AS t (person_id, known_as, name, email, customer_number)
ORDER BY known_as
ON CONFLICT (known_as) DO NOTHING
RETURNING known_as, person_id
""")
_FIND = text("SELECT known_as, person_id FROM person WHERE known_as = ANY(cast(:known AS text[]))")


async def find_or_make(session: AsyncSession, contacts: Sequence[Contact], now: datetime) -> list[UUID]:
    """The person behind each contact, in order; one person for contacts that are known alike."""
    keys = [contact.known_as for contact in contacts]
    found = await _make(session, dict(zip(keys, contacts, strict=True)), now)
    if unknown := list(set(keys) - found.keys()):
        found |= dict((await session.execute(_FIND, {"known": unknown})).all())
    return [found[key] for key in keys]


async def _make(session: AsyncSession, contacts: Mapping[str, Contact], now: datetime) -> dict[str, UUID]:
    """The people among these who are new."""
    made = await session.execute(
        _MAKE,
        {
            "ids": [uuid7() for _ in contacts],
            "known": list(contacts),
            "names": [contact.name for contact in contacts.values()],
            "emails": [contact.email for contact in contacts.values()],
            "numbers": [contact.customer_number for contact in contacts.values()],
            "at": now,
        },
    )
    return dict(made.all())
