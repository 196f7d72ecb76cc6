"""Every text that people read has its words in Dutch, French and German, with the same values in it."""

import ast
import re
from functools import cache

import pytest

from common.texts import TRANSLATED, read
from common.texts.extraction import is_translated, refusals, texts_of
from common.vocabulary import Language

PACKAGES = ("common", "intake", "routing", "notifications")
VALUE = re.compile(r"%(?:\((\w+)\))?[a-z%]")


said_in = cache(texts_of)
catalogue = cache(read)


def values(text: str | None) -> set[str]:
    return set(VALUE.findall(text or "")) - {""}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_left_untranslated(package: str, language: Language) -> None:
    own, shared = catalogue(package, language), catalogue("common", language)
    missing = []
    for context, key in said_in(package):
        message_id = key if isinstance(key, str) else key[0]
        known = own.get(message_id, context) or shared.get(message_id, context)
        if known is None or not is_translated(known):
            missing.append((context, key))

    assert not missing, f"run `python -m common.texts update {package}` and fill these in"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("package", PACKAGES)
def test_a_translation_names_the_values_of_its_original(package: str, language: Language) -> None:
    for message in catalogue(package, language):
        if not message.id or not is_translated(message):
            continue
        originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        allowed = set.union(*(values(original) for original in originals))
        for form in forms:
            assert values(form) <= allowed, (message.id, form)
        assert values(forms[-1]) == values(originals[-1]), message.id


@pytest.mark.parametrize("package", PACKAGES)
def test_catalogues_hold_nothing_that_is_no_longer_said(package: str) -> None:
    said = set(said_in(package))
    for language in TRANSLATED:
        kept = {
            (m.context, m.id if isinstance(m.id, str) else (m.id[0], m.id[1]))
            for m in catalogue(package, language)
            if m.id
        }
        assert kept <= said, f"run `python -m common.texts update {package}`"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_refusal_says_a_text_that_can_be_translated(package: str) -> None:
    made_up = [ast.unparse(said) for said in refusals(package) if isinstance(said, ast.JoinedStr | ast.BinOp)]

    assert not made_up, "write %(name)s and give the value by name"
