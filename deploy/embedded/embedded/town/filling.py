"""The whole town in one go: people and letters cast, their stories told, and some of the answers judged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sqlalchemy import func, select, text

from common.clock import now
from common.db import Database
from common.errors import Conflict
from common.events import INTAKE_TICKETS, ROUTING_WORK
from embedded.town import crew
from embedded.town.casting import Read, cast, draft_of
from embedded.town.library import letters, residents
from embedded.town.story import Story
from embedded.town.telling import Teller
from intake.judging import MOST_IN_FULL, Judge
from intake.tables import Ticket

Arrived = Callable[[Sequence[UUID]], Awaitable[None]]

LISTENERS = (  # topic, who sends it, who must have heard it
    (INTAKE_TICKETS, "intake", ("routing", "notifications")),
    (ROUTING_WORK, "routing", ("intake", "notifications")),
)
_SENT = text("SELECT key, last_version FROM event_stream WHERE topic = :topic AND key = ANY(cast(:keys AS uuid[]))")
_SEEN = text("SELECT key, last_version FROM event_seen WHERE topic = :topic AND key = ANY(cast(:keys AS uuid[]))")


@dataclass(frozen=True)
class Portion:
    """How much town is wanted; the same seed in an empty Loket gives the same."""

    tickets: int
    seed: int
    is_more: bool = False  # beside a town that is there already


async def fill(
    databases: Mapping[str, Database], portion: Portion, arrived: Arrived, told: Callable[[int], None]
) -> list[Story]:
    """Every story, told. `arrived` returns when the services have heard of these tickets; `told` hears of progress.

    Raises Conflict when the town is there already, and BadSetting when nobody works there.
    """
    there = await _tickets_there(databases["intake"])
    if there and not portion.is_more:
        raise Conflict("The town is there already, with %(num)s tickets; --more adds to it.", num=there)
    chance = Random(f"{portion.seed}/{there}")  # noqa: S311 - a town is no secret
    async with databases["routing"].transaction() as session:
        staff = await crew.at_work(session, now())
    stories = cast(await _read(), portion.tickets, chance, now())
    teller = Teller(databases, staff, chance)
    await teller.tell(stories, told)
    await arrived([story.ticket_id for story in stories if story.ticket_id])
    await teller.judge(stories)
    return stories


async def behind(databases: Mapping[str, Database], ticket_ids: Sequence[UUID]) -> int:
    """How many events about these tickets somebody has still to hear of."""
    return sum(
        [
            await _behind(databases[sender], databases[reader], topic, ticket_ids)
            for topic, sender, readers in LISTENERS
            for reader in readers
        ]
    )


async def _behind(sender: Database, reader: Database, topic: str, ticket_ids: Sequence[UUID]) -> int:
    asked = {"topic": topic, "keys": list(ticket_ids)}
    async with sender.reading() as session:
        sent = (await session.execute(_SENT, asked)).all()
    async with reader.reading() as session:
        seen = {row.key: row.last_version for row in await session.execute(_SEEN, asked)}
    return sum(version - seen.get(key, 0) for key, version in sent)


async def _tickets_there(intake: Database) -> int:
    emails = [resident.email for resident in residents()]
    async with intake.reading() as session:
        counted = await session.scalar(select(func.count()).select_from(Ticket).where(Ticket.email.in_(emails)))
    return counted or 0


async def _read() -> list[Read]:
    """Every letter as the classifier reads it."""
    written = letters()
    judge = Judge()
    read: list[Read] = []
    try:
        for at in range(0, len(written), MOST_IN_FULL):
            some = written[at : at + MOST_IN_FULL]
            read += zip(some, await judge.judge([draft_of(letter) for letter in some]), strict=True)
    finally:
        judge.close()
    return read
