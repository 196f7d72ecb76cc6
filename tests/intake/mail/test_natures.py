"""Whether a person wrote a mail, or a program."""

import pytest

from automatic_replies import Kind, kinds
from intake.mail.inbound import Nature
from intake.mail.reading import read
from letterbox import letter

KINDS = list(kinds())


def nature_of(raw: bytes, envelope_sender: str | None = "anna@example.org") -> Nature:
    return read(raw, envelope_sender)[0].nature


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_automatic_reply_is_known_for_one(kind: Kind) -> None:
    raw = letter(kind.body, *kind.headers, subject=kind.subject, sender=kind.sender)

    assert nature_of(raw, kind.envelope_sender) is Nature.REPLY


def test_there_are_sixty_kinds() -> None:
    assert len(KINDS) >= 60
    assert len({(kind.headers, kind.subject, kind.sender, kind.envelope_sender) for kind in KINDS}) >= 59


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Precedence: junk",
        "Precedence: list",
        "List-Id: <news.example.org>",
        "List-Unsubscribe: <https://example.org/u>",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "From: noreply@example.org",
        "From: Shop <no-reply@example.org>",
        "From: geen-antwoord@example.org",
        "From: alarm.donotreply@example.org",
    ],
)
def test_news_of_programs_and_lists_is_read_and_never_answered(header: str) -> None:
    assert nature_of(letter("Storing", header)) is Nature.AUTOMATIC


@pytest.mark.parametrize(
    "subject",
    [
        "Op vakantie: krant stopzetten",
        "Met vakantie, graag post vasthouden",
        "On holiday: keep my parcel",
        "Im Urlaub war die Heizung aus",
        "Re: afspraak",
        "Automatische incasso klopt niet",
        "Automaat defect",
        "Lezer van de krant",
        "Read the meter, please",
        "Delivery of my order failed?",
        "Auto stuk",
    ],
)
def test_people_may_write_about_such_things(subject: str) -> None:
    assert nature_of(letter(subject=subject)) is Nature.PERSON


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "X-Autoreply: no", "X-Auto-Response-Suppress: None", "Precedence: normal"]
)
def test_a_header_that_says_no_means_no(header: str) -> None:
    assert nature_of(letter("Hallo", header)) is Nature.PERSON
