"""A list of staff as a spreadsheet saves it: Dutch Excel's semicolons, commas in numbers and old encodings included."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from common.errors import BadInput
from common.texts import mark
from routing.person import Person
from routing.staff_cells import NO_CELL, READERS, NoCell, in_cell

MOST_LINES = 5000
LONGEST_CELL = 2000
LARGEST_BYTES = 900_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Each column as we write it, and what else people call it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "username": ("username", "user name", "gebruikersnaam", "inlognaam", "nom d'utilisateur", "benutzername"),
    "name": ("name", "naam", "nom"),
    "role": ("role", "rol", "rôle", "rolle"),
    "team_id": ("team", "équipe", "ploeg"),
    "queue_ids": ("queues", "wachtrijen", "files", "warteschlangen"),
    "language": ("language", "taal", "langue", "sprache"),
    "languages": ("languages", "talen", "langues", "sprachen"),
    "skills": ("skills", "vaardigheden", "compétences", "fähigkeiten"),
    "has_clearance": ("clearance", "vertrouwelijk", "confidentiel", "vertraulich"),
    "cost_per_minute": ("cost per minute", "kosten per minuut", "coût par minute", "kosten pro minute"),
    "capacity": ("capacity", "capaciteit", "capacité", "kapazität"),
    "week": ("hours", "uren", "werktijden", "horaires", "arbeitszeiten"),
    "zone": ("zone", "tijdzone", "fuseau horaire", "zeitzone"),
    "email": ("email", "e-mail", "mail", "e-mailadres", "courriel", "e-mail-adresse"),
    "is_active": ("active", "actief", "actif", "aktiv"),
}
_FIELD_OF = {called: name for name, words in COLUMNS.items() for called in words}


@dataclass(frozen=True)
class Wrong:
    """What is not right in a file, where, and a sentence with what stands there."""

    line: int
    column: str
    sentence: str
    value: str = ""

    def __str__(self) -> str:
        """The sentence in English, after where it is."""
        return f"line {self.line}, {self.column}: {self.sentence % {'value': self.value}}"


@dataclass(frozen=True)
class Line:
    """One line of the file: what is given, by field; empty cells are left out."""

    number: int
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A file that could be read."""

    lines: tuple[Line, ...]
    wrong: tuple[Wrong, ...]
    headings: Mapping[str, str]  # what each field is called in this file
    text: str  # the file itself

    def where(self, number: int, field: str, sentence: str, value: str = "") -> Wrong:
        """Something not right with a field on a line of this file."""
        return Wrong(number, self.headings.get(field, COLUMNS[field][0]), sentence, value)


def read_sheet(content: bytes) -> Sheet:
    """What the file says. Raises BadInput when it is no list of staff at all."""
    text = _decoded(content)
    rows = _rows(text)
    number, first = next(rows, (0, []))
    headings = _headings(first)
    lines: list[Line] = []
    wrong: list[Wrong] = []
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(lines) == MOST_LINES:
            raise BadInput("This list is too long; at most %(most)s lines fit.", most=MOST_LINES)
        given, problems = _line(number, row, headings)
        lines.append(Line(number, given))
        wrong.extend(problems)
    if not lines:
        raise BadInput("There is nobody in this list: below the headings each line is a member of staff.")
    called = dict(zip(headings, (cell.strip() for cell in first), strict=False))
    return Sheet(tuple(lines), tuple(wrong), called, text)


def write_sheet(people: Iterable[Person]) -> str:
    """These people as a file that `read_sheet` understands and a Dutch Excel opens."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(words[0] for words in COLUMNS.values())
    for person in people:
        writer.writerow(_guarded(in_cell(name, getattr(person, name))) for name in COLUMNS)
    return out.getvalue()


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST_BYTES:
        raise BadInput("This file is too large; at most %(most)s kB fit.", most=LARGEST_BYTES // 1000)
    encoding = next((name for mark_bytes, name in _MARKS if content.startswith(mark_bytes)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what an older Excel writes
    if "\0" in text:
        raise BadInput("This is no text file: save the list as CSV and send that.")
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line where it begins."""
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and re.fullmatch(r"sep=.\s*", lines[0]) else 0  # how Excel names its delimiter
    heading = lines[skipped] if len(lines) > skipped else ""
    reader = csv.reader(lines[skipped:], delimiter=max(";,\t", key=heading.count))
    before = 0
    try:
        for row in reader:
            yield skipped + before + 1, row
            before = reader.line_num
    except csv.Error as error:
        at = skipped + before + 1
        raise BadInput("Line %(line)s cannot be read; are its quotation marks right?", line=at) from error


def _headings(row: list[str]) -> list[str]:
    """The field of each column. Raises BadInput."""
    found = [_FIELD_OF.get(re.sub(r"[\s_]+", " ", cell.strip().casefold()), "") for cell in row]
    for cell, name in zip(row, found, strict=True):
        if not name and cell.strip():
            known = ", ".join(words[0] for words in COLUMNS.values())
            raise BadInput(
                "There is no column %(name)s; there are %(known)s.", name=repr(cell.strip()[:80]), known=known
            )
        if name and found.count(name) > 1:
            raise BadInput("The column %(name)s is there twice.", name=repr(cell.strip()))
    if "username" not in found:
        raise BadInput("The first line must name the columns, and one must be username.")
    return found


def _line(number: int, row: list[str], headings: list[str]) -> tuple[dict[str, Any], list[Wrong]]:
    given: dict[str, Any] = {}
    wrong: list[Wrong] = []
    if len(row) > len(headings) and any(cell.strip() for cell in row[len(headings) :]):
        wrong.append(Wrong(number, str(len(headings) + 1), mark("There are more cells than headings on this line.")))
    for cell, name in zip(row, headings, strict=False):
        text = cell.strip().removeprefix("'")
        if not text or not name:
            continue
        try:
            given[name] = READERS[name](text if len(text) <= LONGEST_CELL else "")
        except NoCell as problem:
            wrong.append(Wrong(number, COLUMNS[name][0], NO_CELL[name], problem.args[0]))
    if "username" not in given:
        wrong.append(Wrong(number, COLUMNS["username"][0], mark("A user name is missing.")))
    return given, wrong


def _guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
