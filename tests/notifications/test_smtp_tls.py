"""Mail over TLS with real handshakes: which line is trusted, and where the password goes."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from certificates import server_context
from notifications.channels import Parcel
from notifications.retries import Answer, Verdict
from notifications.smtp import Smtp, server_of
from smtp_sink import Sink

MAIL = Parcel(uuid4(), "help@loket.example", "anna@customer.example", b"Subject: Hallo\r\n\r\nDag\r\n")


class Secure:
    """A server with a certificate, and mail sent to it by the address a test gives."""

    def __init__(self, sink: Sink, authority: Path) -> None:
        self.sink = sink
        self.authority = authority

    async def send(self, scheme: str, wishes: str = "") -> Answer:
        channel = Smtp(server_of(f"{scheme}://loket:geheim@127.0.0.1:{self.sink.port}?{wishes}"))
        try:
            return await channel.send(MAIL)
        finally:
            await channel.close()


@pytest.fixture(params=["smtp", "smtps"])
async def secure(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Secure, str]]:
    context, authority = server_context(tmp_path)
    is_first = request.param == "smtps"
    async with Sink(tls=None if is_first else context, tls_first=context if is_first else None) as sink:
        yield Secure(sink, authority), request.param


async def test_mail_and_password_go_over_tls(secure: tuple[Secure, str]) -> None:
    server, scheme = secure

    answer = await server.send(scheme, f"ca={server.authority}")

    assert answer.verdict is Verdict.ACCEPTED
    assert server.sink.logins == ["loket geheim"]
    assert len(server.sink.mails) == 1


async def test_a_server_nobody_vouches_for_gets_neither_mail_nor_password(secure: tuple[Secure, str]) -> None:
    server, scheme = secure

    answer = await server.send(scheme)

    assert answer.verdict is Verdict.AWAY
    assert not server.sink.logins
    assert not server.sink.mails


async def test_word_of_trouble_further_on_is_asked_for_where_the_server_can_give_it() -> None:
    async with Sink(extensions=("DSN", "SMTPUTF8")) as sink:
        channel = Smtp(server_of(sink.url))
        await channel.send(MAIL)
        await channel.close()

    [sender] = [line for line in sink.commands if line.startswith("MAIL")]
    [recipient] = [line for line in sink.commands if line.startswith("RCPT")]
    assert sender.endswith(f"RET=HDRS ENVID={MAIL.delivery_id.hex}")
    assert recipient.endswith("NOTIFY=FAILURE,DELAY")


async def test_a_server_that_cannot_is_not_asked() -> None:
    async with Sink() as sink:
        channel = Smtp(server_of(sink.url))
        await channel.send(MAIL)
        await channel.close()

    assert not any("NOTIFY" in line or "ENVID" in line for line in sink.commands)
