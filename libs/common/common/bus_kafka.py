"""The log on Apache Kafka: an idempotent producer, and group members that prove they make progress."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, TopicAlreadyExistsError
from aiokafka.record import default_records

from common.bus import MAX_BODY_BYTES, PARTITIONS, BusAway, Delivery, Record
from common.events import TOPICS

RETENTION_MS = 14 * 24 * 3600 * 1000
STALLED_SECONDS = 30
_AWAY = (KafkaError, OSError, TimeoutError)

# Without its C extension aiokafka is ten times slower and nobody is told.
if "_crecords" not in default_records.DefaultRecordBatchBuilder.__module__:  # pragma: no cover
    raise ImportError("aiokafka runs without its C extension; install a wheel that has it")


class KafkaBus:
    """A log shared by machines. With a prefix, several Lokets share one cluster."""

    def __init__(
        self, servers: str, *, prefix: str = "", instance: str | None = None, session_timeout_ms: int = 30_000
    ) -> None:
        self._servers = servers
        self._prefix = prefix
        self._instance = instance
        self._session_timeout_ms = session_timeout_ms
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def publish(self, records: Sequence[Record]) -> None:
        """Append the records, acknowledged by all replicas on return. Raises BusAway."""
        try:
            producer = await self._started()
            sent = [
                await producer.send(self._prefix + r.topic, value=r.body, key=str(r.key).encode(), headers=_headers(r))
                for r in records
            ]
            await asyncio.gather(*sent)
        except _AWAY as error:
            await self._discard_producer()
            raise BusAway(f"the log does not answer: {type(error).__name__}") from error
        except asyncio.CancelledError:
            # A deadline passed: what is in flight may or may not arrive, so its sequence numbers are spent.
            await self._discard_producer()
            raise

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._servers,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=2,
                    max_request_size=MAX_BODY_BYTES + 64 * 1024,
                    request_timeout_ms=10_000,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def _discard_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            closing = asyncio.ensure_future(_stop(producer))
            await asyncio.wait([closing], timeout=2)
            closing.cancel()

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator["KafkaSubscription"]:
        """A member of the group; leaves it when the block ends. Raises BusAway."""
        consumer = AIOKafkaConsumer(
            *(self._prefix + topic for topic in topics),
            bootstrap_servers=self._servers,
            group_id=self._prefix + group,
            group_instance_id=f"{group}-{self._instance}" if self._instance else None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=self._session_timeout_ms,
            heartbeat_interval_ms=min(3000, self._session_timeout_ms // 3),
            max_poll_interval_ms=300_000,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        try:
            try:
                await consumer.start()
            except _AWAY as error:
                raise BusAway(f"the log does not answer: {type(error).__name__}") from error
            yield KafkaSubscription(consumer, self._prefix)
        finally:
            await _stop(consumer)

    async def close(self) -> None:
        """Flush and stop the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)


