"""Who brings us tickets: found again by e-mail address, customer number or telephone number, made when new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.telephone import last_digits


@dataclass(frozen=True, slots=True)
class Contact:
    """How someone made themselves known. Nothing of it is proven, so it never changes what we knew of a person."""

    name: str
    email: str | None
    customer_number: str | None = None
    phone: str | None = None

    @property
    def known_as(self) -> str:
        """What makes two contacts the same person."""
        if self.email:
            return f"email:{self.email.casefold()}"
        if self.customer_number:
            return f"number:{self.customer_number}"
        digits = last_digits(self.phone or "")
        return f"phone:{digits}" if digits else f"name:{uuid7()}"


# Sorted, so that two transactions that meet the same people cannot deadlock. Who is known already is found first:
# an insert that meets a row costs more than looking for it, and most who write have written before.
_FIND_OR_MAKE = text("""
WITH brought AS (
    SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:known AS text[]), cast(:names AS text[]), cast(:emails AS text[]),
                         cast(:numbers AS text[])) AS t (person_id, known_as, name, email, customer_number)
), found AS (
    SELECT person.known_as, person.person_id FROM brought JOIN person USING (known_as)
), made AS (
    INSERT INTO person (person_id, known_as, name, email, customer_number, first_seen_at)
    SELECT person_id, known_as, name, email, customer_number, :at FROM brought
    WHERE known_as NOT IN (SELECT known_as FROM found)
    ORDER BY known_as
    ON CONFLICT (known_as) DO NOTHING
    RETURNING known_as, person_id
)
SELECT known_as, person_id FROM found UNION ALL SELECT known_as, person_id FROM made
""")
_FIND = text("SELECT known_as, person_id FROM person WHERE known_as = ANY(cast(:known AS text[]))")


async def find_or_make(session: AsyncSession, contacts: Sequence[Contact], now: datetime) -> list[UUID]:
    """The person behind each contact, in order; one person for contacts that are known alike."""
    keys = [contact.known_as for contact in contacts]
    known = await _find_or_make(session, dict(zip(keys, contacts, strict=True)), now)
    if missing := list(set(keys) - known.keys()):  # made by somebody else since this statement began
        known |= dict((await session.execute(_FIND, {"known": missing})).all())
    return [known[key] for key in keys]


async def _find_or_make(session: AsyncSession, contacts: Mapping[str, Contact], now: datetime) -> dict[str, UUID]:
    rows = await session.execute(
        _FIND_OR_MAKE,
        {
            "ids": [uuid7() for _ in contacts],
            "known": list(contacts),
            "names": [contact.name for contact in contacts.values()],
            "emails": [contact.email for contact in contacts.values()],
            "numbers": [contact.customer_number for contact in contacts.values()],
            "at": now,
        },
    )
    return dict(rows.all())
