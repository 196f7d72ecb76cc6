"""The encoder reads any text in bounded time, the same way each time."""

import numpy as np
import pytest

from growth import is_linear
from intake.classify.encoder import LONGEST, TAPS, load_encoder

WIDTH = 384


@pytest.mark.parametrize(
    "text", ["", "a", "\ud800", "😀" * 500, "x" * 6000, "De ketel lekt. " * 400, "\u202eمرحبا", "\x00"]
)
def test_any_text_becomes_a_vector(text: str) -> None:
    encoder = load_encoder()
    vector = encoder.vector(text)

    assert vector.shape == (WIDTH * len(TAPS),)
    assert np.isfinite(vector).all()
    assert len(encoder.tokens(text)) <= LONGEST
    assert is_linear(encoder.vector, text)


def test_the_same_text_gives_the_same_vector() -> None:
    encoder = load_encoder()

    assert np.array_equal(encoder.vector("De kraan druppelt"), encoder.vector("De kraan druppelt"))


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    encoder = load_encoder()
    tokens = encoder.tokens("Begin hier. " + "bla " * 3000 + "Eindelijk klaar.")

    assert tokens[:6] == encoder.tokens("Begin hier.")[:6]
    assert tokens[-4:] == encoder.tokens("Eindelijk klaar.")[-4:]


def test_what_means_the_same_lies_closer_than_what_does_not() -> None:
    leak, also_leak, bill = load_encoder().vectors(
        ["De kraan lekt", "The tap is leaking", "Mag ik een kopie van de nota?"]
    )

    assert leak @ also_leak > leak @ bill
