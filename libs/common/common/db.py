"""One database of one service: transactions that carry their events, and read-only ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
from fastapi import Depends, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from common import outbox

POOL_TIMEOUT_SECONDS = 2
# What a database that is away, busy or restarting can raise: ask `is_transient` which of them it is.
DATABASE_ERRORS = (DBAPIError, PoolTimeout, OSError, asyncpg.InterfaceError, asyncpg.PostgresError)
_RETRIABLE = ("40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "25P03")


class Database:
    """A bounded pool of connections to one service's database."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_recycle=1800,
            connect_args={"timeout": 5, "server_settings": {"application_name": "loket"}},
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self.engine.execution_options(postgresql_readonly=True), expire_on_commit=False
        )

    @property
    def dsn(self) -> str:
        """The address as the driver itself understands it."""
        return self.url.replace("postgresql+asyncpg://", "postgresql://", 1)

    @property
    def in_use(self) -> int:
        """How many connections are handed out at this moment."""
        return int(self.engine.pool.checkedout())  # type: ignore[attr-defined]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: what is written and emitted inside commits together, or not at all."""
        async with self._sessions() as session, session.begin():
            yield session
            await outbox.write(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One read-only transaction; a write inside is refused by the database."""
        async with self._readers() as session, session.begin():
            yield session

    async def listener(self) -> asyncpg.Connection:
        """A connection of its own outside the pool, for LISTEN and session locks; the caller closes it."""
        return await asyncpg.connect(self.dsn, timeout=5)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


def is_transient(error: BaseException) -> bool:
    """Whether trying the same transaction again later may succeed: the database is away, busy or restarting."""
    if isinstance(error, PoolTimeout | TimeoutError | OSError):
        return True
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig else None
        return error.connection_invalidated or is_transient(cause or error.orig or RuntimeError())
    state = getattr(error, "sqlstate", None) or ""
    return state in _RETRIABLE or state.startswith("08") or isinstance(error, asyncpg.InterfaceError)


async def _transaction(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.reading() as session:
        yield session


# "function" scope commits before the response leaves: a 2xx is never sent for a commit that failed.
Transaction = Annotated[AsyncSession, Depends(_transaction, scope="function")]
Reading = Annotated[AsyncSession, Depends(_reading, scope="function")]
