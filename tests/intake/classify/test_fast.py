"""The fast stage's arithmetic in a few array operations gives what the plain way gives, step by step."""

import unicodedata
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from intake.classify.comparing import held_out
from intake.classify.features import BUCKET_BITS, SIGNS, hashed
from intake.classify.model import load
from intake.classify.vectors import known, weighted

ODD = ["", "a", "!!", "🔥", "  ", "\n", "é", "a b", "مرحبا أحتاج", "? ? ?", "12 34 €5", "\ud800 kapot"]
TEXTS = [*(example.text for example in held_out()[::2]), *ODD, "👩🏽‍🔧 stuk", "x" * 300]
WHOLE = 2**32


def plain_words(text: str) -> list[tuple[str, str]]:
    """The words and signs of a text, each with the letters it is read as."""
    words: list[tuple[str, str]] = []
    before = " "
    for character in text:
        code = ord(character)
        folded = chr(0xE000 + (code & 0xFFF)) if code >= 0x10000 else character
        kind = kind_of(folded)
        if kind == "letter" == before:
            words[-1] = ("letter", words[-1][1] + read_as(folded))
        elif kind != " ":
            words.append((kind, read_as(folded) if kind == "letter" else folded))
        before = kind
    return words


def kind_of(character: str) -> str:
    if character.isalpha() or character.isdigit():
        return "letter"
    return "sign" if character in SIGNS or unicodedata.category(character) in {"So", "Co"} else " "


def read_as(character: str) -> str:
    return unicodedata.normalize("NFKD", character.lower())[0] if character.isalpha() else "0"


def bucket(number: int) -> int:
    mixed = (number ^ (number >> 15)) * 0x2C1B3C6D % WHOLE
    return (mixed ^ (mixed >> 13)) >> (32 - BUCKET_BITS)


def word_hash(letters: str) -> int:
    total = 0
    for place, letter in enumerate(letters):
        mixed = (ord(letter) + 1) * 0x2C1B3C6D % WHOLE
        total += (mixed ^ (mixed >> 11)) * (place * 0x01000193 % WHOLE | 1)
    return total * 0x85EBCA77 % WHOLE


def group_hash(letters: str) -> int:
    total = 0
    for letter in letters:
        total = (total * 0x01000193 + ord(letter)) % WHOLE
    return (total + len(letters)) % WHOLE


def plain_buckets(text: str) -> Counter[int]:
    """Every feature of a text, found letter by letter."""
    words = plain_words(text)
    hashes = [word_hash(letters) for _, letters in words]
    found = [*hashes, *((one * 0x01000193 + next_one + 0x9E3779B1) % WHOLE for one, next_one in pairwise(hashes))]
    for kind, letters in words:
        bordered = f" {letters} " if kind == "letter" else ""
        found += [
            group_hash(bordered[at : at + size]) for size in range(2, 6) for at in range(len(bordered) - size + 1)
        ]
    return Counter(bucket(number % WHOLE) for number in found)


def test_the_features_are_those_found_letter_by_letter() -> None:
    for text in TEXTS:
        assert Counter(hashed([text]).buckets.tolist()) == plain_buckets(text), text


def test_a_batch_has_the_features_of_each_of_its_messages() -> None:
    together = hashed(TEXTS)
    for at, text in enumerate(TEXTS):
        assert Counter(together.buckets[together.owners == at].tolist()) == plain_buckets(text), text


def test_every_feature_stands_in_the_word_it_says() -> None:
    text = "De lift, alweer: 3 keer!"
    found = hashed([text])
    begins = [found.joined[start:].split()[0] for start in found.word_starts]

    assert begins == ["De", "lift,", "alweer:", "3", "keer!", "!"]
    assert sorted(set(found.words.tolist())) == list(range(6))


def test_a_row_is_how_often_times_how_telling_brought_to_length_one() -> None:
    model = load()
    for text in TEXTS:
        found = weighted(known(hashed([text]), model.columns), model.vocabulary.telling)
        counts = Counter(int(model.columns[number]) for number in plain_buckets(text).elements())
        values = {
            column: (1 + np.log(count)) * float(model.vocabulary.telling[column])
            for column, count in counts.items()
            if column >= 0
        }
        length = np.sqrt(sum(value**2 for value in values.values()))
        row = dict(zip(found.columns.tolist(), found.values.tolist(), strict=True))
        assert row == pytest.approx({column: value / length for column, value in values.items()}, abs=1e-6), text


def test_the_scores_are_the_product_of_rows_and_weights() -> None:
    model = load()
    scored = model.score(TEXTS)
    whole = scored.rows.matrix().astype(np.float64) @ model.weights.astype(np.float64) + model.offsets

    assert np.abs(np.hstack(list(scored.answers.values())) - whole).max() < 1e-4
