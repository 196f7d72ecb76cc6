"""The bytes of a mail: headers that thread, prove and promise nothing false, and that nobody can add to."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from common.brand import Brand
from common.vocabulary import Language
from notifications.claims import Behind
from notifications.mail import MailWriter
from notifications.notices import NoticeKind
from notifications.writers import UnusableAddress
from postroom import BASE_URL, HOUSE, SEAL, START, TEMPLATES, html_of, parsed, text_of, writer
from some_claim import CLAIMED, PERSON, REPLY, TICKET


def test_the_headers_of_an_acknowledgement() -> None:
    mail = parsed(writer().write(CLAIMED, START).content)

    assert mail["From"].addresses[0].addr_spec == "help@loket.example"
    assert mail["To"] == "anna@customer.example"
    assert mail["Subject"] == "Uw bericht aan Loket (L-7K3M9-QX2C5)"
    assert mail["Date"] == "Wed, 25 Nov 2026 14:00:00 +0100"
    assert mail["Message-ID"] == f"<{UUID(int=9)}@loket.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.defects == []


def test_who_can_stop_a_notice_is_told_how_by_the_mail_program() -> None:
    news = parsed(writer().write(replace(REPLY, kind=NoticeKind.NEWS), START).content)

    stop = str(news["List-Unsubscribe"]).strip("<>")
    assert stop.startswith(f"{BASE_URL}/preferences/{PERSON}/stop?key=")
    assert SEAL.opens_preferences(PERSON, stop.partition("key=")[2])
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert news["Auto-Submitted"] == "auto-generated"


def test_replies_that_waited_come_in_one_mail_each_under_its_name() -> None:
    behind = [Behind(UUID(int=10), "Fatima", "Nog iets."), Behind(UUID(int=11), "Piet", "Klaar.")]

    words = text_of(parsed(writer().write(replace(REPLY, behind=behind), START).content)).replace("\r\n", "\n")

    assert words.index("Het is gedaan.") < words.index("Fatima:\nNog iets.") < words.index("Piet:\nKlaar.")


def test_the_reader_can_choose_how_they_are_reached() -> None:
    words = text_of(parsed(writer().write(CLAIMED, START).content))

    assert f"{BASE_URL}/preferences/{PERSON}?key=" in words.partition("-- ")[2]


def test_an_agents_reply_is_not_automatic() -> None:
    assert parsed(writer().write(REPLY, START).content)["Auto-Submitted"] is None


def test_the_reply_address_proves_ticket_and_reader() -> None:
    reply_to = str(parsed(writer().write(CLAIMED, START).content)["Reply-To"])
    local, _, domain = reply_to.partition("@")
    token = local.removeprefix("help+")

    assert domain == "loket.example"
    assert len(local) <= 64
    assert SEAL.answered_ticket(token.upper(), "Anna@Customer.example") == TICKET
    assert SEAL.answered_ticket(token, "eve@customer.example") is None
    assert SEAL.answered_ticket(token[:-1] + "x", "anna@customer.example") is None
    assert SEAL.answered_ticket("é", "anna@customer.example") is None


def test_mails_of_one_ticket_refer_to_each_other_and_to_one_root() -> None:
    first = parsed(writer().write(CLAIMED, START).content)
    later = replace(REPLY, earlier_mail_ids=["b@loket.example", "a@loket.example"])
    second = parsed(writer().write(later, START).content)
    root = f"<{SEAL.thread_id(TICKET, 'anna@customer.example', 'loket.example')}>"

    assert first["References"] == root
    assert second["References"] == f"{root} <a@loket.example> <b@loket.example>"
    assert second["In-Reply-To"] == "<b@loket.example>"
    assert second["Subject"] == f"Re: {first['Subject']}"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.NL, "U krijgt antwoord morgen voor 12:00."),
        (Language.EN, "You will get an answer tomorrow before 12:00."),
        (Language.FR, "Vous aurez une réponse demain avant 12\N{NO-BREAK SPACE}h."),
        (Language.DE, "Sie erhalten morgen vor 12\N{NO-BREAK SPACE}Uhr eine Antwort."),
    ],
)
def test_a_promise_is_said_in_the_readers_zone_and_words(language: Language, words: str) -> None:
    mail = parsed(writer().write(replace(CLAIMED, language=language), START).content)

    assert words in text_of(mail)
    assert words in html_of(mail)


def test_a_promise_that_has_passed_is_not_made() -> None:
    text = text_of(parsed(writer().write(CLAIMED, START + timedelta(hours=23)).content))

    assert "U krijgt antwoord" not in text
    assert "gisteren" not in text


def test_the_link_opens_the_status_page() -> None:
    text = text_of(parsed(writer().write(CLAIMED, START).content))

    assert SEAL.status_url(BASE_URL, "L-7K3M9-QX2C5") in text


def test_a_long_link_survives_the_encoding() -> None:
    html = html_of(parsed(writer().write(CLAIMED, START).content))

    assert f'href="{SEAL.status_url(BASE_URL, "L-7K3M9-QX2C5")}"' in html


@pytest.mark.parametrize(
    "address",
    [
        "anna@customer.example\r\nBcc: eve@evil.example",
        "anna@customer.example\nX: y",
        "anna@customer.example, eve@evil.example",
        "anna <anna@customer.example>",
        "anna@customer.example\x00",
        "anna@customer.example\u2028",
        "an na@customer.example",
        "anna\u202e@customer.example",
        "@customer.example",
        "anna@",
        "anna",
        "",
        "anna@a..b\N{LATIN SMALL LETTER E WITH ACUTE}",
    ],
)
def test_an_address_that_could_add_a_header_or_a_reader_is_refused(address: str) -> None:
    with pytest.raises(UnusableAddress):
        writer().write(replace(CLAIMED, email=address), START)


def test_an_address_with_another_script_is_written_so_that_servers_read_it() -> None:
    mail = writer().write(replace(CLAIMED, email="jörg@müller.example"), START)

    assert mail.recipient == "jörg@xn--mller-kva.example"


@pytest.mark.parametrize("value", ["L\r\nBcc: eve@evil.example", "L\nX: y", "L\x85X: y", "L\u2028Y: z", "L\x00"])
def test_no_value_can_add_a_header(value: str) -> None:
    claimed = replace(REPLY, reference=value, agent_name=value, body=f"{value}\r\n.\r\nMAIL FROM:<x>")
    content = writer().write(claimed, START).content
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]

    assert b"Bcc" not in names
    assert b"X" not in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["Gemeente ’s-Hertogenbosch & Zöe", 'The "Best" \\ Shop, Inc.', "Loket"])
def test_organisations_with_another_script_or_quotes_in_their_name_can_send(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    brand = Brand(f"{name} " * 4)
    sender = MailWriter(replace(HOUSE, brand=brand), TEMPLATES, f'"{quoted}" <help@loket.example>')
    raw = sender.write(CLAIMED, START).content
    mail = parsed(raw)

    assert mail["From"].addresses[0].display_name == name
    assert mail["From"].addresses[0].addr_spec == "help@loket.example"
    assert " ".join([name] * 4) in mail["Subject"]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 100


def test_no_personal_data_stands_in_headers_beyond_the_address() -> None:
    claimed = replace(REPLY, email="anna.de.vries@customer.example")
    mail = parsed(writer().write(claimed, START).content)
    others = " ".join(str(value).lower() for name, value in mail.items() if name != "To")

    assert "anna" not in others
    assert "vries" not in others


def test_every_notice_in_every_language_becomes_a_sound_mail() -> None:
    for kind in NoticeKind:
        for language in Language:
            claimed = replace(REPLY, kind=kind, language=language, delivery_id=uuid4())
            raw = writer().write(claimed, START).content
            mail = parsed(raw)

            assert mail.defects == []
            assert all(part.defects == [] for part in mail.walk())
            assert raw.isascii()
            assert b"\n" not in raw.replace(b"\r\n", b"")
