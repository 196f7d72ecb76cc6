"""The words that people changed: saved as a new version, undone by one more, never lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from common.vocabulary import Channel, Language
from notifications.grammar import BadTemplate, Words
from notifications.tables import TemplateVersion
from notifications.wording import Key, every_key, original

CHANNEL = "words"

_NEWEST = text("""
SELECT DISTINCT ON (channel, language, name) channel, language, name, source FROM template_version
ORDER BY channel, language, name, version DESC
""")


def key_for(template: str) -> Key:
    """The template that stands in an address as `email.nl.reply`. Raises NotFound."""
    try:
        channel, language, name = template.split(".")
        key = Key(Channel(channel), Language(language), name)
    except ValueError as error:
        raise NotFound("There is no such template.") from error
    if key not in set(every_key()):
        raise NotFound("There is no such template.")
    return key


async def changed(session: AsyncSession) -> dict[Key, str]:
    """The words in use where they are not those that Loket came with."""
    rows = await session.execute(_NEWEST)
    return {Key(Channel(c), Language(lang), name): source for c, lang, name, source in rows if source is not None}


async def history(session: AsyncSession, key: Key) -> Sequence[TemplateVersion]:
    """The versions of one template, newest first."""
    found = await session.scalars(_of(key).order_by(TemplateVersion.version.desc()))
    return found.all()


async def current(session: AsyncSession, key: Key) -> tuple[int, str]:
    """The number and the words of the version in use; number 0 are those that Loket came with."""
    newest = await session.scalar(_of(key).order_by(TemplateVersion.version.desc()).limit(1))
    if newest is None:
        return 0, original(key)
    return newest.version, original(key) if newest.source is None else newest.source


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes which template when, having seen which version."""

    key: Key
    seen: int
    by: str
    at: datetime


async def save(session: AsyncSession, change: Change, source: str) -> int:
    """The number of the new version. Raises BadInput with the line, and Conflict when `seen` is not the newest."""
    try:
        Words(source)
    except BadTemplate as error:
        raise BadInput("Line %(line)s cannot be used: %(reason)s.", line=error.line, reason=error.reason) from error
    return await _add(session, change, source)


async def take_back(session: AsyncSession, change: Change, version: int) -> int:
    """A new version with the words of an old one, 0 for those that Loket came with. Raises NotFound, Conflict."""
    if version == 0:
        return await _add(session, change, None)
    key = change.key
    old = await session.get(TemplateVersion, (key.channel, key.language, key.name, version))
    if old is None:
        raise NotFound("There is no such version.")
    return await _add(session, change, old.source)


async def _add(session: AsyncSession, change: Change, source: str | None) -> int:
    key = change.key
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"words {key}"})
    newest = await session.scalar(select(func.max(TemplateVersion.version)).where(*_are(key))) or 0
    if newest != change.seen:
        raise Conflict("Somebody else changed these words meanwhile. Look at theirs first.")
    session.add(
        TemplateVersion(
            channel=key.channel,
            language=key.language,
            name=key.name,
            version=newest + 1,
            source=source,
            changed_by=change.by,
            changed_at=change.at,
        )
    )
    await session.execute(text("SELECT pg_notify('words', '')"))
    return newest + 1


def _are(key: Key) -> tuple[ColumnElement[bool], ...]:
    return (
        TemplateVersion.channel == key.channel,
        TemplateVersion.language == key.language,
        TemplateVersion.name == key.name,
    )


def _of(key: Key) -> Select[TemplateVersion]:
    return select(TemplateVersion).where(*_are(key))
