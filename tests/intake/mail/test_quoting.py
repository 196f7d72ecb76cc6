"""What a customer added is told apart from what their mail program quoted."""

import re

import pytest

from intake.classify.reading import newest as judged_words
from intake.mail.markup import text_of
from intake.mail.quoting import newest
from more_quoted_samples import more_samples
from quoted_samples import Sample, samples

SAMPLES = list(samples())
MORE = list(more_samples())


def same(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def found(sample: Sample) -> str:
    return newest(text_of(sample.html) if sample.html else sample.text)


def test_nearly_every_answer_is_found_whole_and_alone() -> None:
    wrong = [sample for sample in SAMPLES if same(found(sample)) != same(sample.added)]

    assert len(SAMPLES) >= 200
    assert len({sample.program.partition(",")[0] for sample in SAMPLES}) >= 10
    assert len(wrong) <= 0.03 * len(SAMPLES), [(s.program, s.language, found(s)) for s in wrong]


def test_so_it_is_with_programs_the_rules_were_not_made_by() -> None:
    wrong = [sample for sample in MORE if same(found(sample)) != same(sample.added)]

    assert len(MORE) >= 200
    assert len(wrong) <= 0.03 * len(MORE), [(s.program, s.language, found(s)) for s in wrong]


def test_what_is_judged_has_no_signature_either() -> None:
    for sample in SAMPLES:
        assert "12345678" not in judged_words(found(sample)), sample


@pytest.mark.parametrize(
    "text",
    [
        "Geachte heer,\n\nOp 3 november schreef uw collega:\nwij komen morgen.\n\nEr kwam niemand.",
        "On Monday your colleague wrote:\n\nwe come tomorrow. Nobody came.",
        "From: my window I see a broken lamp.\n\nAnna",
        "-----\nAnna\n-----",
        "Original message:\nthe meter is broken.\nAnna",
        "Mijn vraag:\nOrigineel bericht\nVan: het plafond komt water.",
        "Hallo\n\n_____\nnaam: Anna",
        "Le technicien a écrit : bon.\nIl est parti.",
        "3 > 2\n2 < 3",
        "",
    ],
)
def test_words_that_look_like_a_quote_stay(text: str) -> None:
    assert newest(text) == text


def test_a_mail_of_quotes_alone_is_kept() -> None:
    assert newest("> alleen dit") == "> alleen dit"


def test_answers_between_the_quotes_are_kept_in_order() -> None:
    text = "On 23/11/2026 10:15, Loket wrote:\n> Which day?\n\nTuesday.\n\n> Which hour?\n\nTen."

    assert newest(text) == "Tuesday.\n\nTen."


@pytest.mark.parametrize(
    "piece", ["> ", "On x ", "From: a\n", "-----\n", "a@b wrote:\n", "Op 1 ", "\n", ">" * 50 + "\n"]
)
def test_no_text_takes_long(piece: str) -> None:
    newest(piece * (200_000 // len(piece)))
