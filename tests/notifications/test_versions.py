"""Words that people changed: in use after the next look, by whoever saw the newest, and never half."""

import pytest

from common.brand import Brand
from common.clock import now
from common.db import Database
from common.errors import BadInput, Conflict, NotFound
from common.vocabulary import Channel, Language
from notifications import versions
from notifications.notices import NoticeKind
from notifications.upkeep import read_words
from notifications.versions import Change
from notifications.wording import Key, Templates

KEY = Key(Channel.SMS, Language.NL, "reply")
VALUES = {
    "brand": "Loket",
    "reference": "L-7K3M9-QX2C5",
    "status_url": "https://loket.example/t/L-7K3M9-QX2C5",
    "agent_name": "Piet",
}
WORDS = "{{ brand }} antwoordde: {{ status_url }}"


async def save(database: Database, source: str, seen: int = 0) -> int:
    async with database.transaction() as session:
        return await versions.save(session, Change(KEY, seen, "admin", now()), source)


async def test_changed_words_are_used_after_the_next_look_and_until_they_are_taken_back(database: Database) -> None:
    templates = Templates(Brand())
    await save(database, WORDS)
    await read_words(database, templates)
    assert templates.short(Channel.SMS, NoticeKind.REPLY, Language.NL, VALUES)[0].startswith("Loket antwoordde")

    async with database.transaction() as session:
        await versions.take_back(session, Change(KEY, 1, "admin", now()), 0)
    await read_words(database, templates)
    assert "heeft u geantwoord" in templates.short(Channel.SMS, NoticeKind.REPLY, Language.NL, VALUES)[0]


async def test_every_version_is_kept_and_the_newest_counts(database: Database) -> None:
    for n in range(3):
        assert await save(database, f"{WORDS} {n}", seen=n) == n + 1

    async with database.reading() as session:
        assert await versions.current(session, KEY) == (3, f"{WORDS} 2")
        assert [version.version for version in await versions.history(session, KEY)] == [3, 2, 1]


async def test_two_people_cannot_change_the_same_words_at_once(database: Database) -> None:
    await save(database, WORDS)

    with pytest.raises(Conflict):
        await save(database, "iets anders")


async def test_words_that_cannot_be_used_and_versions_that_are_not_there_are_refused(database: Database) -> None:
    with pytest.raises(BadInput):
        await save(database, "{{ nobody }}")
    async with database.transaction() as session:
        with pytest.raises(NotFound):
            await versions.take_back(session, Change(KEY, 0, "admin", now()), 7)
