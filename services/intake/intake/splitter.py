"""The loop that makes tickets of what agents split off: judged outside any transaction, made in one of its own each."""

from collections.abc import Sequence
from dataclasses import dataclass

from common import clock
from common.db import Database
from common.errors import Unavailable
from common.log import logger
from common.singly import alone
from common.wakeup import Wakeups
from intake import splitting
from intake.drafts import Judged
from intake.judging import Judge
from intake.splitting import CHANNEL, Waiting

LOOK_EVERY_SECONDS = 2.0
log = logger(__name__)


@dataclass(frozen=True)
class Splitter:
    """Makes tickets of splits; several may run on one database."""

    database: Database
    judge: Judge

    async def run(self, wakeups: Wakeups) -> None:
        """Make what is asked for, for ever."""
        while True:
            if not await self.once():
                await wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS)

    async def once(self) -> int:
        """How many splits were claimed: each has its ticket now, or its turn comes again."""
        async with self.database.transaction() as session:
            claimed = await splitting.claim(session, clock.now())
        if claimed:
            await self._make(claimed)
        return len(claimed)

    async def drain(self) -> int:
        """Make until nothing waits: how many there were."""
        total = 0
        while number := await self.once():
            total += number
        return total

    async def _make(self, claimed: Sequence[Waiting]) -> None:
        try:
            judged = await self.judge.judge([each.draft for each in claimed])
        except Unavailable:
            log.warning("splits cannot be judged now", number=len(claimed))
            return
        for made in zip(claimed, judged, strict=True):
            await alone(made, self._store, _leave)

    async def _store(self, one: Sequence[tuple[Waiting, Judged]]) -> None:
        [(each, judged)] = one
        async with self.database.transaction() as session:
            await splitting.make(session, each.split_id, judged, clock.now())


async def _leave(failed: tuple[Waiting, Judged], error: Exception) -> None:
    """Its turn comes again, as it was claimed, and the others of its batch do not wait for it."""
    log.error("a split could not be made", split_id=str(failed[0].split_id), error=type(error).__name__)
