"""Every text that people read has its words in Dutch, French and German, with the same values in it."""

import re

import pytest

from common.texts import TRANSLATED, read
from common.texts.extraction import is_translated, texts_of
from common.vocabulary import Language

PACKAGES = ("common", "intake", "routing", "notifications")
VALUE = re.compile(r"%(?:\((\w+)\))?[a-z%]")


def values(text: str | None) -> set[str]:
    return set(VALUE.findall(text or "")) - {""}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_is_left_untranslated(package: str, language: Language) -> None:
    own, shared = read(package, language), read("common", language)
    missing = []
    for context, key in texts_of(package):
        message_id = key if isinstance(key, str) else key[0]
        known = own.get(message_id, context) or shared.get(message_id, context)
        if known is None or not is_translated(known):
            missing.append((context, key))

    assert not missing, f"run `python -m common.texts update {package}` and fill these in"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("package", PACKAGES)
def test_a_translation_names_the_values_of_its_original(package: str, language: Language) -> None:
    for message in read(package, language):
        if not message.id:
            continue
        originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        allowed = set.union(*(values(original) for original in originals))
        for form in forms:
            assert values(form) <= allowed, (message.id, form)
        assert values(forms[-1]) == values(originals[-1]), message.id


@pytest.mark.parametrize("package", PACKAGES)
def test_catalogues_hold_nothing_that_is_no_longer_said(package: str) -> None:
    said = set(texts_of(package))
    for language in TRANSLATED:
        kept = {
            (m.context, m.id if isinstance(m.id, str) else (m.id[0], m.id[1])) for m in read(package, language) if m.id
        }
        assert kept <= said, f"run `python -m common.texts update {package}`"
