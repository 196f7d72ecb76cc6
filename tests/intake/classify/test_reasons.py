"""Every reason can be said in every language, with the customer's own word in it."""

import pytest

from common.vocabulary import Language
from intake.classify import Reason, reason_text
from intake.classify.dangers import DANGERS
from intake.classify.reasons import TEXTS

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
