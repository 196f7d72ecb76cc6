"""Which parts of a mail are its words and which its files, however they are nested."""

from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.bodies import MOST_FILES, Contents, contents
from intake.mail.inbound import Unreadable
from intake.mail.limits import DEEPEST, MOST_PARTS
from intake.mail.markup import MOST_HTML_BYTES

EXCUSE = "This e-mail is only readable in an HTML client."


def again(message: Message) -> Message:
    """As it arrives: written out and read again."""
    return message_from_bytes(message.as_bytes(), policy=default)


def read(message: Message) -> Contents:
    return contents(again(message))


def with_both(plain: str, html: str) -> EmailMessage:
    message = EmailMessage()
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


@pytest.mark.parametrize(
    ("plain", "html", "words"),
    [
        ("Het lekt.", "<p>Anders</p>", "Het lekt."),
        ("", "<p>Het lekt.</p>", "Het lekt."),
        (" \n", "<p>Het lekt.</p>", "Het lekt."),
        (EXCUSE, "<p>Het lekt.</p>", "Het lekt."),
        (EXCUSE, "<p> </p>", EXCUSE),
        (EXCUSE + "x" * 300, "<p>Anders</p>", EXCUSE + "x" * 300),
        ("?", "<p>Het lekt.</p>", "Het lekt."),
    ],
)
def test_the_plain_words_count_unless_they_say_nothing(plain: str, html: str, words: str) -> None:
    assert read(with_both(plain, html)).words() == words


def test_several_texts_follow_each_other_and_the_file_between_them_is_a_file() -> None:
    message = MIMEMultipart()
    message.attach(MIMEText("Boven"))
    picture = MIMEText("geen plaatje")
    picture.replace_header("content-type", "image/png")
    message.attach(picture)
    message.attach(MIMEText("Onder"))

    found = read(message)

    assert found.words() == "Boven\n\nOnder"
    assert [name for name, _, _ in found.files] == ["image.png"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/calendar", "text.ics"),
        ("application/pdf", "application.pdf"),
        ("application/x-unheard-of", "application.bin"),
        ("application/pkcs7-signature", "application.p7s"),
    ],
)
def test_a_file_without_a_name_gets_one_that_says_what_it_is(kind: str, name: str) -> None:
    message = MIMEMultipart()
    part = MIMEText("inhoud")
    part.replace_header("content-type", kind)
    part["content-disposition"] = "attachment"
    message.attach(part)

    [(found, content, is_inline)] = read(message).files

    assert (found, content.strip(), is_inline) == (name, b"inhoud", False)


def test_a_text_that_is_attached_is_a_file_and_no_words() -> None:
    message = EmailMessage()
    message.set_content("Zie bijlage")
    message.add_attachment("Niet mijn woorden", filename="brief.txt")

    found = read(message)

    assert found.words() == "Zie bijlage"
    assert [name for name, _, _ in found.files] == ["brief.txt"]


def test_an_empty_file_is_none() -> None:
    message = EmailMessage()
    message.set_content("Zie bijlage")
    message.add_attachment(b"", maintype="application", subtype="pdf", filename="leeg.pdf")

    assert read(message).files == []


def test_a_mail_inside_is_a_file_and_its_words_are_not_ours() -> None:
    inside = EmailMessage()
    inside["subject"] = "Binnen"
    inside.set_content("Woorden van binnen")
    message = EmailMessage()
    message.set_content("Woorden van buiten")
    message.add_attachment(inside)

    found = read(message)

    assert found.words() == "Woorden van buiten"
    assert len(found.mails) == 1
    assert [name for name, _, _ in found.files] == ["message.eml"]


def test_an_invitation_says_what_when_and_where() -> None:
    message = MIMEMultipart()
    invitation = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Monteur komt\r\nDTSTART;TZID=Europe/Amsterdam:20261125T140000\r\n"
        "LOCATION:Dorpsstraat 1\\, Utrecht\r\nDESCRIPTION:Neem de sleutel\r\n  mee.\\nTot dan.\r\nEND:VEVENT\r\n"
    )
    part = MIMEText(invitation)
    part.replace_header("content-type", "text/calendar; charset=utf-8; method=REQUEST")
    message.attach(part)

    said = read(message).words()

    assert "Monteur komt" in said
    assert "Dorpsstraat 1, Utrecht" in said
    assert "Neem de sleutel mee.\nTot dan." in said


def nested(depth: int) -> Message:
    inner: Message = MIMEText("diep")
    for _ in range(depth):
        outer = MIMEMultipart()
        outer.attach(inner)
        inner = outer
    return inner


def test_parts_may_be_nested_so_deep_and_no_deeper() -> None:
    assert contents(nested(DEEPEST)).words() == "diep"
    with pytest.raises(Unreadable, match="too_deep"):
        contents(nested(DEEPEST + 1))


@pytest.mark.parametrize(("number", "is_too_many"), [(MOST_PARTS - 1, False), (MOST_PARTS, True)])
def test_there_may_be_so_many_parts_and_no_more(number: int, *, is_too_many: bool) -> None:
    message = MIMEMultipart()
    for _ in range(number):
        message.attach(MIMEText("x"))
    if not is_too_many:
        assert contents(message).words().count("x") == number
        return
    with pytest.raises(Unreadable, match="too_many_parts"):
        contents(message)


def test_there_may_be_so_many_files_and_no_more() -> None:
    message = EmailMessage()
    message.set_content("Foto's")
    for number in range(MOST_FILES + 1):
        message.add_attachment(b"x", maintype="image", subtype="png", filename=f"{number}.png")
    with pytest.raises(Unreadable, match="too_many_parts"):
        read(message)


def test_html_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unreadable, match="too_much_markup"):
        read(with_both("", "x" * (MOST_HTML_BYTES + 1)))


@given(st.binary(max_size=2000), st.sampled_from(["", "multipart/mixed; boundary=b", "text/html", "message/rfc822"]))
def test_any_bytes_have_words_or_a_reason(raw: bytes, kind: str) -> None:
    message = message_from_bytes(f"Content-Type: {kind or 'text/plain'}\n\n".encode() + raw, policy=default)
    with suppress(Unreadable):
        assert isinstance(contents(message).words(), str)
