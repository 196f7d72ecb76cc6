"""What a mail says: its words, its files, its headers, however they are wrapped."""

# ruff: noqa: E501 - mails have long lines

from base64 import b64encode
from datetime import UTC, datetime
from itertools import product

import pytest

from intake.mail.charsets import decode
from intake.mail.inbound import InboundMail, Unreadable
from intake.mail.markup import text_of
from intake.mail.reading import Files, read
from letterbox import ANNA, letter

PNG = b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 40).decode()


def parts(*given: str, kind: str = "mixed", headers: str = "") -> bytes:
    """A multipart mail; each part is its headers, an empty line, its body."""
    body = "".join(f"--b\n{part}\n" for part in given)
    head = f"From: {ANNA}\nSubject: Lekkage\n{headers}Content-Type: multipart/{kind}; boundary=b\n\n"
    return f"{head}{body}--b--\n".encode()


def said(raw: bytes) -> InboundMail:
    return read(raw, ANNA)[0]


def files(raw: bytes) -> list[tuple[str, bytes]]:
    mail, contents = read(raw, ANNA)
    return [(file.name, content) for file, content in zip(mail.files, contents, strict=True)]


PLAIN = "Content-Type: text/plain; charset=utf-8\n\nIn gewone tekst"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>In <b>HTML</b></p>"


@pytest.mark.parametrize("order", [(PLAIN, HTML), (HTML, PLAIN)])
def test_plain_text_is_chosen_over_html(order: tuple[str, str]) -> None:
    assert said(parts(*order, kind="alternative")).whole == "In gewone tekst"


@pytest.mark.parametrize("excuse", ["", " \n", "Your e-mail client does not show HTML messages.", "--"])
def test_html_is_chosen_where_the_plain_text_says_nothing(excuse: str) -> None:
    assert said(parts(f"Content-Type: text/plain\n\n{excuse}", HTML, kind="alternative")).whole == "In HTML"


def test_a_mail_in_html_alone_is_read_as_it_looks() -> None:
    raw = letter(
        "<style>p{}</style><p>Hallo</p><p>Het <b>lekt</b>.<br>Al lang.</p><ul><li>een<li>twee</ul>"
        "<div hidden>weg</div><span style='display: none'>ook weg</span><img src=http://evil.example/x alt=foto>",
        "Content-Type: text/html",
    )

    assert said(raw).whole == "Hallo\n\nHet lekt.\nAl lang.\n\n- een\n- twee\n\n[foto]"


def test_words_around_a_picture_stay_together_and_the_picture_is_a_file() -> None:
    picture = f'Content-Type: image/png; name="lek.png"\nContent-ID: <1>\nContent-Transfer-Encoding: base64\n\n{PNG}'
    raw = parts("Content-Type: text/plain\n\nVoor", picture, "Content-Type: text/plain\n\nNa")

    assert said(raw).whole == "Voor\n\nNa"
    assert [(name, content[:4]) for name, content in files(raw)] == [("lek.png", b"\x89PNG")]
    assert said(raw).files[0].is_inline


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename=../../etc/passwd", "../../etc/passwd"),
        ("attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        ('attachment; filename="=?utf-8?b?csOpc3Vtw6kucGRm?="', "résumé.pdf"),
        ("attachment; filename*0=lang; filename*1=.pdf", "lang.pdf"),
        ("attachment", "application.pdf"),
    ],
)
def test_a_file_has_the_name_its_sender_gave(disposition: str, name: str) -> None:
    part = f"Content-Type: application/pdf\nContent-Disposition: {disposition}\n\n%PDF"

    assert [found for found, _ in files(parts(PLAIN, part))] == [name]


def test_a_signed_mail_is_read_and_its_signature_kept() -> None:
    signature = "Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAG"
    raw = parts(PLAIN, signature, kind="signed")

    assert said(raw).whole == "In gewone tekst"
    assert files(raw)[0][0] == "smime.p7s"


def test_an_encrypted_mail_is_kept_as_it_is() -> None:
    raw = parts(
        "Content-Type: application/pgp-encrypted\n\nVersion: 1",
        "Content-Type: application/octet-stream\n\n-----BEGIN",
        kind="encrypted",
    )

    assert [name for name, _ in files(raw)] == ["application.pgp", "application.bin"]


