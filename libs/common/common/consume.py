"""The consumer loops of a service: fresh deliveries from the log, and parked events whose turn has come."""

import asyncio
from collections.abc import Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from common import parked
from common.bus import Bus, Delivery, Subscription
from common.clock import now
from common.db import DATABASE_ERRORS, Database, is_transient
from common.inbox import Inbox, advance
from common.log import logger
from common.rhythm import Rhythm
from common.singly import alone
from common.telemetry import CONSUMER_LAG

log = logger(__name__)

BATCH = 200
APART_SECONDS = (0.03, 0.1)
LONGEST_PAUSE_SECONDS = 5.0


async def consume(bus: Bus, inbox: Inbox, group: str, topics: Sequence[str]) -> None:
    """Handle what comes, for ever. Raises BusAway when the log is lost: the caller starts over."""
    rhythm = Rhythm(*APART_SECONDS)
    carried = 0
    async with bus.subscribe(group, topics) as subscription:
        while True:
            await rhythm.turn(carried)
            carried = await consume_once(subscription, inbox, group, wait_seconds=1.0)


async def consume_once(subscription: Subscription, inbox: Inbox, group: str, *, wait_seconds: float) -> int:
    """How many deliveries were fetched, handled and committed."""
    batch = await subscription.fetch(BATCH, wait_seconds)
    if batch:
        await _insist(inbox, batch)
        await subscription.commit(batch)
    if len(batch) < BATCH:
        CONSUMER_LAG.labels(group).set(0 if not batch else await subscription.lag())
    return len(batch)


async def _insist(inbox: Inbox, batch: Sequence[Delivery]) -> None:
    """Try a batch until the database takes it: an outage stops the partition and loses nothing."""
    pause = 0.1
    while True:
        try:
            return await inbox.take(batch)
        except DATABASE_ERRORS as error:
            if not is_transient(error):
                raise
            log.warning("database away, batch is tried again", error=type(error).__name__, pause_seconds=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


async def retry_parked_once(database: Database, inbox: Inbox) -> int:
    """How many parked events were tried."""
    tried = 0
    while await _retry_one(database, inbox):
        tried += 1
    return tried


async def _retry_one(database: Database, inbox: Inbox) -> bool:
    """Whether one parked event was due: it is handled now, or failed once more."""
    async with database.transaction() as session:
        due = await parked.claim_due(session, now())
        if due is None:
            return False
        await alone(due, partial(_apply, session, inbox), partial(_fail_again, session))
    return True


async def _apply(session: AsyncSession, inbox: Inbox, dues: Sequence[parked.Due]) -> None:
    async with session.begin_nested():
        for due in dues:
            await inbox.apply(session, [due.record])
            await session.flush()
            await advance(session, {(due.record.topic, due.record.key): due.record.version})
            await parked.done(session, due)


async def _fail_again(session: AsyncSession, due: parked.Due, error: Exception) -> None:
    session.info.pop("emitted", None)
    if await parked.failed_again(session, due, error, now()):
        log.error("event is a dead letter", event_id=str(due.record.id), type=due.record.type)


async def retry_parked(database: Database, inbox: Inbox) -> None:
    """Look once a second for parked events that are due, for ever."""
    while True:
        await retry_parked_once(database, inbox)
        await asyncio.sleep(1)
