"""What the tests of every room stand on: a real PostgreSQL, one per worker."""

from collections.abc import Iterator

import pytest

from embedded.postgres import Server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server without fsync; `postgres.ensure_database("name")` gives the address of a database."""
    with Server(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server