def test_an_invitation_is_read_and_kept() -> None:
    ics = "BEGIN:VCALENDAR\nSUMMARY:Afspraak\\, monteur\nDTSTART;TZID=Europe/Amsterdam:20261201T090000\nLOCATION:Keuken\nEND:VCALENDAR"
    raw = letter(ics, "Content-Type: text/calendar; method=REQUEST; charset=utf-8")

    assert said(raw).whole.startswith("Afspraak, monteur\n20261201T090000")
    assert [name for name, _ in files(raw)] == ["text.ics"]


@pytest.mark.parametrize("name", ["winmail.dat", "bom.zip"])
def test_archives_are_kept_closed(name: str) -> None:
    kind = "ms-tnef" if name.endswith("dat") else "zip"
    part = f"Content-Type: application/{kind}; name={name}\nContent-Transfer-Encoding: base64\n\n{b64encode(b'PK' * 40).decode()}"

    assert files(parts(PLAIN, part)) == [(name, b"PK" * 40)]


WORDS = "Één été: größer dan €5"


@pytest.mark.parametrize(
    ("charset", "coding"),
    list(product(["utf-8", "iso-8859-15", "windows-1252", "utf-16", "utf-7"], ["8bit", "base64"])),
)
def test_a_charset_is_read(charset: str, coding: str) -> None:
    content = WORDS.encode(charset)
    if coding == "8bit" and charset == "utf-16":
        return  # nobody can send that: its bytes hold line ends
    raw = f"From: {ANNA}\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {coding}\n\n".encode()

    assert said(raw + (b64encode(content) if coding == "base64" else content)).whole == WORDS


def test_other_scripts_are_read() -> None:
    assert decode("水が漏れています".encode("iso2022_jp"), "ISO-2022-JP") == "水が漏れています"
    assert decode("Привет".encode("koi8_r"), "koi8-r") == "Привет"


@pytest.mark.parametrize(
    "charset", ["base64", "zlib", "rot13", "idna", "punycode", "x-user-defined", "\0", "unicode_escape", "é" * 99, ""]
)
def test_what_is_no_charset_is_not_used_as_one(charset: str) -> None:
    assert decode(b"caf\xe9 \\u0041", charset) == "café \\u0041"


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("Subject: =?utf-8?q?L=C3=A9k?=", "Lék"),
        ("Subject: =?iso-8859-1?q?L=E9k?= =?utf-8?b?YWdl?=", "Lékage"),
        ("Subject: =?utf-8?b?!!!?= x", "=?utf-8?b?!!!?= x"),
        ("Subject: =?x-unknown?q?L=E9k?=", "Lék"),
        ("Subject: L\u00e9k", "Lék"),
        ("Subject: a\n b", "a b"),
        ("Subject: =?utf-8?q?a=0Ab=00c?=", "a b\u2400c"),
        ("Subject: =?utf-8?q?=E2=80=AEx?=", "\ufffdx"),
        ("X: y", ""),
    ],
)
def test_a_subject_is_read(header: str, subject: str) -> None:
    assert said(f"From: {ANNA}\n{header}\n\nx".encode()).subject == subject


@pytest.mark.parametrize(
    ("header", "email", "name"),
    [
        ("From: Anna <Anna@Example.org>", "anna@example.org", "Anna"),
        ("From: =?utf-8?q?Ren=C3=A9?= <r@example.org>", "r@example.org", "René"),
        ('From: "Jansen, Anna" <a@example.org>', "a@example.org", "Jansen, Anna"),
        ("From: Groep: a@example.org, b@example.org;", "a@example.org", ""),
        ("From: (comment) a@example.org", "a@example.org", "comment"),
        ('From: "eve@evil.example" <a@example.org>', "a@example.org", "eve@evil.example"),
        ("From: <<a@example.org>>", "a@example.org", ""),
        ("Sender: b@example.org", "b@example.org", ""),
        ("Reply-To: c@example.org", "c@example.org", ""),
        ("X: y", "envelope@example.org", ""),
    ],
)
def test_a_sender_is_found(header: str, email: str, name: str) -> None:
    mail = read(f"{header}\n\nx".encode(), "envelope@example.org")[0]

    assert (mail.sender.email, mail.sender.name) == (email, name)


