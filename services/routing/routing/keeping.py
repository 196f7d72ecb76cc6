"""What decisions went by, kept for a set time: afterwards only what was decided stays, and says so."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database
from common.log import logger

log = logger(__name__)

BATCH = 500
LOOK_EVERY_SECONDS = 15 * 60.0
PAUSE_SECONDS = 0.2  # between batches, so that agents do not notice

# An array, not IN: a subquery with a lock may be run again for each row, and would then take more than its limit.
# Tickets that are still open keep everything: somebody may ask why at any moment.
_CHOICES = text("""
UPDATE choice SET inputs = '{}', candidates = '[]', round_id = NULL, thinned_at = :now WHERE choice_id = ANY(ARRAY(
    SELECT choice.choice_id FROM choice JOIN ticket USING (ticket_id)
    WHERE choice.thinned_at IS NULL AND choice.decided_at < :before AND ticket.state IN ('closed', 'void')
    ORDER BY choice.decided_at LIMIT :most FOR UPDATE OF choice SKIP LOCKED))
""")
_DECISIONS = text("""
UPDATE decision SET inputs = '{}', candidates = '[]', why = '[]', queues = '[]', verdict = '{}', thinned_at = :now
WHERE decision_id = ANY(ARRAY(
    SELECT decision.decision_id FROM decision JOIN ticket USING (ticket_id)
    WHERE decision.thinned_at IS NULL AND decision.decided_at < :before AND ticket.state IN ('closed', 'void')
    ORDER BY decision.decided_at LIMIT :most FOR UPDATE OF decision SKIP LOCKED))
""")
_ROUNDS = text("""
DELETE FROM matching_round WHERE round_id = ANY(ARRAY(
    SELECT round_id FROM matching_round WHERE decided_at < :before
    AND NOT EXISTS (SELECT FROM choice WHERE choice.round_id = matching_round.round_id)
    LIMIT :most FOR UPDATE SKIP LOCKED))
""")


async def keep_thinning(database: Database, kept: timedelta) -> None:
    """Thin what is older than that, for ever: some rows at a time, and everything within an hour of its day."""
    while True:
        thinned = await thin(database, now() - kept, now())
        await asyncio.sleep(PAUSE_SECONDS if thinned else LOOK_EVERY_SECONDS)


async def thin(database: Database, before: datetime, at: datetime, most: int = BATCH) -> int:
    """How many rows of that time lost what they went by, at most so many of a kind; 0 when nothing is left to do."""
    async with database.transaction() as session:
        values = {"before": before, "now": at, "most": most}
        done = [await _run(session, each, values) for each in (_CHOICES, _DECISIONS)]
        gone = await _run(session, _ROUNDS, {"before": before, "most": most})
    if any(done) or gone:
        log.info("decisions were thinned", choices=done[0], decisions=done[1], rounds=gone)
    return sum(done) + gone


async def _run(session: AsyncSession, statement: TextClause, values: Mapping[str, object]) -> int:
    result = await session.execute(statement, values)
    return result.rowcount if isinstance(result, CursorResult) else 0
