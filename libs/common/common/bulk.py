"""New rows by the batch: written by one statement a table, without the bookkeeping a session does for each object."""

from collections.abc import Iterable
from typing import Any, Protocol

from sqlalchemy import FromClause, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


class Rows(Protocol):
    """Where new rows go: a session, or a bulk when many come at once."""

    def add(self, instance: Any) -> None:  # noqa: ANN401 - as a session has it
        """Keep one new row."""

    def add_all(self, instances: Iterable[Any]) -> None:
        """Keep several new rows."""


class Bulk:
    """Gathers new rows of mapped classes, until `write`. A flush of the same rows costs three times as much.

    The objects stay outside any session: what is changed on them after `write` is not stored.
    """

    def __init__(self) -> None:
        self._instances: list[DeclarativeBase] = []

    def add(self, instance: Any) -> None:  # noqa: ANN401 - as a session has it
        """Keep one new row."""
        self._instances.append(instance)

    def add_all(self, instances: Iterable[Any]) -> None:
        """Keep several new rows."""
        self._instances.extend(instances)

    async def write(self, session: AsyncSession) -> None:
        """Store the rows gathered, those that others refer to first."""
        if not self._instances:
            return
        gathered: dict[FromClause, list[dict[str, Any]]] = {}
        for instance in self._instances:
            state = vars(instance).copy()
            del state["_sa_instance_state"]
            gathered.setdefault(instance.__table__, []).append(state)
        for table in self._instances[0].metadata.sorted_tables:
            if rows := gathered.get(table):
                await session.execute(insert(table), rows)
        self._instances.clear()
