"""The refit of every night: what was looked on long enough is promoted, and the lessons so far make a new candidate.

When it is due stands in a row, so a restart forgets nothing; of several processes one does it.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import undefer

from common.clock import now
from common.db import Database
from common.log import logger
from intake import models, shadows
from intake.classify.candidates import Candidate, Order
from intake.classify.judgement import Stage
from intake.classify.model import load
from intake.lessons import FOR_GOOD, lessons
from intake.model_rows import ModelVersion

log = logger(__name__)

AT = time(3, 0)
LOOK_EVERY_SECONDS = 60
TAKES_AT_MOST = timedelta(hours=1)  # after a crash somebody else begins again
LEAST_CORRECTIONS = 5
# One of several processes gets the row; it counts as taken until the time is over.
_CLAIM = text("""
UPDATE teaching SET refit_due_at = :until
WHERE refit_due_at <= :now RETURNING true
""")

# The newest version of this shipped model, if nobody corrected anything since it was made.
_LAST = text("""
SELECT model_id FROM model_version WHERE base = :base
    AND made_at > (SELECT max(corrected_at) FROM correction)
ORDER BY made_at DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Extent:
    """How thoroughly a candidate is tried: in which stages, and on how many messages of the frozen set (None: all)."""

    stages: tuple[Stage, ...] = ("fast", "full")
    frozen: int | None = None


WHOLE = Extent()


class RefitFailed(RuntimeError):
    """The process that makes a candidate ended without one."""


def next_night(at: datetime, zone: ZoneInfo) -> datetime:
    """The next three o'clock at night after that moment; once also in the night when the clock goes back."""
    local = at.astimezone(zone)
    tonight = datetime.combine(local.date(), AT, zone)
    return tonight if tonight > at else datetime.combine(local.date() + timedelta(days=1), AT, zone)


async def every_night(database: Database, zone: ZoneInfo) -> None:
    """Refit when it is due, for ever."""
    while True:
        await refit_when_due(database, now(), zone)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def refit_when_due(database: Database, at: datetime, zone: ZoneInfo, extent: Extent = WHOLE) -> bool:
    """Whether a refit was due and is done. Raises RefitFailed; it is tried again after TAKES_AT_MOST."""
    async with database.transaction() as session:
        if (await models.teaching(session)).refit_due_at is None:
            await models.expect_refit(session, next_night(at, zone))
        is_ours = await session.scalar(_CLAIM, {"now": at, "until": at + TAKES_AT_MOST})
    if not is_ours:
        return False
    base = load().version
    async with database.transaction() as session:
        await shadows.forget_shadows(session, at)
        promoted = await models.promote_what_holds(session, base, at)
    if promoted:
        log.info("a model was promoted", model=promoted.name)
    await refit(database, models.By(models.NIGHTLY, at), extent)
    async with database.transaction() as session:
        await models.expect_refit(session, next_night(at, zone))
    return True


async def refit(database: Database, by: models.By, extent: Extent = WHOLE) -> ModelVersion | None:
    """The candidate that the lessons so far make; None when they are too few, the last one when nobody taught since.

    Takes a minute or two, in a process of its own; no transaction is open meanwhile.
    """
    async with database.reading() as session:
        told = await lessons(session, FOR_GOOD)
        if sum(1 for lesson in told if lesson.agent) < LEAST_CORRECTIONS:
            return None
        if last := await session.scalar(_LAST, {"base": load().version}):
            return await session.get_one(ModelVersion, last)
        live = await session.scalar(text("SELECT live_id FROM teaching"))
        judging = await session.get(ModelVersion, live, options=[undefer(ModelVersion.file)]) if live else None
    candidate = await _made(Order(told, judging.file if judging else None, extent.stages, extent.frozen))
    async with database.transaction() as session:
        model = await models.offer(session, candidate, by)
    log.info("a candidate was made", model=model.name, shortfalls=model.shortfalls)
    return model


async def _made(order: Order) -> Candidate:
    """The candidate, made by a child process that is ended when we are."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "intake.classify.refitting",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        said, _ = await process.communicate(order.dumps().encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RefitFailed(f"The refit ended with code {process.returncode}.")
    return Candidate.loads(said.decode())
