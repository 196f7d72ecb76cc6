"""Mail and letters keep the channel's contract; and what only SMTP can do wrong."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from channel_contract import Arrived, Breaking, ChannelContract, RefusingContract
from notifications.channels import Channel, Parcel
from notifications.letters import Letters
from notifications.maildir import Maildir
from notifications.retries import Verdict
from notifications.smtp import Server, Smtp, server_of
from notifications.text_folder import TextFolder
from notifications.ways import mail_channel
from postroom import parsed
from smtp_sink import Sink

CONTENT = "Subject: Hallo\r\nMessage-ID: <1@loket.example>\r\n\r\n.één regel\r\n..\r\nFrom hier\r\n".encode()
LINES = [".één regel", "..", "From hier"]


def a_mail(recipient: str = "anna@customer.example") -> Parcel:
    return Parcel(uuid4(), "help@loket.example", recipient, CONTENT)


def told(raw: bytes) -> tuple[str, str]:
    mail = parsed(raw)
    return str(mail["Message-ID"]), mail.get_payload(decode=True).decode()  # type: ignore[union-attr]


class ByMail(ChannelContract):
    """What the two ways of mail have in common."""

    @pytest.fixture
    def parcel(self) -> Parcel:
        return a_mail()

    @pytest.fixture
    def identity(self) -> str:
        return "<1@loket.example>"

    async def test_a_mail_arrives_line_by_line_as_it_was_written(
        self, channel: Channel, parcel: Parcel, arrived: Arrived
    ) -> None:
        await channel.send(parcel)

        assert [words.splitlines() for _, words in arrived()] == [LINES]


class TestMaildir(ByMail):
    @pytest.fixture
    async def channel(self, tmp_path: Path) -> AsyncIterator[Channel]:
        channel = mail_channel(f"maildir:{tmp_path / 'some' / 'mail'}")
        yield channel
        await channel.close()

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> Arrived:
        return lambda: [told(path.read_bytes()) for path in (tmp_path / "some" / "mail" / "new").iterdir()]

    @pytest.fixture
    async def away(self, tmp_path: Path) -> AsyncIterator[Channel]:
        (tmp_path / "file").write_text("in the way")
        channel = Maildir(tmp_path / "file" / "mail")
        yield channel
        await channel.close()

    async def test_file_names_hold_no_personal_data(self, channel: Channel, tmp_path: Path) -> None:
        await channel.send(a_mail("anna.de.vries@customer.example"))

        [path] = (tmp_path / "some" / "mail" / "new").iterdir()
        assert "anna" not in path.name
        assert list((tmp_path / "some" / "mail" / "tmp").iterdir()) == []


class TestLetters(ChannelContract):
    @pytest.fixture
    def parcel(self) -> Parcel:
        return Parcel(uuid4(), "Loket", "Anna de Vries, Dorpsstraat 1", "%PDF-1.7 één regel".encode())

    @pytest.fixture
    def identity(self, parcel: Parcel) -> str:
        return f"{parcel.delivery_id}.pdf"

    @pytest.fixture
    def channel(self, tmp_path: Path) -> Channel:
        return Letters(tmp_path / "letters")

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> Arrived:
        return lambda: [(path.name, path.read_text()) for path in (tmp_path / "letters").iterdir()]

    @pytest.fixture
    def away(self, tmp_path: Path) -> Channel:
        (tmp_path / "file").write_text("in the way")
        return Letters(tmp_path / "file" / "letters")


class TestTextFolder(ChannelContract):
    @pytest.fixture
    def parcel(self) -> Parcel:
        return Parcel(uuid4(), "Loket", "+31612345678", "één regel".encode())

    @pytest.fixture
    def identity(self, parcel: Parcel) -> str:
        return str(parcel.delivery_id)

    @pytest.fixture
    def channel(self, tmp_path: Path) -> Channel:
        return TextFolder(tmp_path / "texts")

    @pytest.fixture
    def arrived(self, tmp_path: Path) -> Arrived:
        return lambda: [(path.name.split(".")[1], path.read_text()) for path in (tmp_path / "texts").iterdir()]

    @pytest.fixture
    def away(self, tmp_path: Path) -> Channel:
        (tmp_path / "file").write_text("in the way")
        return TextFolder(tmp_path / "file" / "texts")

    async def test_file_names_hold_no_number(self, channel: Channel, parcel: Parcel, tmp_path: Path) -> None:
        await channel.send(parcel)

        [path] = (tmp_path / "texts").iterdir()
        assert "612345678" not in path.name


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture
async def smtp(sink: Sink) -> AsyncIterator[Smtp]:
    channel = Smtp(server_of(sink.url))
    yield channel
    await channel.close()


class TestSmtp(ByMail, RefusingContract):
    @pytest.fixture
    def channel(self, smtp: Smtp) -> Channel:
        return smtp

    @pytest.fixture
    def arrived(self, sink: Sink) -> Arrived:
        return lambda: [told(mail.as_bytes()) for mail in sink.mails]

    @pytest.fixture
    def turn_down(self, sink: Sink) -> Breaking:
        return lambda: sink.refusals.update({"customer.example": "550 5.7.1 anna is not welcome"})

    @pytest.fixture
    async def away(self, sink: Sink) -> Channel:
        await sink.close()
        return Smtp(server_of(sink.url))


@pytest.mark.parametrize(
    ("refusal", "verdict", "detail"),
    [
        ("550 5.1.1 <anna@customer.example> User unknown", Verdict.GONE, "550 5.1.1 <address> User unknown"),
        ("552 5.2.2 mailbox ANNA is full", Verdict.REFUSED, "552 5.2.2 mailbox <address> is full"),
        ("451 4.7.1 Greylisted", Verdict.TRY_LATER, "451 4.7.1 Greylisted"),
    ],
)
async def test_a_refusal_is_final_or_not_and_kept_without_the_address(
    sink: Sink, smtp: Smtp, refusal: str, verdict: Verdict, detail: str
) -> None:
    sink.refusals["customer.example"] = refusal

    answer = await smtp.send(a_mail())

    assert (answer.verdict, answer.detail) == (verdict, detail)
    assert (await smtp.send(a_mail("bob@other.example"))).verdict is Verdict.ACCEPTED
    assert sink.connections == 1


async def test_a_refused_content_is_final(sink: Sink, smtp: Smtp) -> None:
    sink.content_answer = "554 5.7.1 Spam"

    assert (await smtp.send(a_mail())).verdict is Verdict.REFUSED


async def test_a_server_that_hangs_up_before_its_answer_is_asked_again(sink: Sink, smtp: Smtp) -> None:
    sink.deaf_after_data = True
    assert (await smtp.send(a_mail())).verdict is Verdict.TRY_LATER

    sink.deaf_after_data = False
    assert (await smtp.send(a_mail())).verdict is Verdict.ACCEPTED
    assert len(sink.mails) == 2


async def test_connections_are_kept_and_a_dead_one_is_replaced(sink: Sink, smtp: Smtp) -> None:
    await smtp.send(a_mail())
    await smtp.send(a_mail())
    assert sink.connections == 1

    await sink.close()
    await sink.open()
    verdicts = [(await smtp.send(a_mail())).verdict for _ in range(2)]
    assert verdicts[-1] is Verdict.ACCEPTED


async def test_an_address_in_another_script_goes_only_to_a_server_that_takes_it(sink: Sink, smtp: Smtp) -> None:
    assert (await smtp.send(a_mail("jörg@customer.example"))).verdict is Verdict.ACCEPTED
    await smtp.close()

    sink.extensions = ("8BITMIME",)
    answer = await smtp.send(a_mail("jörg@customer.example"))
    assert answer.verdict is Verdict.REFUSED


async def test_a_password_is_never_sent_over_an_open_line(sink: Sink) -> None:
    channel = Smtp(server_of(f"smtp://loket:geheim@127.0.0.1:{sink.port}"))

    answer = await channel.send(a_mail())

    assert answer.verdict is Verdict.AWAY
    assert not any(command.startswith("AUTH") for command in sink.commands)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 25, None, None, is_tls=False, starttls=None)),
        ("smtps://a%40b:p%2Fw@mail.example", Server("mail.example", 465, "a@b", "p/w", is_tls=True, starttls=False)),
        ("smtp://u:p@mail.example:587", Server("mail.example", 587, "u", "p", is_tls=False, starttls=True)),
        ("smtp://mail.example:25?starttls=always", Server("mail.example", 25, None, None, is_tls=False, starttls=True)),
        ("smtp://u:p@mail.example?starttls=never", Server("mail.example", 25, "u", "p", is_tls=False, starttls=False)),
    ],
)
def test_the_mail_url_says_where_and_how(url: str, server: Server) -> None:
    assert server_of(url) == server
