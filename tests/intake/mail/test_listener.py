"""The door: a mail is stored before it is acknowledged, nobody else's mail is taken, and tricks end nothing early."""

import asyncio
import smtplib
from pathlib import Path
from ssl import CERT_NONE, PROTOCOL_TLS_CLIENT, SSLContext, SSLSocket

import pytest

from certificates import certificate
from intake.mailroom.listener import Door
from intake.settings import IntakeSettings
from letterbox import ANNA, LEAK, US, Letterbox, letter, send


async def test_a_mail_becomes_a_ticket(letterbox: Letterbox) -> None:
    port = await letterbox.listen()

    await asyncio.to_thread(send, port, letter())
    assert [row.state for row in await letterbox.rows()] == ["waiting"]
    await letterbox.worker.drain()

    [row] = await letterbox.rows()
    assert (row.state, row.thread, row.sender, row.subject) == ("settled", "new", ANNA, "Lekkage")
    assert await letterbox.said(row.ticket_id) == [LEAK]


async def test_the_same_mail_again_changes_nothing(letterbox: Letterbox) -> None:
    port = await letterbox.listen()
    again = b"Received: from elsewhere; Wed, 25 Nov 2026 10:00:00 +0100\r\n" + letter()

    await asyncio.to_thread(send, port, letter(), again)
    await letterbox.worker.drain()

    assert len(await letterbox.rows()) == 1
    assert await letterbox.loket.count("ticket") == 1


async def test_one_mail_to_two_of_our_addresses_is_one_message(letterbox: Letterbox) -> None:
    port = await letterbox.listen()

    await asyncio.to_thread(send, port, letter(), recipients=(US, "help+water@loket.example"))
    await letterbox.worker.drain()

    assert sorted(row.end for row in await letterbox.rows()) == ["new", "repeat"]
    assert await letterbox.loket.count("ticket") == 1


@pytest.mark.parametrize(
    "recipient", ["eve@loket.example", "help@elsewhere.example", "postmaster", "help+x@evil.example"]
)
async def test_mail_for_others_is_refused(letterbox: Letterbox, recipient: str) -> None:
    port = await letterbox.listen()

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        await asyncio.to_thread(send, port, letter(), recipients=[recipient])

    assert refused.value.recipients[recipient][0] == 550


async def talk(port: int, *pieces: bytes) -> list[str]:
    """Say the pieces one after another, each after an answer: every line that was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in (
        b"EHLO me\r\nMAIL FROM:<anna@example.org>\r\nRCPT TO:<help@loket.example>\r\nDATA\r\n",
        *pieces,
        b"QUIT\r\n",
    ):
        writer.write(piece)
        await writer.drain()
    answers = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answers.decode().splitlines()


def codes(answers: list[str]) -> list[str]:
    return [line[:3] for line in answers if line[3:4] == " "]


async def test_commands_may_come_all_at_once(letterbox: Letterbox) -> None:
    port = await letterbox.listen()

    answers = await talk(port, letter() + b".\r\nMAIL FROM:<>\r\nRCPT TO:<help@loket.example>\r\nDATA\r\n.\r\n")

    assert codes(answers) == ["220", "250", "250", "250", "354", "250", "250", "250", "354", "250", "221"]
    assert len(await letterbox.rows()) == 2


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\n..\r\n", b"\n.\r", b"\r\n\0.\r\n"]
)
async def test_only_one_thing_ends_a_mail(letterbox: Letterbox, end: bytes) -> None:
    port = await letterbox.listen()
    smuggled = (
        b"MAIL FROM:<ceo@example.org>\r\nRCPT TO:<help@loket.example>\r\nDATA\r\nFrom: ceo@example.org\r\n\r\nPay!"
    )

    answers = await talk(port, letter() + end + smuggled + b"\r\n.\r\n")

    assert codes(answers) == ["220", "250", "250", "250", "354", "250", "221"]
    assert len(await letterbox.rows()) == 1


async def test_doubled_dots_are_single_again(letterbox: Letterbox) -> None:
    port = await letterbox.listen()

    await asyncio.to_thread(send, port, letter(".\r\n..een\r\n.twee"))
    await letterbox.worker.drain()

    assert await letterbox.said((await letterbox.rows())[0].ticket_id) == [".\n..een\n.twee"]


async def test_too_large_a_mail_is_refused(letterbox: Letterbox) -> None:
    port = await letterbox.listen()
    line = b"x" * 998 + b"\r\n"

    answers = await talk(port, letter(), line * 26_500, b".\r\n")

    assert codes(answers)[-2:] == ["552", "221"]
    assert await letterbox.rows() == []


async def test_a_single_line_of_ten_megabytes_is_stored_and_set_aside(letterbox: Letterbox) -> None:
    port = await letterbox.listen()

    await asyncio.to_thread(send, port, letter("x" * 10_000_000))
    await letterbox.worker.drain()

    assert [(row.state, row.reason) for row in await letterbox.rows()] == [("quarantined", "line_too_long")]


async def test_no_more_connections_than_there_is_room_for(letterbox: Letterbox) -> None:
    port = await letterbox.listen(Door(frozenset({US}), most_connections=2))
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    assert all([(await reader.readline()).startswith(b"220") for reader, _ in held])

    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    assert (await reader.readline()).startswith(b"421")
    for each in (writer, *(held_writer for _, held_writer in held)):
        each.close()


async def test_who_says_nothing_is_hung_up_on(letterbox: Letterbox) -> None:
    port = await letterbox.listen(Door(frozenset({US}), command_seconds=0.2))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"220")
    writer.close()


async def test_the_door_speaks_lmtp(letterbox: Letterbox) -> None:
    port = await letterbox.listen(Door(frozenset({US}), is_lmtp=True))

    def deliver() -> tuple[int, int]:
        with smtplib.LMTP("127.0.0.1", port) as client:
            client.ehlo_or_helo_if_needed()
            client.mail(ANNA)
            client.rcpt(US)
            second = client.rcpt("help+two@loket.example")[0]
            return second, client.data(letter())[0]

    assert await asyncio.to_thread(deliver) == (452, 250)
    assert len(await letterbox.rows()) == 1


async def test_a_mail_that_cannot_be_stored_is_kept_by_its_sender(letterbox: Letterbox) -> None:
    port = await letterbox.listen()
    await letterbox.database.close()  # the pool; it opens again by itself
    async with letterbox.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE mail RENAME TO mail_elsewhere")
    try:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await asyncio.to_thread(send, port, letter())
    finally:
        async with letterbox.database.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE mail_elsewhere RENAME TO mail")

    assert refused.value.smtp_code == 451


async def test_a_conversation_can_be_made_private(letterbox: Letterbox, tmp_path: Path) -> None:
    certificate_file, key_file = certificate(tmp_path)
    tls = IntakeSettings(smtp_certificate=certificate_file, smtp_key=key_file).tls()
    port = await letterbox.listen(Door(frozenset({US}), tls=tls))

    def deliver() -> str | None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.starttls(context=unchecked())
            client.sendmail(ANNA, [US], letter())
            return client.sock.version() if isinstance(client.sock, SSLSocket) else None

    assert await asyncio.to_thread(deliver) == "TLSv1.3"
    assert len(await letterbox.rows()) == 1


def unchecked() -> SSLContext:
    """Trusts anybody: the certificate is made for this test."""
    context = SSLContext(PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    return context
