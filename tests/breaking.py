"""A real database that refuses some rows, as it does when our code is wrong, or when it is busy itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from common.db import Database

WRONG = "23514"  # a constraint: the same again fails again
BUSY = "40001"  # a serialization failure: the same again may go through


@asynccontextmanager
async def refusing(database: Database, table: str, when: str = "true", sqlstate: str = WRONG) -> AsyncIterator[None]:
    """Meanwhile no row of this table for which `when` holds (it may name NEW) is written; whole transactions fail."""
    body = f"BEGIN RAISE EXCEPTION 'refused by a test' USING ERRCODE = '{sqlstate}'; END"
    on = f"BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW WHEN ({when})"
    async with database.engine.begin() as connection:
        await connection.execute(text(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"))
        await connection.execute(text(f"CREATE TRIGGER refuse {on} EXECUTE FUNCTION refuse()"))
    try:
        yield
    finally:
        async with database.engine.begin() as connection:
            await connection.execute(text("DROP FUNCTION refuse() CASCADE"))
