"""Files beside messages: rows that name bytes which already lie in the attachment store."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.events import Attachment as AttachmentFact
from intake.drafts import StoredFile
from intake.tables import Attachment

Facts = tuple[AttachmentFact, ...]


async def store(session: AsyncSession, files: Iterable[tuple[UUID, Sequence[StoredFile]]]) -> dict[UUID, Facts]:
    """Remember which files came with which message; what events say of them, by message."""
    facts = {message_id: tuple(_fact(file) for file in brought) for message_id, brought in files if brought}
    rows = [
        {"message_id": message_id, "position": position, **fact.model_dump()}
        for message_id, described in facts.items()
        for position, fact in enumerate(described)
    ]
    if rows:
        await session.execute(insert(Attachment.__table__), rows)  # type: ignore[arg-type]
    return facts


def _fact(file: StoredFile) -> AttachmentFact:
    return AttachmentFact(
        attachment_id=uuid7(),
        name=file.name,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )
