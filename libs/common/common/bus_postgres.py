"""The log as one PostgreSQL table: appends are serialised, so positions become visible in order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg

from common.bus import PARTITIONS, BusAway, Delivery, Record, partition_of

CHANNEL = "log_record"
MEMBER_SILENT_SECONDS = 10
BALANCE_SECONDS = 1.0
_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    TimeoutError,
)

_APPEND = "SELECT append_to_log($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
_FETCH = """
SELECT r.* FROM unnest($1::text[], $2::int[], $3::bigint[]) AS o (topic, partition, position)
CROSS JOIN LATERAL (
    SELECT * FROM log_record l WHERE l.topic = o.topic AND l.partition = o.partition AND l.position > o.position
    ORDER BY l.position LIMIT $4
) r
ORDER BY r.position LIMIT $4
"""
_COMMIT = """
INSERT INTO log_offset AS o (group_name, topic, partition, position)
SELECT $1, topic, partition, position FROM unnest($2::text[], $3::int[], $4::bigint[]) AS t (topic, partition, position)
ON CONFLICT (group_name, topic, partition) DO UPDATE SET position = greatest(o.position, excluded.position)
"""
_LAG = """
SELECT coalesce(sum(n), 0) FROM unnest($1::text[], $2::int[], $3::bigint[]) AS o (topic, partition, position)
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM log_record l
    WHERE l.topic = o.topic AND l.partition = o.partition AND l.position > o.position
) c
"""
_ALIVE = """
INSERT INTO log_member (group_name, member_id, seen_at) VALUES ($1, $2, clock_timestamp())
ON CONFLICT (group_name, member_id) DO UPDATE SET seen_at = clock_timestamp()
"""
_MEMBERS = """
SELECT member_id FROM log_member
WHERE group_name = $1 AND seen_at > clock_timestamp() - make_interval(secs => $2) ORDER BY member_id
"""


class PostgresBus:
    """A log for one machine, with the promises of the Kafka one."""

    def __init__(self, dsn: str, *, pool_size: int = 4) -> None:
        self._dsn = dsn
        self._pool_size = pool_size
        self._pool: asyncpg.Pool | None = None

    async def publish(self, records: Sequence[Record]) -> None:
        """Append the records in one transaction, durable on return. Raises BusAway."""
        try:
            pool = await self._connected()
            async with pool.acquire() as connection:
                await connection.execute(
                    _APPEND,
                    [r.topic for r in records],
                    [partition_of(r.key) for r in records],
                    [r.key for r in records],
                    [r.id for r in records],
                    [r.type for r in records],
                    [r.version for r in records],
                    [r.time for r in records],
                    [r.source for r in records],
                    [r.causation for r in records],
                    [r.traceparent for r in records],
                    [r.body for r in records],
                )
        except _AWAY as error:
            raise BusAway("the log's database does not answer") from error

    async def _connected(self) -> asyncpg.Pool:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(self._dsn, min_size=0, max_size=self._pool_size, timeout=5)
        return self._pool

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator["PostgresSubscription"]:
        """A member of the group on a connection of its own; its partitions are free the moment that closes."""
        try:
            connection = await asyncpg.connect(self._dsn, timeout=5)
        except _AWAY as error:
            raise BusAway("the log's database does not answer") from error
        subscription = PostgresSubscription(connection, group, topics)
        try:
            await subscription.join()
            yield subscription
        finally:
            await subscription.leave()

    async def close(self) -> None:
        """Close the pooled connections."""
        if self._pool is not None:
            await self._pool.close()


class PostgresSubscription:
    """A group member. Partitions are held by session locks: when the connection dies, so does the claim."""

    def __init__(self, connection: asyncpg.Connection, group: str, topics: Sequence[str]) -> None:
        self._connection = connection
        self._group = group
        self._member: UUID = uuid4()
        self._all = [(topic, partition) for topic in sorted(topics) for partition in range(PARTITIONS)]
        self._positions: dict[tuple[str, int], int] = {}  # of the partitions held: the last committed or fetched
        self._news = asyncio.Event()
        self._balanced_at = -BALANCE_SECONDS

    async def join(self) -> None:
        """Listen for news and claim a first share of the partitions."""
        await self._connection.add_listener(CHANNEL, lambda *_: self._news.set())
        await self._balance()

    async def leave(self) -> None:
        """Give up every partition."""
        try:
            if not self._connection.is_closed():
                await self._connection.execute(
                    "DELETE FROM log_member WHERE group_name = $1 AND member_id = $2", self._group, self._member
                )
                await self._connection.close(timeout=2)
        except _AWAY:
            self._connection.terminate()

    def abandon(self) -> None:
        """Drop the connection without a word, as a crash would."""
        self._connection.terminate()

    async def fetch(self, most: int, wait_seconds: float) -> list[Delivery]:
        """Up to `most` deliveries of the partitions held, oldest first. Raises BusAway."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_seconds
        try:
            while True:
                if loop.time() - self._balanced_at >= BALANCE_SECONDS:
                    await self._balance()
                self._news.clear()
                if found := await self._next(most):
                    return found
                left = deadline - loop.time()
                if left <= 0:
                    return []
                await self._wait(min(left, BALANCE_SECONDS))
        except _AWAY as error:
            raise BusAway("the log's database does not answer") from error

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def _next(self, most: int) -> list[Delivery]:
        held = list(self._positions.items())
        rows = await self._connection.fetch(
            _FETCH, [topic for (topic, _), _ in held], [n for (_, n), _ in held], [p for _, p in held], most
        )
        for row in rows:
            self._positions[row["topic"], row["partition"]] = row["position"]
        return [Delivery(row["topic"], row["partition"], row["position"], _record(row)) for row in rows]

    async def commit(self, deliveries: Sequence[Delivery]) -> None:
        """Remember how far this group is in the partitions still held."""
        last = {(d.topic, d.partition): d.position for d in deliveries if (d.topic, d.partition) in self._positions}
        try:
            await self._connection.execute(
                _COMMIT, self._group, [topic for topic, _ in last], [n for _, n in last], list(last.values())
            )
        except _AWAY as error:
            raise BusAway("the log's database does not answer") from error

    async def lag(self) -> int:
        """Records not yet fetched in the partitions held."""
        held = list(self._positions.items())
        return int(
            await self._connection.fetchval(
                _LAG, [topic for (topic, _), _ in held], [n for (_, n), _ in held], [p for _, p in held]
            )
        )

    async def _balance(self) -> None:
        """Hold the partitions that fall to this member; others are let go first and claimed when free."""
        await self._connection.execute(_ALIVE, self._group, self._member)
        members = [
            r["member_id"] for r in await self._connection.fetch(_MEMBERS, self._group, float(MEMBER_SILENT_SECONDS))
        ]
        rank = members.index(self._member)
        share = set(self._all[rank :: len(members)])
        for partition in self._positions.keys() - share:
            await self._connection.execute("SELECT pg_advisory_unlock(hashtext($1), $2)", *self._lock(partition))
            del self._positions[partition]
        for partition in sorted(share - self._positions.keys()):
            if await self._connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1), $2)", *self._lock(partition)):
                self._positions[partition] = await self._committed(*partition)
        self._balanced_at = asyncio.get_running_loop().time()

    def _lock(self, partition: tuple[str, int]) -> tuple[str, int]:
        return f"{self._group} {partition[0]}", partition[1]

    async def _committed(self, topic: str, partition: int) -> int:
        position = await self._connection.fetchval(
            "SELECT position FROM log_offset WHERE group_name = $1 AND topic = $2 AND partition = $3",
            self._group,
            topic,
            partition,
        )
        return int(position or 0)


def _record(row: asyncpg.Record) -> Record:
    return Record(
        topic=row["topic"],
        key=row["key"],
        id=row["event_id"],
        type=row["type"],
        version=row["version"],
        time=row["time"],
        source=row["source"],
        body=row["body"],
        causation=row["causation"],
        traceparent=row["traceparent"],
    )
