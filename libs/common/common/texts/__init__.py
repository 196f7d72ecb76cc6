"""What people read, in their language: gettext catalogues of the packages, read at start."""

import gettext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from common.vocabulary import Language

SOURCE = Language.EN  # texts stand in the code in English
TRANSLATED = tuple(language for language in Language if language is not SOURCE)
DEFAULT = Language.NL


@dataclass(frozen=True)
class Words:
    """The texts of one package in one language, in which `%(name)s` stands for a value.

    A text that is given values writes a percent sign as `%%`.
    """

    language: Language
    catalogue: gettext.NullTranslations

    def gettext(self, message: str, /, **values: object) -> str:
        """The message in this language."""
        said = self.catalogue.gettext(message)
        return said % values if values else said

    def ngettext(self, one: str, many: str, num: int, /, **values: object) -> str:
        """The message for this number of things, which stands in it as `%(num)s`."""
        return self.catalogue.ngettext(one, many, num) % {"num": num, **values}

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """The message in this language, for English words that mean different things in different places."""
        said = self.catalogue.pgettext(context, message)
        return said % values if values else said


def mark(message: str, /) -> str:
    """The message itself, marked for translation where it is written and translated where it is shown."""
    return message


def read(package: str, language: Language) -> Catalog:
    """The package's catalogue in the language, empty when it has none."""
    file = files(package) / "locale" / language / "LC_MESSAGES" / "messages.po"
    if not file.is_file():
        return Catalog(locale=language.value)
    return read_po(BytesIO(file.read_bytes()), locale=language.value)


@cache
def words(package: str, language: Language) -> Words:
    """The texts of the package in the language, over those that all packages share."""
    catalogue = _compiled(package, language)
    if package != "common":
        catalogue.add_fallback(words("common", language).catalogue)
    return Words(language, catalogue)


def _compiled(package: str, language: Language) -> gettext.NullTranslations:
    if language is SOURCE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read(package, language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
