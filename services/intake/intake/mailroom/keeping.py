"""How long mails are kept once they are done: their words as long as the settings say, their print for thirty days."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import Database
from intake.telemetry import MAILS_FORGOTTEN

RECOGNISED_FOR = timedelta(days=30)  # a mail that comes again is known by its print; mailboxes are read anew by that
AT_ONCE = 200
LOOK_EVERY_SECONDS = 3_600

# What nobody decided about yet is not done: it stays until somebody does.
_FORGET_WORDS = text("""
UPDATE mail SET raw = '', subject = NULL, sender_name = NULL, client = NULL, hello = NULL WHERE mail_id IN (
    SELECT mail_id FROM mail
    WHERE received_at < :before AND state IN ('settled', 'discarded') AND length(raw) > 0
    ORDER BY received_at LIMIT :most FOR UPDATE SKIP LOCKED
)
""")
_FORGET_ALL = text("""
DELETE FROM mail WHERE mail_id IN (
    SELECT mail_id FROM mail WHERE received_at < :before AND state IN ('settled', 'discarded')
    ORDER BY received_at LIMIT :most FOR UPDATE SKIP LOCKED
)
""")


async def forget_some(session: AsyncSession, kept: timedelta, now: datetime) -> int:
    """How many of the oldest mails that are done lost their words, or went altogether; at most a few hundred."""
    gone = await session.execute(_FORGET_ALL, {"before": now - max(kept, RECOGNISED_FOR), "most": AT_ONCE})
    if kept >= RECOGNISED_FOR:
        return _count(gone)
    return _count(gone) + _count(await session.execute(_FORGET_WORDS, {"before": now - kept, "most": AT_ONCE}))


def _count(result: object) -> int:
    return int(getattr(result, "rowcount", 0))


async def forget_old(database: Database, kept: timedelta) -> int:
    """How many mails lost something, a batch a transaction so that nobody waits for a long one."""
    total = 0
    while True:
        async with database.transaction() as session:
            number = await forget_some(session, kept, clock.now())
        total += number
        MAILS_FORGOTTEN.inc(number)
        if not number:
            return total


async def keep_no_longer(database: Database, kept: timedelta) -> None:
    """Forget what is old, every hour, for ever."""
    while True:
        await forget_old(database, kept)
        await asyncio.sleep(LOOK_EVERY_SECONDS)
