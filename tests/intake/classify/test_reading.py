"""Only the newest words of the writer are judged, in each of the four languages."""

import pytest

from growth import is_linear
from intake.classify.reading import LONGEST_KEPT, newest, read, split_subject

OWN = "De kraan druppelt nog steeds."

QUOTES = {
    "Outlook in Dutch": (
        "Van: Helpdesk <help@bedrijf.example>\nVerzonden: maandag 3 maart 2025 10:20\nAan: mij\n"
        "Onderwerp: Factuur\n\nUw factuur."
    ),
    "Outlook in English": (
        "From: Help Desk\nSent: Monday, March 3, 2025 10:20 AM\nTo: me\nSubject: Invoice\n\nYour invoice."
    ),
    "Outlook in French": (
        "De : Service client\nEnvoyé : lundi 3 mars 2025 10:20\nÀ : moi\nObjet : Facture\n\nVotre facture."
    ),
    "Outlook in German": (
        "Von: Kundendienst\nGesendet: Montag, 3. März 2025 10:20\nAn: mich\nBetreff: Rechnung\n\nIhre Rechnung."
    ),
    "a line above": "________________________________\nVan: Helpdesk\nUw factuur is betaald.",
    "Gmail in Dutch": "Op ma 3 mrt 2025 om 10:20 schreef Helpdesk <help@bedrijf.example>:\n> Uw factuur.",
    "Gmail in English": "On Mon, Mar 3, 2025 at 10:20 AM Help Desk <help@firm.example> wrote:\n> Your invoice.",
    "Gmail in French": "Le lun. 3 mars 2025 à 10:20, Service client <aide@ste.example> a écrit :\n> Votre facture.",
    "Gmail in German": (
        "Am Mo., 3. März 2025 um 10:20 Uhr schrieb Kundendienst <hilfe@firma.example>:\n> Ihre Rechnung."
    ),
    "wrapped over two lines": (
        "Op ma 3 mrt 2025 om 10:20 schreef Helpdesk van het hele grote bedrijf\n<help@bedrijf.example>:\n> Uw factuur."
    ),
    "an older header": "-----Oorspronkelijk bericht-----\nUw factuur is betaald.",
    "a forward": "---------- Forwarded message ----------\nYour invoice was paid.",
    "a phone": "Verzonden vanaf mijn iPhone",
    "a phone in English": "Sent from my iPhone",
    "a phone in French": "Envoyé depuis mon mobile",
    "a phone in German": "Von meinem iPhone gesendet",
    "a signature": "-- \nJ. Jansen\nHoofd Facturen\nfactuur@bedrijf.example",
    "a disclaimer": "Dit e-mailbericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
    "a disclaimer in English": (
        "This e-mail and its attachments are confidential and intended solely for the addressee.\n"
    ),
    "a disclaimer in French": "Ce message est confidentiel et exclusivement destiné à son destinataire.",
    "a disclaimer in German": "Diese Nachricht ist vertraulich und ausschließlich für den Adressaten bestimmt.",
}


@pytest.mark.parametrize("rest", QUOTES.values(), ids=QUOTES.keys())
def test_what_others_wrote_is_left_out(rest: str) -> None:
    assert newest(f"{OWN}\n\n{rest}\n").strip() == OWN


def test_answers_between_quoted_lines_are_kept() -> None:
    assert newest("> Doet hij het weer?\nNee.\n> En de druk?\nTe laag.") == "Nee.\nTe laag."


def test_a_forward_without_a_word_is_read_itself() -> None:
    body = "Van: Jan\nVerzonden: maandag\nAan: ons\n\nDe ketel lekt."

    assert "De ketel lekt." in read("", body)


def test_markup_is_read_as_text() -> None:
    page = (
        "<html><head><style>p {color:red}</style></head><body>"
        "<p>De ketel<br>lekt &amp; piept</p><script>x()</script></body></html>"
    )

    assert read("", page).split() == ["De", "ketel", "lekt", "&", "piept"]


def test_the_subject_of_a_reply_does_not_count() -> None:
    assert read("RE: Storing gas", "Mag ik een kopie van de factuur?") == "Mag ik een kopie van de factuur?"
    assert read("AW: [Ticket 12] Störung", "Danke, hat sich erledigt.") == "Danke, hat sich erledigt."


def test_an_own_subject_counts() -> None:
    assert read("Boiler lekt", "Zie boven.") == "Boiler lekt\nZie boven."


def test_a_subject_line_in_the_text_is_taken_as_the_subject() -> None:
    assert split_subject("Objet : Fuite\n\nBonjour") == ("Fuite", "\nBonjour")


def test_long_text_keeps_its_beginning_and_its_end() -> None:
    text = read("", "Begin. " + "bla " * 20_000 + "Einde.")

    assert text.startswith("Begin.")
    assert text.endswith("Einde.")
    assert len(text) <= LONGEST_KEPT + 10


@pytest.mark.parametrize(
    "piece",
    [
        "> ",
        "Op ma schreef ",
        "Van: a\n",
        "<",
        "</",
        "<!--",
        "<style>",
        "-",
        "_",
        " \n",
        "On x\n",
        "a:\n",
        "Re: ",
        "&amp",
        "\t> a\n",
    ],
)
def test_no_text_takes_long_to_read(piece: str) -> None:
    assert is_linear(lambda text: read(text, "x\n" + text), piece * (100_000 // len(piece)))
