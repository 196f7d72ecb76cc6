"""Every reason can be said in every language, with the customer's own word in it."""

import pytest

from common.vocabulary import Language
from intake.classify import Reason, judge, reason_text
from intake.classify.dangers import DANGERS
from intake.classify.reasons import TEXTS
from intake.classify.stop_words import STOP_WORDS, folded, says_something

CODES = sorted({*TEXTS, *(danger.code for danger in DANGERS)})


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", CODES)
def test_a_reason_is_a_phrase_in_each_language(code: str, language: Language) -> None:
    said = reason_text(Reason(code, "druppelt"), language)

    assert "{" not in said
    assert said != code


@pytest.mark.parametrize("code", CODES)
def test_no_two_languages_say_the_same(code: str) -> None:
    assert len({reason_text(Reason(code, "x"), language) for language in Language}) == len(Language)


def test_a_code_of_a_newer_model_shows_as_itself() -> None:
    assert reason_text(Reason("from_the_future", "x"), Language.NL) == "from_the_future"


def test_braces_in_the_customers_word_do_no_harm() -> None:
    assert "{0}{boom}" in reason_text(Reason("words_routine", "{0}{boom}"), Language.EN)


@pytest.mark.parametrize("word", ["for", "Kunt", "können", "j'ai", "qu’il", "don't", "a", "42", "…", "’s"])
def test_a_word_that_everybody_uses_says_nothing(word: str) -> None:
    assert not says_something(word)


@pytest.mark.parametrize("word", ["ketel", "l'ascenseur", "Störung", "F28", "wifi", "d’eau"])
def test_a_word_of_the_matter_says_something(word: str) -> None:
    assert says_something(word)


def test_stop_words_are_written_as_they_are_looked_up() -> None:
    assert [word for word in STOP_WORDS if folded(word) != word] == []


@pytest.mark.parametrize(
    "text",
    [
        "For the invoice, for me, for my husband and for the accountant please",
        "Ik wil graag weten of u voor mij de factuur kunt sturen",
        "Je voudrais savoir si vous pouvez me renvoyer la facture",
        "Ich wollte nur fragen, ob Sie mir die Rechnung noch einmal schicken können",
    ],
)
def test_a_reason_names_words_of_the_matter_each_once(text: str) -> None:
    judged = judge("", text, stage="fast")
    words = [word for one in judged.reasons if one.code.startswith("words_") for word in str(one.evidence).split(", ")]

    assert words
    assert all(says_something(word) for word in words)
    assert len({folded(word) for word in words}) == len(words)
