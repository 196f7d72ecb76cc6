"""The loop that looks at open tickets when a new policy is in force: batch by batch, begun within a second."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database
from common.log import logger
from common.singly import together_or_singly
from common.wakeup import Wakeups
from routing.publishing import CHANNEL
from routing.revising import Tally, open_after, revise
from routing.tables import PolicyRevision

BATCH = 200
LOOK_EVERY_SECONDS = 5.0
log = logger(__name__)


@dataclass(frozen=True)
class Batch:
    """The next tickets to be looked at, with which version."""

    version: int
    ticket_ids: Sequence[UUID]


async def run_revisions(database: Database, wakeups: Wakeups) -> None:
    """Look at what is open whenever a policy comes into force, for ever."""
    while True:
        if not await revise_next(database):
            await wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS)


async def revise_next(database: Database) -> int:
    """How many tickets were looked at in one batch; 0 when nothing is left to do.

    Killed halfway a batch comes again, and what it did already stays as it is. A ticket that cannot be looked at is
    counted and left as it is: it keeps what it was promised.
    """
    async with database.transaction() as session:
        batch = await _next_batch(session)
    if batch is None:
        return 0

    async def act(ticket_ids: Sequence[UUID]) -> Tally:
        async with database.transaction() as session:
            return await revise(session, batch.version, ticket_ids, now())

    async def set_aside(ticket_id: UUID, error: Exception) -> None:
        log.error("an open ticket cannot be revised", ticket_id=str(ticket_id), error=type(error).__name__)

    done = await together_or_singly(batch.ticket_ids, act, set_aside)
    tallies = [each for each in done if each]
    async with database.transaction() as session:
        await session.execute(
            update(PolicyRevision)
            .where(PolicyRevision.version == batch.version)
            .values(
                after_id=batch.ticket_ids[-1],
                looked_at=PolicyRevision.looked_at + len(batch.ticket_ids),
                sooner=PolicyRevision.sooner + sum(each.sooner for each in tallies),
                moved=PolicyRevision.moved + sum(each.moved for each in tallies),
                failed=PolicyRevision.failed + sum(each is None for each in done),
            )
        )
    return len(batch.ticket_ids)


async def _next_batch(session: AsyncSession) -> Batch | None:
    """What to look at next with the newest version; versions that another has followed are done."""
    wanted = select(PolicyRevision).where(PolicyRevision.done_at.is_(None)).order_by(PolicyRevision.version.desc())
    newest, *older = (await session.scalars(wanted.with_for_update())).all() or (None,)
    for each in older:
        each.done_at = now()
    if newest is None:
        return None
    ticket_ids = await open_after(session, newest.after_id, BATCH)
    if not ticket_ids:
        newest.done_at = now()
        return None
    return Batch(newest.version, ticket_ids)