@pytest.mark.parametrize("froms", ["From: a@example.org\nFrom: b@example.org", "From: a@example.org, b@example.org"])
def test_two_senders_are_counted(froms: str) -> None:
    assert said(f"{froms}\n\nx".encode()).senders == 2


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Wed, 25 Nov 2026 10:00:00 +0100", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("Wed, 25 Nov 2099 10:00:00 +0000", datetime(2099, 11, 25, 10, tzinfo=UTC)),
        ("Wed, 25 Nov 9999 10:00:00 -9999", None),
        ("gisteren", None),
    ],
)
def test_a_date_is_believed_within_reason(date: str, moment: datetime | None) -> None:
    assert said(letter("x", f"Date: {date}")).sent_at == moment


def test_what_is_longer_than_a_message_is_whole_in_a_file() -> None:
    words = "Een lang verhaal. " * 3000
    mail, contents = read(letter("\n".join(words[i : i + 900] for i in range(0, len(words), 900))), ANNA)

    assert mail.is_cut
    assert len(mail.whole) == 20_000
    assert mail.files[-1].name == "mail.txt"
    assert len(contents[-1]) > 50_000


def test_a_forward_by_attachment_or_by_hand_tells_whose_words_it_holds() -> None:
    inside = "Content-Type: message/rfc822\n\nFrom: Klant <klant@example.com>\nSubject: Gas\n\nIk ruik gas."
    enclosed = said(parts("Content-Type: text/plain\n\nZie onder", inside)).forwarded
    written = "fyi\n\n---------- Forwarded message ---------\nVan: Klant <klant@example.com>\nDate: ma 23 nov 2026 10:15\nSubject: Gas\nTo: <anna@loket.example>\n\n\nIk ruik gas."
    by_hand = said(letter(written, subject="Fwd: Gas")).forwarded

    for found in (enclosed, by_hand):
        assert found
        assert (found.sender.email, found.sender.name, found.subject, found.text) == (
            "klant@example.com",
            "Klant",
            "Gas",
            "Ik ruik gas.",
        )


LIMITS = {
    "too_many_parts": parts(*[PLAIN] * 101),
    "too_many_headers": b"X: y\n" * 201 + letter(),
    "headers_too_large": b"".join(b"X: %s\n" % (b"y" * 900) for _ in range(80)) + letter(),
    "line_too_long": letter("x" * 17_000),
    "nul_in_headers": b"X: \0\n" + letter(),
    "too_large": letter("x\n" * 14_000_000),
    "no_sender": b"Subject: x\n\nx",
}


@pytest.mark.parametrize("reason", LIMITS)
def test_what_is_over_a_limit_is_set_aside_with_the_reason(reason: str) -> None:
    with pytest.raises(Unreadable) as aside:
        read(LIMITS[reason], None)

    assert aside.value.reason == reason


@pytest.mark.parametrize("depth", [21, 90, 1000])
def test_what_is_too_deep_is_set_aside(depth: int) -> None:
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))

    with pytest.raises(Unreadable):
        read(f"From: {ANNA}\n{nested}Content-Type: text/plain\n\nx".encode(), None)


@pytest.mark.parametrize("html", ["<div>" * 60_000, "<b><i>x" * 30_000, "<table><b>" * 20_000])
def test_markup_that_is_built_to_cost_is_refused_early(html: str) -> None:
    with pytest.raises(Unreadable):
        text_of(html)


def test_the_files_are_named_in_the_order_of_their_bytes() -> None:
    found: Files = read(
        parts(
            PLAIN,
            "Content-Type: image/png; name=a.png\nContent-ID: <a>\n\nA",
            "Content-Type: application/pdf; name=b.pdf\n\nB",
        ),
        None,
    )[1]

    assert [content.strip() for content in found] == [b"B", b"A"]