class KafkaSubscription:
    """A group member over one aiokafka consumer."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._consumer = consumer
        self._prefix = prefix
        self._anchored: set[TopicPartition] = set()
        self._progress: dict[TopicPartition, tuple[int, float]] = {}

    async def fetch(self, most: int, wait_seconds: float) -> list[Delivery]:
        """Up to `most` deliveries of the assigned partitions. Raises BusAway, also when the consumer stalls."""
        try:
            found = await self._consumer.getmany(timeout_ms=int(wait_seconds * 1000), max_records=most)
            await self._anchor()
            if not found:
                await self._check_progress()
        except _AWAY as error:
            raise BusAway(f"the log does not answer: {type(error).__name__}") from error
        return [_delivery(message, self._prefix) for messages in found.values() for message in messages]

    async def commit(self, deliveries: Sequence[Delivery]) -> None:
        """Store the offsets behind these deliveries; partitions that moved away meanwhile are not ours to store."""
        mine = self._consumer.assignment()
        last = {TopicPartition(self._prefix + d.topic, d.partition): d.position + 1 for d in deliveries}
        offsets = {tp: offset for tp, offset in last.items() if tp in mine}
        if not offsets:
            return
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            return  # a rebalance came between: the next holder sees these again and its inbox knows them
        except _AWAY as error:
            raise BusAway(f"the log does not answer: {type(error).__name__}") from error

    async def lag(self) -> int:
        """Records between this member's positions and the ends of its partitions, as far as known."""
        left = 0
        for tp in self._anchored:
            left += max(0, int(self._consumer.highwater(tp) or 0) - int(await self._consumer.position(tp)))
        return left

    async def _anchor(self) -> None:
        """Store a first offset for partitions new to the group: an idle group must not start over at the end."""
        mine = self._consumer.assignment()
        self._anchored &= mine
        new = [tp for tp in mine - self._anchored if await self._consumer.committed(tp) is None]
        if new:
            # The beginning, not the position: that may already lie behind records that nobody has handled.
            await self._consumer.commit(await self._consumer.beginning_offsets(new))
        self._anchored |= mine

    async def _check_progress(self) -> None:
        """Raise BusAway when records lie ready and none has come for a while: aiokafka can stall in silence."""
        at = asyncio.get_running_loop().time()
        for tp in self._anchored:
            position = await self._consumer.position(tp)
            known, since = self._progress.get(tp, (-1, at))
            if position != known or (self._consumer.highwater(tp) or 0) <= position:
                self._progress[tp] = (position, at)
            elif at - since > STALLED_SECONDS:
                raise BusAway("the consumer stalled: records lie ready and none arrives")


async def create_topics(
    servers: str, *, prefix: str = "", replication: int = 1, partitions: int = PARTITIONS
) -> list[str]:
    """The topics that were missing and now exist, with fourteen days of retention. Raises BusAway."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        missing = sorted({prefix + topic for topic in TOPICS} - set(await admin.list_topics()))
        configs = {"retention.ms": str(RETENTION_MS), "max.message.bytes": str(MAX_BODY_BYTES + 64 * 1024)}
        if missing:
            await admin.create_topics(
                [NewTopic(name, partitions, replication, topic_configs=configs) for name in missing]
            )
    except TopicAlreadyExistsError:
        return []  # another one was quicker
    except _AWAY as error:
        raise BusAway(f"the log does not answer: {type(error).__name__}") from error
    finally:
        await admin.close()
    return missing


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Stop a client whatever state its connections are in."""
    try:
        async with asyncio.timeout(5):
            await client.stop()
    except _AWAY:
        return


def _headers(record: Record) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0 in binary mode, and what Loket adds."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(record.id),
        "ce_source": f"/loket/{record.source}",
        "ce_type": record.type,
        "ce_time": record.time.isoformat(),
        "ce_subject": str(record.key),
        "ce_dataschema": f"/schemas/{record.type}.json",
        "content-type": "application/json",
        "ce_version": str(record.version),
        "ce_causation": str(record.causation) if record.causation else "",
        "traceparent": record.traceparent or "",
    }
    return [(name, value.encode()) for name, value in headers.items() if value]


def _delivery(message: ConsumerRecord, prefix: str) -> Delivery:
    """What lay in the log, as a record if it is one."""
    topic = message.topic.removeprefix(prefix)
    headers = {name: value for name, value in message.headers or () if isinstance(value, bytes)}
    try:
        text = {name: value.decode() for name, value in headers.items()}
        record = Record(
            topic=topic,
            key=UUID(text["ce_subject"]),
            id=UUID(text["ce_id"]),
            type=text["ce_type"],
            version=int(text["ce_version"]),
            time=_aware(text["ce_time"]),
            source=text["ce_source"].removeprefix("/loket/"),
            body=cast("bytes", message.value or b""),
            causation=UUID(text["ce_causation"]) if "ce_causation" in text else None,
            traceparent=text.get("traceparent"),
        )
    except (KeyError, ValueError) as error:
        problem = f"no CloudEvent: {type(error).__name__}: {error}"
        return Delivery(topic, message.partition, message.offset, None, message.value or b"", problem)
    return Delivery(topic, message.partition, message.offset, record)


def _aware(text: str) -> datetime:
    """A time with its zone; one without is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
