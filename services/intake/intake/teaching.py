"""How running judges come to know what people taught: they look for news before they judge, at most once a second.

A look is one row read. It needs no loop of its own, so it works in every process that judges, also the one that only
serves; and a judge whose database is away goes on with what it knew.
"""

import asyncio
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from common.db import Database
from intake.judge_pieces import Taken
from intake.lessons import lessons
from intake.model_rows import ModelVersion, Teaching

LOOK_EVERY_SECONDS = 1.0
AFRESH_EVERY_SECONDS = 3600.0  # also without news: a text that was erased is forgotten then


class Teacher:
    """Keeps what people taught at hand, as it is stored; whoever judges makes it ready."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._taken = Taken()
        self._revision: UUID | None = None
        self._looked_at = self._read_at = float("-inf")
        self._is_looking = False

    async def taken(self) -> Taken:
        """What people taught, at most a second old; older while the database is away or a look is under way."""
        at = asyncio.get_running_loop().time()
        if self._is_looking or at - self._looked_at < LOOK_EVERY_SECONDS:
            return self._taken
        self._is_looking = True
        try:
            await self._look(at)
        except (DBAPIError, PoolTimeout, OSError):
            pass  # what is known still holds; whoever judges now will find out for themselves that the database is away
        finally:
            self._looked_at, self._is_looking = at, False
        return self._taken

    async def _look(self, at: float) -> None:
        """Read everything again when there is news."""
        async with self._database.reading() as session:
            state = await session.scalar(select(Teaching))
            revision = state.revision if state else None
            if revision == self._revision and at - self._read_at < AFRESH_EVERY_SECONDS:
                return
            told = await lessons(session)
            live = await _file(session, state.live_id if state else None)
            shadow = await _file(session, state.shadow_id if state else None)
        self._taken = Taken(told, live, shadow)
        self._revision, self._read_at = revision, at


async def _file(session: AsyncSession, model_id: UUID | None) -> bytes | None:
    """The file of a model version."""
    if model_id is None:
        return None
    return (await session.get_one(ModelVersion, model_id, options=[undefer(ModelVersion.file)])).file
