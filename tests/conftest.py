"""What the tests of every room stand on: a real PostgreSQL, one per worker, and a real Kafka, one for all."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from embedded.postgres import Server
from kafka_broker import NoKafka, shared_broker

# How long an example takes says more of this machine than of the code.
hypothesis.settings.register_profile("loket", deadline=None, print_blob=True)
hypothesis.settings.load_profile("loket")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server without fsync; `postgres.ensure_database("name")` gives the address of a database."""
    with Server(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a real Kafka 4 broker, shared by all workers; topics are not made by themselves.

    Where none can be had, the test is skipped with the reason, or fails when CI=true.
    """
    run = tmp_path_factory.getbasetemp()
    together = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    try:
        with shared_broker(together / "kafka") as broker:
            yield broker.address
    except NoKafka as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
