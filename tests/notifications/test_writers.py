"""Texts, notices on a device and letters as they leave: the right address, the right words, nothing of a stranger."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from common.vocabulary import Language
from notifications.notices import NoticeKind
from notifications.writers import LetterWriter, PushWriter, TextWriter, UnusableAddress
from postroom import BASE_URL, HOUSE, START, TEMPLATES
from some_claim import CLAIMED, REPLY

TEXTS = TextWriter(HOUSE, TEMPLATES, "Loket", "nl")
DEVICES = PushWriter(HOUSE, TEMPLATES)
PAPER = LetterWriter(HOUSE, TEMPLATES)


def test_a_text_has_the_promise_and_the_link_and_goes_to_the_number_from_abroad() -> None:
    parcel = TEXTS.write(CLAIMED, START)

    words = parcel.content.decode()
    assert parcel.recipient == "+31612345678"
    assert "U krijgt antwoord morgen voor 12:00." in words
    assert words.endswith(HOUSE.status_url(CLAIMED.reference))
    assert "\n" not in words


def test_a_promise_that_has_passed_is_not_told() -> None:
    words = TEXTS.write(CLAIMED, START + timedelta(days=2)).content.decode()

    assert "U krijgt antwoord" not in words


@pytest.mark.parametrize("phone", [None, "", "bel mij", "06"])
def test_a_number_that_cannot_be_dialled_is_no_address(phone: str | None) -> None:
    with pytest.raises(UnusableAddress):
        TEXTS.write(replace(CLAIMED, phone=phone), START)


@pytest.mark.parametrize("language", Language)
def test_a_device_shows_title_and_sentence_and_opens_the_ticket(language: Language) -> None:
    device = ("https://push.example/1", "p", "a")
    parcel = DEVICES.write(replace(REPLY, language=language, device=device, is_urgent=True), START)

    shown = json.loads(parcel.content)
    assert parcel.recipient == "https://push.example/1"
    assert parcel.keys == {"p256dh": "p", "auth": "a", "urgency": "high"}
    assert "Piet" in shown["title"]
    assert shown["url"].startswith(f"{BASE_URL}/t/")
    assert "gedaan" not in shown["title"] + shown["body"]


def test_without_a_device_there_is_no_address() -> None:
    with pytest.raises(UnusableAddress):
        DEVICES.write(CLAIMED, START)


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("language", Language)
def test_every_letter_in_every_language_is_a_pdf_of_one_page(kind: NoticeKind, language: Language) -> None:
    parcel = PAPER.write(replace(REPLY, kind=kind, language=language), START)

    assert parcel.content.startswith(b"%PDF-")
    assert parcel.content.count(b"/Type /Page\n") == 1
    assert "Anna" not in parcel.recipient
    assert "3511 AB" in parcel.recipient
