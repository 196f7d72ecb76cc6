"""Bad mail of every kind that is known to have hurt somebody, over the real door: none is lost, none does harm."""

# ruff: noqa: E501 - mails have long lines

import asyncio
from base64 import b64encode

import pytest

from common.events import TicketSubmitted
from intake.drafts import LONGEST_SUBJECT
from letterbox import ANNA, LEAK, US, Letterbox, Row, letter, send
from odd_mails import PLAIN, attached, multipart


async def through_the_door(letterbox: Letterbox, *raws: bytes) -> list[Row]:
    port = await letterbox.listen()
    await asyncio.to_thread(send, port, *raws)
    await letterbox.worker.drain()
    return await letterbox.rows()


async def ticket(letterbox: Letterbox) -> TicketSubmitted:
    made = [event for event in await letterbox.loket.emitted() if isinstance(event, TicketSubmitted)]
    return made[-1]


async def test_an_id_that_comes_again_with_other_words_is_another_mail(letterbox: Letterbox) -> None:
    first, second = (letter(words, "Message-ID: <same@example.org>") for words in ("Het water lekt.", "De hond blaft."))

    rows = await through_the_door(letterbox, first, second)

    assert [row.thread for row in rows] == ["new", "new"]
    assert [await letterbox.said(row.ticket_id) for row in rows] == [["Het water lekt."], ["De hond blaft."]]


WORD = f"=?utf-8?b?{b64encode(('lek ' * 190).encode()).decode()}?="
WORDS = {
    "one after another": " ".join([WORD] * 60),
    "one inside another": "=?utf-8?q?" * 3_000,
    "a letter each": " ".join(["=?utf-8?q?a?="] * 4_000),
    "never closed": "=?utf-8?b?" + "A" * 15_000,
    "one that is decoded to another": f"=?utf-8?b?{b64encode(b'=?utf-8?b?' + b64encode(b'=?utf-8?b?YQ==?=') + b'?=').decode()}?=",
    "in charsets that grow": " ".join(["=?utf-7?q?+2D3cKQ-?=", "=?utf-16?b?AAAA?=", "=?utf-32?b?AAAAAAAAAAA=?="] * 300),
}


@pytest.mark.parametrize("header", ["Subject", "From", "X-Other"])
@pytest.mark.parametrize("how", WORDS)
async def test_a_bomb_of_encoded_words_is_short_when_it_is_read(letterbox: Letterbox, how: str, header: str) -> None:
    folded = "\r\n ".join(WORDS[how][at : at + 900] for at in range(0, len(WORDS[how]), 900))
    value = f"{folded} <{ANNA}>" if header == "From" else folded

    [row] = await through_the_door(letterbox, letter(LEAK, f"{header}: {value}"))

    assert row.end in {"new", "quarantined"}
    if row.end == "new":
        made = await ticket(letterbox)
        assert len(made.subject) <= LONGEST_SUBJECT
        assert len(made.customer.name) <= 100


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\boot.ini", "/etc/shadow", "C:\\x\\y.exe", "a/../b.txt", "....//x", "a\0b/c.txt"],
)
async def test_a_file_name_leads_nowhere(letterbox: Letterbox, name: str) -> None:
    await through_the_door(letterbox, multipart(PLAIN, attached(b"x", name)))

    [(kept, _, _)] = await letterbox.files()
    assert not set("/\\\0:") & set(kept)
    assert not kept.startswith(".")


@pytest.mark.parametrize(
    ("name", "content"),
    [("bom.zip", b"PK\x03\x04" + b"\0" * 900), ("winmail.dat", b"\x78\x9f\x3e\x22" + b"x" * 90), ("x.tar.gz", b"\x1f\x8b\x08" + b"\0" * 90)],
)  # fmt: skip
async def test_packed_files_are_kept_as_they_came(letterbox: Letterbox, name: str, content: bytes) -> None:
    await through_the_door(letterbox, multipart(PLAIN, attached(content, name)))

    [(kept, _, size)] = await letterbox.files()
    assert (kept, size) == (name, len(content))


@pytest.mark.parametrize(
    ("date", "said"), [("Thu, 1 Jan 1970 00:00:00 +0000", "1970"), ("Wed, 25 Nov 2099 10:00:00 +0000", "2099")]
)
async def test_a_ticket_is_as_old_as_its_coming_in_whatever_the_mail_says(
    letterbox: Letterbox, date: str, said: str
) -> None:
    await through_the_door(letterbox, letter(LEAK, f"Date: {date}"))

    assert said not in (await ticket(letterbox)).submitted_at.isoformat()


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("iso-2022-jp", "水が漏れています"),
        ("utf-7", "Über 20 € für +ein- Gerät"),
        ("gb18030", "漏水了"),
        ("koi8-r", "Течёт вода"),
    ],
)
async def test_other_ways_of_writing_are_read(letterbox: Letterbox, charset: str, words: str) -> None:
    head, _, _ = letter(
        "", f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64"
    ).partition(b"\r\n\r\n")
    raw = head + b"\r\n\r\n" + b64encode(words.encode(charset)) + b"\r\n"

    [row] = await through_the_door(letterbox, raw)

    assert await letterbox.said(row.ticket_id) == [words]


@pytest.mark.parametrize(
    ("sender", "end", "reason"),
    [
        ("Groep: anna@example.org;", "new", None),
        ("Groep: anna@example.org, b@example.org;", "held", "several_senders"),
        ("undisclosed-recipients:;", "new", None),  # the envelope says who
        ("Anna <anna@example.org>, Eva <eva@example.org>", "held", "several_senders"),
    ],
)
async def test_groups_in_from_are_opened(letterbox: Letterbox, sender: str, end: str, reason: str | None) -> None:
    [row] = await through_the_door(letterbox, letter(LEAK, f"From: {sender}"))

    assert (row.end, row.reason, row.sender) == (end, reason, ANNA)


ASIDE = {
    "5,000 parts": (multipart(*[f"Content-Type: text/plain\r\n\r\n{n}" for n in range(5_000)]), "too_many_parts"),
    "a thousand mails in each other": (letter("Content-Type: message/rfc822\r\n\r\n" * 1_000 + "x", "Content-Type: message/rfc822"), "too_deep"),
    "NUL in the headers": (letter(LEAK, "X-Odd: a\0b"), "nul_in_headers"),
    "NUL in the subject": (letter(LEAK, subject="a\0b"), "nul_in_headers"),
    "a line of ten megabytes": (letter("x" * 10_000_000), "line_too_long"),
    "two From headers": (letter(LEAK, "From: a@example.org", "From: b@example.org"), "several_senders"),
    "two From headers alike": (letter(LEAK, "From: a@example.org", "From: a@example.org"), "several_senders"),
}  # fmt: skip


@pytest.mark.parametrize("how", ASIDE)
async def test_what_cannot_be_taken_waits_for_a_person_byte_for_byte(letterbox: Letterbox, how: str) -> None:
    raw, reason = ASIDE[how]
    [row] = await through_the_door(letterbox, raw)

    assert (row.state in {"held", "quarantined"}, row.reason, row.recipient) == (True, reason, US)
    async with letterbox.database.engine.connect() as connection:
        [[kept]] = await connection.exec_driver_sql("SELECT raw FROM mail")
    assert kept == raw
