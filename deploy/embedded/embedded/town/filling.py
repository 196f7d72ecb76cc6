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
from embedded.town.library import Letter, letters, residents
from embedded.town.story import Story
from embedded.town.telling import Teller
from intake.judging import Judge
from intake.tables import Ticket

Arrived = Callable[[Sequence[UUID]], Awaitable[None]]
Watch = Callable[[str, int, int], None]  # what is being done, how much of it is done, and how much there is

SPARE = 1.5  # letters read for each ticket, so that there is a choice
AT_ONCE = 10

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


async def fill(databases: Mapping[str, Database], portion: Portion, arrived: Arrived, watch: Watch) -> list[Story]:
    """Every story, told. `arrived` returns when the services have heard of these tickets; `watch` hears of progress.

    Raises Conflict when the town is there already, and BadSetting when nobody works there.
    """
    there = await _tickets_there(databases["intake"])
    if there and not portion.is_more:
        raise Conflict("The town is there already, with %(num)s tickets; --more adds to it.", num=there)
    chance = Random(f"{portion.seed}/{there}")  # noqa: S311 - a town is no secret
    async with databases["routing"].transaction() as session:
        staff = await crew.at_work(session, now())
    stories = cast(await _read(_some(portion, chance), watch), portion.tickets, chance, now())
    teller = Teller(databases, staff, chance)
    await teller.tell(stories, lambda done: watch("Telling what happened", done, len(stories)))
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


def _some(portion: Portion, chance: Random) -> list[Letter]:
    """Enough letters for so many tickets, among them all that hold nothing to handle."""
    odd = [letter for letter in letters() if letter.right_class is None]
    usual = [letter for letter in letters() if letter.right_class]
    return odd + chance.sample(usual, min(len(usual), round(SPARE * portion.tickets)))


async def _read(written: Sequence[Letter], watch: Watch) -> list[Read]:
    """The letters as the classifier reads them."""
    judge = Judge()
    read: list[Read] = []
    try:
        for at in range(0, len(written), AT_ONCE):
            some = written[at : at + AT_ONCE]
            read += zip(some, await judge.judge([draft_of(letter) for letter in some]), strict=True)
            watch("Reading what customers write", len(read), len(written))
    finally:
        await judge.close()
    return read
