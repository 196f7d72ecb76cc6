"""Finds the texts that a package shows people, and brings its catalogues up to date with them."""

import ast
from collections.abc import Iterable, Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from common.texts import TRANSLATED, read
from common.vocabulary import Language

Key = str | tuple[str, str]  # the message, or its singular and plural
Found = tuple[str | None, Key]  # the context and the message

KEYWORDS = {
    "_": None,
    "gettext": None,
    "mark": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_marked": ((1, "c"), 2),
}
TEMPLATES = {".html", ".txt", ".mjml"}


def texts_of(package: str) -> list[Found]:
    """Every text in the package's code, refusals and templates, once, in a fixed order."""
    folder = _folder(package)
    found: set[Found] = set()
    for file in sorted(folder.rglob("*.py")):
        found |= set(_extracted("python", file))
    found |= {(None, str(said.value)) for said in refusals(package) if isinstance(said, ast.Constant)}
    for file in sorted((folder / "templates").rglob("*")):
        if file.suffix in TEMPLATES:
            found |= set(_extracted("jinja2.ext:babel_extract", file))
    return sorted(found, key=lambda each: (str(each[1]), each[0] or ""))


def refusals(package: str) -> Iterator[ast.expr]:
    """What refusals in the package say where they are made: the expression in `NoSuchTicket("There is no …")`."""
    folders = {_folder("common"), _folder(package)}
    trees = {file: ast.parse(file.read_text("utf-8")) for folder in folders for file in sorted(folder.rglob("*.py"))}
    kinds = _kinds_of_refusal(trees.values())
    for file, tree in trees.items():
        for node in ast.walk(tree) if file.is_relative_to(_folder(package)) else ():
            match node:
                case ast.Call(func=ast.Name(name), args=[sentence, *_]) if name in kinds:
                    yield sentence


def update(package: str) -> dict[Language, int]:
    """Bring the package's catalogues up to date, keeping translations; says how many are missing in each language.

    What common already says is left to common, unless the package says it otherwise.
    """
    shared = set(texts_of("common")) if package != "common" else set()
    missing: dict[Language, int] = {}
    for language in TRANSLATED:
        old, new = read(package, language), Catalog(locale=language.value)
        for context, key in texts_of(package):
            known = old.get(_id(key), context)
            if known is None and (context, key) in shared:
                continue
            new.add(key, known.string if known else None, context=context)
        _write(package, language, new)
        missing[language] = sum(not is_translated(message) for message in new if message.id)
    return missing


def is_translated(message: Message) -> bool:
    """Whether every form of the message has its words."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms) and not message.fuzzy


def _id(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def _folder(package: str) -> Path:
    return Path(str(files(package)))


def _extracted(method: str, file: Path) -> Iterator[Found]:
    options = {"silent": "false", "newstyle_gettext": "true", "trimmed": "true"}
    with file.open("rb") as source:
        for _, key, _, context in extract(method, source, KEYWORDS, options=options):
            yield context, key if isinstance(key, str) else (key[0], key[1])


def _kinds_of_refusal(trees: Iterable[ast.Module]) -> set[str]:
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    kinds = {"Refusal"}
    while more := {c.name for c in classes if kinds & {b.id for b in c.bases if isinstance(b, ast.Name)}} - kinds:
        kinds |= more
    return kinds


def _write(package: str, language: Language, catalogue: Catalog) -> None:
    body = BytesIO()
    write_po(body, catalogue, width=110, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    file = _folder(package) / "locale" / language / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(header + body.getvalue().decode(), "utf-8")
