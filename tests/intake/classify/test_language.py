"""The language of a message is known from a few words, also when it is mixed or misspelt."""

import pytest

from common.vocabulary import Language
from intake.classify import judge

SAID = {
    Language.NL: [
        "geen warm water",
        "lift staat stil",
        "mn internet ligt eruit",
        "factuur klopt niet",
        "wanneer komt hij",
        "goeiedag, ne vraag",
        "hallo kapot lamp",
        "Mijn wifi modem is down",
        "bedankt voor alles",
        "adres wijzigen aub",
    ],
    Language.EN: [
        "no hot water",
        "the lift stopped",
        "where's my parcel",
        "wrong bill again",
        "cancel my contract",
        "cant log in",
        "boiler making noise",
        "thanks so much",
        "hi, change address please",
        "street light out",
    ],
    Language.FR: [
        "plus d'eau chaude",
        "ascenseur en panne",
        "où est mon colis",
        "facture trop élevée",
        "je veux résilier",
        "ca marche pas",
        "rdv demain svp",
        "merci beaucoup",
        "changement d'adresse",
        "ma box est morte",
    ],
    Language.DE: [
        "kein warmes Wasser",
        "Aufzug steht still",
        "wo ist mein Paket",
        "Rechnung stimmt nicht",
        "Vertrag kündigen bitte",
        "geht nicht mehr",
        "Heizung kalt, was tun",
        "vielen lieben Dank",
        "Adresse hat sich geändert",
        "Laterne defekt",
    ],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in SAID.items() for text in texts])
def test_three_words_are_enough(language: Language, text: str) -> None:
    assert judge("", text, stage="fast").language == language
