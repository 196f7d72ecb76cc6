"""Events and a handler for tests of the log, without any service."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.bus import Record
from common.clock import now
from common.db import Database
from common.events import FeedbackGiven
from common.inbox import Handlers


def feedback(ticket_id: UUID | None = None, *, score: int = 3, comment: str | None = None) -> FeedbackGiven:
    return FeedbackGiven(ticket_id=ticket_id or uuid4(), score=score, comment=comment, given_at=now())


def record(event: FeedbackGiven, version: int, *, body: bytes | None = None) -> Record:
    return Record(
        topic=event.topic,
        key=event.key,
        id=uuid7(),
        type=event.type,
        version=version,
        time=now(),
        source="test",
        body=event.model_dump_json().encode() if body is None else body,
    )


@dataclass
class Effects:
    """A handler whose effects are rows, so that what was rolled back left none."""

    broken: set[int] = field(default_factory=set)

    async def take(self, session: AsyncSession, event: FeedbackGiven, _now: datetime) -> None:
        values = {"ticket_id": event.ticket_id, "score": event.score}
        await session.execute(text("INSERT INTO effect (ticket_id, score) VALUES (:ticket_id, :score)"), values)
        if event.score in self.broken:
            raise LookupError(event.comment)

    @property
    def handlers(self) -> Handlers:
        return {FeedbackGiven: self.take}


async def effects_of(database: Database, ticket_id: UUID) -> list[int]:
    """The scores that took effect, in the order in which they did."""
    async with database.reading() as session:
        of = text("SELECT score FROM effect WHERE ticket_id = :ticket_id ORDER BY seq")
        return list(await session.scalars(of, {"ticket_id": ticket_id}))
