"""The frame that people changed: saved as a new version, undone by one more, never lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import Conflict, NotFound
from notifications.frames import Frame
from notifications.tables import FrameVersion
from notifications.versions import CHANNEL

MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the frame when, having seen which version."""

    name: str
    seen: int
    at: datetime


async def in_use(session: AsyncSession) -> tuple[int, dict[str, Any] | None]:
    """The number and the document of the frame in use; number 0 is the one that Loket came with."""
    newest = await session.scalar(select(FrameVersion).order_by(FrameVersion.version.desc()).limit(1))
    return (newest.version, newest.document) if newest else (0, None)


async def history(session: AsyncSession) -> Sequence[FrameVersion]:
    """The versions, newest first."""
    wanted = select(FrameVersion).order_by(FrameVersion.version.desc()).limit(MOST_VERSIONS)
    return (await session.scalars(wanted)).all()


async def save(session: AsyncSession, author: Author, frame: Frame) -> int:
    """The number of the new version. Raises Conflict when somebody else changed it since it was seen."""
    return await _add(session, author, frame.document())


async def take_back(session: AsyncSession, author: Author, version: int) -> int:
    """A new version like an old one, 0 for the one that Loket came with. Raises NotFound, Conflict."""
    if version == 0:
        return await _add(session, author, None)
    old = await session.get(FrameVersion, version)
    if old is None:
        raise NotFound("There is no such version.")
    return await _add(session, author, old.document)


async def _add(session: AsyncSession, author: Author, document: dict[str, Any] | None) -> int:
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('frame'))"))
    newest = await session.scalar(select(func.max(FrameVersion.version))) or 0
    if newest != author.seen:
        raise Conflict("Somebody else changed the frame meanwhile. Look at theirs first.")
    row = FrameVersion(version=newest + 1, document=document, changed_by=author.name, changed_at=author.at)
    session.add(row)
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return newest + 1
