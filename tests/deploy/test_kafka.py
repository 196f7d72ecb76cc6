"""The broker that tests stand on is a real one, shared by all who ask, and gone after the last."""

import socket
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kafka_broker import shared_broker

pytestmark = pytest.mark.kafka


async def test_what_is_sent_is_received(kafka: str) -> None:
    topic = f"try-{uuid4()}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait(topic, b"hello", key=b"ticket")
    await producer.stop()

    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, group_id="try", auto_offset_reset="earliest")
    await consumer.start()
    received = await consumer.getone()
    await consumer.stop()

    assert (received.key, received.value) == (b"ticket", b"hello")


def test_one_broker_serves_all_who_ask_and_stops_with_the_last(kafka: str, tmp_path: Path) -> None:
    assert kafka
    with shared_broker(tmp_path / "kafka") as first:
        with shared_broker(tmp_path / "kafka") as second:
            assert second == first
        assert answers(first.address)

    assert not (tmp_path / "kafka" / "broker.json").exists()


def answers(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0
