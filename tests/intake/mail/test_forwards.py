"""Mails that a colleague passes on, as programs in four languages write them: whose words they are."""

# ruff: noqa: E501 - mails have long lines

from email import message_from_string
from email.message import Message
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.forwards import bare_subject, forwarded
from intake.mail.inbound import Forwarded, Mailbox

ANNA = Mailbox(name="Anna Jansen", email="anna@example.org")
WORDS = "Het lekt nog steeds.\n\nAnna"


def mail(subject: str) -> Message:
    return message_from_string(f"From: balie@loket.example\nSubject: {subject}\n\n", policy=default)


def written(text: str, subject: str = "Fwd: Lekkage") -> Forwarded | None:
    return forwarded(mail(subject), text, [])


GMAIL = "---------- Forwarded message ---------\nFrom: {} <{}>\nDate: Mon, 23 Nov 2026 at 10:15\nSubject: Lekkage\nTo: <balie@loket.example>\n\n{}"
BY_HAND = {
    "gmail en": GMAIL,
    "gmail nl": GMAIL.replace("Forwarded message", "Doorgestuurd bericht")
    .replace("From:", "Van:")
    .replace("Subject:", "Onderwerp:"),
    "gmail fr": GMAIL.replace("Forwarded message", "Message transféré")
    .replace("From:", "De :")
    .replace("Subject:", "Objet :"),
    "gmail de": GMAIL.replace("Forwarded message", "Weitergeleitete Nachricht")
    .replace("From:", "Von:")
    .replace("Subject:", "Betreff:"),
    "outlook en": "________________________________\nFrom: {} <{}>\nSent: Monday, 23 November 2026 10:15\nTo: Balie\nSubject: Lekkage\n\n{}",
    "outlook nl": "-----Oorspronkelijk bericht-----\nVan: {} [mailto:{}]\nVerzonden: maandag 23 november 2026 10:15\nAan: Balie\nOnderwerp: Lekkage\n\n{}",
    "outlook de": "-----Ursprüngliche Nachricht-----\nVon: {} <{}>\nGesendet: Montag, 23. November 2026 10:15\nAn: Balie\nBetreff: Lekkage\n\n{}",
    "outlook fr": "-----Message d'origine-----\nDe : {} <{}>\nEnvoyé : lundi 23 novembre 2026 10:15\nÀ : Balie\nObjet : Lekkage\n\n{}",
    "apple en": "Begin forwarded message:\n\nFrom: {} <{}>\nSubject: Lekkage\nDate: 23 November 2026 at 10:15:00 CET\nTo: balie@loket.example\n\n{}",
    "apple nl": "Begin doorgestuurd bericht:\n\nVan: {} <{}>\nOnderwerp: Lekkage\nDatum: 23 november 2026\nAan: balie@loket.example\n\n{}",
    "apple de": "Anfang der weitergeleiteten Nachricht:\n\nVon: {} <{}>\nBetreff: Lekkage\nDatum: 23. November 2026\nAn: balie@loket.example\n\n{}",
    "apple fr": "Début du message réexpédié :\n\nDe: {} <{}>\nObjet: Lekkage\nDate: 23 novembre 2026\nÀ: balie@loket.example\n\n{}",
    "bold": "---------- Forwarded message ---------\n*From:* {} <{}>\n*Subject:* Lekkage\n\n{}",
}


@pytest.mark.parametrize("program", BY_HAND)
def test_what_is_passed_on_by_hand_is_of_who_wrote_it(program: str) -> None:
    text = "Kun jij dit doen?\n\n" + BY_HAND[program].format(ANNA.name, ANNA.email, WORDS)

    assert written(text) == Forwarded(sender=ANNA, subject="Lekkage", text=WORDS)


def test_quoted_lines_lose_their_marks() -> None:
    text = BY_HAND["gmail en"].format(ANNA.name, ANNA.email, WORDS)
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))

    found = written(quoted)

    assert found
    assert (found.sender, found.text) == (ANNA, WORDS)


@pytest.mark.parametrize("mark", ["Fwd:", "FW:", "fwd :", "WG:", "TR:", "Doorst:", "Doorgestuurd:", "I:"])
def test_the_subject_says_that_it_was_passed_on_and_is_shown_without(mark: str) -> None:
    text = BY_HAND["gmail en"].format(ANNA.name, ANNA.email, WORDS)

    assert written(text, f"{mark} Lekkage")
    assert bare_subject(f"{mark} Lekkage") == "Lekkage"


@pytest.mark.parametrize("subject", ["Lekkage", "Re: Lekkage", "Instructie: lekkage", "Toelichting"])
def test_a_mail_that_was_not_passed_on_is_its_senders_whatever_it_quotes(subject: str) -> None:
    assert written(BY_HAND["gmail en"].format(ANNA.name, ANNA.email, WORDS), subject) is None
    assert bare_subject(subject) == subject


@pytest.mark.parametrize(
    "text",
    [
        "Zie onder",
        "---------- Forwarded message ---------",
        "---------- Forwarded message ---------\nSubject: Lekkage\n\nGeen afzender",
        "---------- Forwarded message ---------\nFrom: iemand zonder adres\n\nHallo",
        "From: anna@example.org\nSubject: zonder streep erboven\n\nHallo",
    ],
)
def test_without_somebody_else_s_address_nobody_else_wrote_it(text: str) -> None:
    assert written(text) is None


def enclosed(*headers: str, body: str = WORDS) -> Message:
    return message_from_string("\n".join([*headers, "", body]), policy=default)


def test_an_enclosed_mail_is_of_its_own_sender_whatever_the_subject_says() -> None:
    inside = enclosed("From: Anna Jansen <anna@example.org>", "Subject: Lekkage")

    assert forwarded(mail("Zie bijlage"), "Zie bijlage", [inside]) == Forwarded(
        sender=ANNA, subject="Lekkage", text=WORDS
    )


def test_an_enclosed_mail_without_a_sender_is_nobodys() -> None:
    assert forwarded(mail("Fwd: x"), "", [enclosed("Subject: Lekkage")]) is None


@given(st.text(max_size=1500))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = written("---------- Forwarded message ---------\n" + text)

    assert found is None or "@" in found.sender.email
