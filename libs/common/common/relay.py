"""The relay: what transactions left in the outbox goes to the log, oldest first, at least once."""

import asyncio

from sqlalchemy import text

from common.bus import Bus, Record
from common.clock import now
from common.db import Database
from common.outbox import CHANNEL
from common.rhythm import Rhythm
from common.telemetry import OUTBOX_AGE, OUTBOX_PUBLISHED
from common.wakeup import Wakeups

BATCH = 500
PUBLISH_DEADLINE_SECONDS = 15
APART_SECONDS = (0.02, 0.075)

# One relay a database at a time keeps the order per key; the lock goes with the transaction.
_UNSENT = text("""
WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtext('loket outbox relay')) AS is_free)
SELECT seq, event_id, topic, type, key, version, body, causation, traceparent, emitted_at
FROM outbox WHERE (SELECT is_free FROM mine) ORDER BY seq LIMIT :most
""")
_SENT = text("DELETE FROM outbox WHERE seq = ANY(cast(:seqs AS bigint[]))")


async def relay_once(database: Database, bus: Bus, source: str) -> int:
    """How many events were published: what is unsent, oldest first; 0 when idle or another relay is at work.

    At least once: a crash between publishing and commit sends the batch again, under the same ids.
    Raises BusAway or TimeoutError when the log does not answer; nothing is lost then.
    """
    async with database.transaction() as session:
        rows = (await session.execute(_UNSENT, {"most": BATCH})).all()
        OUTBOX_AGE.labels(source).set((now() - rows[0].emitted_at).total_seconds() if rows else 0)
        if not rows:
            return 0
        records = [
            Record(
                topic=r.topic,
                key=r.key,
                id=r.event_id,
                type=r.type,
                version=r.version,
                time=r.emitted_at,
                source=source,
                body=r.body,
                causation=r.causation,
                traceparent=r.traceparent,
            )
            for r in rows
        ]
        async with asyncio.timeout(PUBLISH_DEADLINE_SECONDS):
            await bus.publish(records)
        await session.execute(_SENT, {"seqs": [r.seq for r in rows]})
    OUTBOX_PUBLISHED.labels(source).inc(len(rows))
    return len(rows)


async def relay(database: Database, bus: Bus, source: str, wakeups: Wakeups) -> None:
    """Publish for ever: at once when woken, and once a second in case a wake-up was lost."""
    rhythm = Rhythm(*APART_SECONDS)
    carried = 0
    while True:
        await rhythm.turn(carried)
        carried = await relay_once(database, bus, source)
        if carried < BATCH:
            await wakeups.wait(CHANNEL, 1.0)
