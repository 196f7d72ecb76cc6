"""The rounds of a loop look alike, whatever changes in them; what people write does not."""

import pytest

from intake.mail.shapes import shape

ROUND = """Goedendag,

Bedankt voor uw bericht. U krijgt antwoord vandaag voor 17:00.

Bekijk uw bericht: https://loket.example/t/L{n}K3M9QX2?key={key}

Belt u ons? Houd dan uw nummer L-{n}K3M9-QX2C bij de hand."""


@pytest.mark.parametrize("number", range(2, 9))
def test_links_references_and_numbers_do_not_tell_rounds_apart(number: int) -> None:
    first = shape("Wij hebben uw bericht ontvangen (L-7K3M9-QX2C)", ROUND.format(n=1, key="aBcD_eFgH-iJkL"))
    other = shape(
        f"Re: Wij hebben uw bericht ontvangen (L-{number}K3M9-QX2C)", ROUND.format(n=number, key="z" * number)
    )

    assert first == other


@pytest.mark.parametrize(
    "words", ["Het lekt in de keuken.", "De hond van de buren blaft.", "Mijn rekening klopt niet.", ""]
)
def test_other_words_are_another_shape(words: str) -> None:
    assert shape("Vraag", words) != shape("Vraag", "Kunt u mij bellen?")


def test_the_rest_of_a_long_text_does_not_count() -> None:
    assert shape("x", "woord " * 400) == shape("x", "woord " * 350)


@pytest.mark.parametrize("piece", ["http://", "9", "a-bbbb-", "www.", "re: ", " ", "x" * 50])
def test_no_text_takes_long(piece: str) -> None:
    shape(piece * 200, piece * 20_000)
