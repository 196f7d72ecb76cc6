"""Mailboxes: flagged only after the commit, nothing lost and nothing twice when the server drops or renumbers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from imaplib import IMAP4
from pathlib import Path

import pytest
from pydantic import SecretStr

from common.vocabulary import Language, Topic
from imap_server import ImapServer
from intake.mailroom.imap import Fetcher, Place, wanted
from intake.settings import ImapMailbox
from intake.settling import House
from letterbox import US, Letterbox, letter

LETTERS = [letter(f"Vraag over {word}.") for word in ("water", "gas", "stroom")]


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with ImapServer() as server:
        yield server


def mailbox(server: ImapServer, **more: object) -> ImapMailbox:
    given = {"name": "info", "host": "127.0.0.1", "port": server.port, "security": "none", "user": "info"}
    return ImapMailbox.model_validate(given | {"password": SecretStr("geheim"), "address": US} | more)


def fetcher(letterbox: Letterbox, server: ImapServer, **more: object) -> Fetcher:
    return Fetcher(mailbox(server, **more), letterbox.database)


async def test_what_is_unread_is_taken_in_and_then_flagged(letterbox: Letterbox, server: ImapServer) -> None:
    server.put(*LETTERS)
    server.seen.add(1)  # a person read this one before we came

    assert await fetcher(letterbox, server).once() == 2
    await letterbox.worker.drain()

    assert [row.thread for row in await letterbox.rows()] == ["new", "new"]
    assert server.seen == {1, 2, 3}


async def test_what_a_person_reads_first_is_taken_in_all_the_same(letterbox: Letterbox, server: ImapServer) -> None:
    await fetcher(letterbox, server).once()
    server.put(*LETTERS)
    server.seen.update(server.mails)

    assert await fetcher(letterbox, server).once() == 3
    assert await fetcher(letterbox, server).once() == 0
    assert len(await letterbox.rows()) == 3


async def test_a_server_that_drops_in_the_middle_loses_and_doubles_nothing(
    letterbox: Letterbox, server: ImapServer
) -> None:
    server.put(*LETTERS)
    server.drops_after_fetches = 1

    with pytest.raises((IMAP4.error, OSError)):
        await fetcher(letterbox, server).once()
    assert server.seen == set()
    await fetcher(letterbox, server).once()

    assert len(await letterbox.rows()) == 3
    assert server.seen == {1, 2, 3}


async def test_new_numbers_bring_no_mail_twice(letterbox: Letterbox, server: ImapServer) -> None:
    server.put(*LETTERS)
    await fetcher(letterbox, server).once()
    server.renumber()
    server.put(letter("Een nieuwe."))

    await fetcher(letterbox, server).once()
    await letterbox.worker.drain()

    assert len(await letterbox.rows()) == 4
    assert await letterbox.loket.count("ticket") == 4


async def test_a_mail_in_two_mailboxes_is_one_ticket(letterbox: Letterbox, server: ImapServer) -> None:
    server.put(LETTERS[0])
    await fetcher(letterbox, server).once()
    server.seen.clear()
    await fetcher(letterbox, server, name="billing", address="billing@loket.example").once()
    await letterbox.worker.drain()

    assert sorted(row.end for row in await letterbox.rows()) == ["new", "repeat"]


async def test_a_token_logs_in_and_is_read_anew(letterbox: Letterbox, server: ImapServer, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    fetching = fetcher(letterbox, server, password=None, token_file=token)

    await fetching.once()
    token.write_text("second\n")
    await fetching.once()

    assert server.logins == [f"user=info\1auth=Bearer {each}\1\1" for each in ("first", "second")]


async def test_what_comes_in_is_taken_at_once_where_the_server_tells(letterbox: Letterbox, server: ImapServer) -> None:
    staying = asyncio.create_task(fetcher(letterbox, server).run())
    async with asyncio.timeout(60):
        await server.idling.wait()
        server.idling.clear()
        server.put(LETTERS[0])
        await server.idling.wait()  # again: what came in was taken
    staying.cancel()
    await asyncio.gather(staying, return_exceptions=True)

    assert len(await letterbox.rows()) == 1


async def test_a_mailbox_has_its_own_language_and_topic_where_the_words_do_not_tell(
    letterbox: Letterbox, server: ImapServer
) -> None:
    server.put(letter("Hm.", subject="?"))
    letterbox.house = House(frozenset({US}), languages=(("info", Language.FR),), topics=(("info", Topic.BILLING),))
    await fetcher(letterbox, server).once()
    await letterbox.worker.drain()

    made = (await letterbox.loket.emitted())[0].model_dump()
    assert made["customer"]["language"] == "fr"
    assert made["judgement"]["topic"] is not None


async def test_an_unknown_envelope_is_no_empty_one(letterbox: Letterbox, server: ImapServer) -> None:
    server.put(letter(), letter("Een terugkomer.", "Return-Path: <>"))

    await fetcher(letterbox, server).once()
    await letterbox.worker.drain()

    assert [row.end for row in await letterbox.rows()] == ["new", "held"]


@pytest.mark.parametrize(
    ("place", "search"),
    [(None, "UNSEEN"), (Place(7, 41), "UID 42:*"), (Place(6, 41), "SINCE 31-Oct-2026")],
)
def test_what_is_asked_for_depends_on_what_was_taken(place: Place | None, search: str) -> None:
    assert wanted(place, 7, datetime(2026, 11, 25, tzinfo=UTC)) == search
