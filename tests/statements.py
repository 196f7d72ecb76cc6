"""What a piece of work asks of its database: the statements, so that a loop over rows is seen."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from common.db import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are run inside, in order, without what opens and ends a transaction."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", hear)
