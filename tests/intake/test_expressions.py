"""No regular expression of intake costs more than its text is long, whatever the text; none hides from this test."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from time import process_time

import pytest

import intake
from growth import is_linear

FOLDER = Path(intake.__file__).parent
NOT_SERVING = re.compile(r"\.(migrations|building|\w*training|__main__)\b")
SHORT, LONG = 3_000, 12_000
CHEAP_SECONDS = 0.003  # a quadratic search of a short text takes several times this, of a long one hundreds of times
PIECES = (*" \t\na0é>-_=<&.,;:@(['\"/!?+*|#%\\", "a ", " a\n", "a.", "x@", "<a", "=?", "\r\n", "- ", "1 ", "a,", "\0")
LITERALS = re.compile(r"[a-zà-ÿ]{2,}|[-<>_=:@]")
MOST_LITERALS = 6
PREFIXED = (" ", "a", "a ")
END = "¤a"

Pattern = re.Pattern[str] | re.Pattern[bytes]


def held_by(value: object) -> Iterator[Pattern]:
    """Every compiled expression in a value, also inside tuples, tables and records."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from held_by([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from held_by(each)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from held_by([getattr(value, field.name, None) for field in fields(value)])


@cache
def expressions() -> dict[Pattern, str]:
    """Every compiled expression of the modules that serve, and where it stands."""
    names = [module.name for module in walk_packages(intake.__path__, "intake.")]
    found: dict[Pattern, str] = {}
    for name in names:
        if not NOT_SERVING.search(name):
            for place, value in vars(import_module(name)).items():
                if not place.startswith("__"):
                    found |= {each: found.get(each, f"{name}.{place}") for each in held_by(value)}
    return found


def pieces(pattern: Pattern) -> set[str]:
    """What may be slow when it is repeated: signs, and what the expression itself begins with, also before a sign."""
    shape = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    literals = list(dict.fromkeys(LITERALS.findall(shape)))[:MOST_LITERALS]
    return {*PIECES, *literals, *(f"{each} " for each in literals), " ".join(literals[:3]), "".join(literals[:3])} - {
        ""
    }


def makings(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """What texts made to be slow for it begin with, and what they repeat."""
    found = pieces(pattern)
    yield from (("", piece) for piece in found)
    yield from ((start, piece) for start in found - set(PIECES) for piece in PREFIXED)


def made(start: str, piece: str, length: int) -> str:
    """Such a text; its end is neither a word's nor a gap's, so that what looks for the end of the text goes back."""
    return start + piece * (length // len(piece)) + END


def search(pattern: Pattern, text: str) -> None:
    if isinstance(pattern.pattern, bytes):
        for _ in re.finditer(pattern, text.encode()):
            pass
    else:
        for _ in re.finditer(pattern, text):
            pass


def slow_text(pattern: Pattern) -> str | None:
    """A text that costs the expression more than its length, cut short for reading; None when there is none."""
    for start, piece in makings(pattern):
        began = process_time()
        search(pattern, made(start, piece, SHORT))
        # Most cost next to nothing; only what does is looked at again, at full length.
        if process_time() - began > CHEAP_SECONDS:
            long = made(start, piece, LONG)
            if not is_linear(lambda part: search(pattern, part), long):
                return long[:40]
    return None


def test_no_expression_costs_more_than_its_text_is_long() -> None:
    slow = {where: found for pattern, where in expressions().items() if (found := slow_text(pattern))}

    assert not slow
    assert len(expressions()) > 200


@pytest.mark.parametrize("slow", [r"\s+$", r"\w+-", r"[^\n]+:\n"])
def test_an_expression_that_is_slow_is_found(slow: str) -> None:
    assert slow_text(re.compile(slow))


def test_no_expression_is_compiled_where_this_test_does_not_see_it() -> None:
    used = [
        f"{path.relative_to(FOLDER)}:{node.lineno}"
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "re"
        and node.attr in {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
    ]

    assert not used
