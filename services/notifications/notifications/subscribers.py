"""Who is called when something happens: added with a secret of its own, stopped, started again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.errors import BadInput, NotFound
from common.signed_calls import new_secret
from notifications.facts import TYPES
from notifications.tables import Subscriber

CHANNEL = "calls"
LONGEST_URL = 2000

_WAKE = text("SELECT pg_notify('calls', '')")
_STOP = text("""
UPDATE subscriber SET stopped_at = :now, stopped_because = :why WHERE subscriber_id = :id AND stopped_at IS NULL
""")


async def wake_caller(session: AsyncSession) -> None:
    """Hint that there is a call to make."""
    await session.execute(_WAKE)


async def active(session: AsyncSession) -> Sequence[Subscriber]:
    """Who is called, asked once a transaction."""
    if "subscribers" not in session.info:
        found = await session.scalars(select(Subscriber).where(Subscriber.stopped_at.is_(None)))
        session.info["subscribers"] = found.all()
    subscribers: Sequence[Subscriber] = session.info["subscribers"]
    return subscribers


async def subscribe(session: AsyncSession, url: str, types: Sequence[str], by: str, now: datetime) -> Subscriber:
    """A new subscriber to these types of fact. Raises BadInput."""
    if not url.startswith(("https://", "http://")) or len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise BadInput("The address must start with https://.")
    if not types or set(types) - set(TYPES):
        raise BadInput("Choose at least one kind of fact from the list.")
    subscriber = Subscriber(
        subscriber_id=uuid7(), url=url, secret=new_secret(), types=sorted(types), created_by=by, created_at=now
    )
    session.add(subscriber)
    return subscriber


async def stop(session: AsyncSession, subscriber_id: UUID, why: str, now: datetime) -> None:
    """Call this subscriber no more; what waits for it waits until it is started again."""
    await session.execute(_STOP, {"id": subscriber_id, "why": why, "now": now})


async def start(session: AsyncSession, subscriber_id: UUID) -> None:
    """Call this subscriber again. Raises NotFound."""
    subscriber = await session.get(Subscriber, subscriber_id, with_for_update=True)
    if subscriber is None:
        raise NotFound("There is no such subscriber.")
    subscriber.stopped_at = subscriber.stopped_because = None
    await wake_caller(session)
