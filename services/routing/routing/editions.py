"""Which rules of the house are in force: asked once a transaction, so that what follows from them can be kept."""

from collections.abc import Hashable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text
from sqlalchemy.ext.asyncio import AsyncSession

from routing.tables import CalendarVersion, PublishedPolicy, Queue, QueueTime

T = TypeVar("T")
RULES = (PublishedPolicy, Queue, QueueTime, CalendarVersion)

# A row that is changed is a new row elsewhere, made by another transaction: its place and its maker tell it apart.
_ASK = text("""
SELECT newest.version, newest.published_at,
    (SELECT string_agg(concat(xmin, ctid), ' ') FROM queue),
    (SELECT string_agg(concat(xmin, ctid), ' ') FROM queue_time),
    (SELECT string_agg(concat(xmin, ctid), ' ') FROM calendar)
FROM (SELECT version, published_at FROM policy ORDER BY version DESC LIMIT 1) newest
""")


class Edition(NamedTuple):
    """What changes as soon as anything it names is changed by anybody."""

    policy_version: int
    published_at: datetime
    queues: str | None
    manners: str | None  # how queues keep time
    calendars: str | None


async def edition(session: AsyncSession) -> Edition:
    """The one in force, the transaction's own changes included; the same until `forget`."""
    if "edition" not in session.info:
        if any(isinstance(row, RULES) for row in (*session.new, *session.dirty)):
            await session.flush()
        session.info["edition"] = Edition(*(await session.execute(_ASK)).one())
    found: Edition = session.info["edition"]
    return found


def forget(session: AsyncSession) -> None:
    """Ask again when it is needed next: something was changed."""
    session.info.pop("edition", None)


class Kept(Generic[T]):
    """What was made from an edition, a database, as long as that edition stays in force."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Engine | Connection, tuple[Hashable, T]] = WeakKeyDictionary()

    def get(self, session: AsyncSession, made_from: Hashable) -> T | None:
        """What was made from this, or None."""
        known, made = self._made.get(session.get_bind(), (None, None))
        return made if known == made_from else None

    def keep(self, session: AsyncSession, made_from: Hashable, made: T) -> T:
        """Keep it instead of what was made before."""
        self._made[session.get_bind()] = (made_from, made)
        return made
