"""Single cells of a list of staff: how each is read, and how it is written."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from common.texts import mark
from common.vocabulary import Language, Role
from routing.weeks import NoWeek, Week, read_week, week_text

NOTHING = "-"  # empties a list; an empty cell leaves it as it is
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,12})?")
_YES = {"yes", "y", "ja", "j", "oui", "o", "1", "x", "true", "waar", "vrai", "wahr"}
_NO = {"no", "n", "nee", "non", "nein", "0", "false", "onwaar", "faux", "falsch", NOTHING}
_ROLES = {
    **{role.value: role for role in Role},
    **dict.fromkeys(("medewerker", "collaborateur", "mitarbeiter"), Role.AGENT),
    **dict.fromkeys(("monteur", "technicus", "technicien", "techniker"), Role.TECHNICIAN),
    **dict.fromkeys(("teamleider", "leidinggevende", "responsable", "teamleiter", "teamleitung"), Role.LEAD),
    **dict.fromkeys(("beheerder", "administrateur", "administrator"), Role.ADMIN),
    "partenaire": Role.PARTNER,
}
NO_CELL = {
    "username": mark("A user name is missing."),
    "name": mark("A name has at most 200 characters."),
    "role": mark("There is no role %(value)s; there are agent, technician, partner, lead and admin."),
    "team_id": mark("There is no team %(value)s."),
    "queue_ids": mark("There is no queue %(value)s."),
    "language": mark("There is no language %(value)s; there are nl, en, fr and de."),
    "languages": mark("There is no language %(value)s; there are nl, en, fr and de."),
    "skills": mark("Write skills with their level, as in “gas:3, heating:1”; this is %(value)s."),
    "has_clearance": mark("Write yes or no, not %(value)s."),
    "cost_per_minute": mark("%(value)s is no amount; write euro a minute, as in 0,85."),
    "capacity": mark("%(value)s is no number of units."),
    "week": mark("Write hours as in “mo-fr 08:30-12:30 13:00-17:00; sa 9-13”; %(value)s is not understood."),
    "zone": mark("There is no time zone %(value)s."),
    "is_active": mark("Write yes or no, not %(value)s."),
    "email": mark("%(value)s is no e-mail address."),
}


class NoCell(ValueError):
    """A cell cannot be read; the argument is what stands in it."""


def in_cell(name: str, value: Any) -> str:  # noqa: ANN401 - whatever the field of a person holds
    """The value of a field as one cell."""
    match value:
        case bool():
            text = "yes" if value else "no"
        case Decimal() | float():
            text = f"{value:f}".rstrip("0").rstrip(".").replace(".", ",")
        case dict():
            text = ", ".join(f"{skill}:{level}" for skill, level in value.items())
        case tuple():
            text = week_text(value) if name == "week" else ", ".join(value)
        case _:
            text = str(value or "")
    return text


def _text(cell: str) -> str:
    if not cell:
        raise NoCell(cell)
    return cell


def _words(cell: str) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"[,|/;]", _text(cell))]
    return tuple(part for part in parts if part and part != NOTHING)


def _role(cell: str) -> Role:
    try:
        return _ROLES[cell.casefold()]
    except KeyError as error:
        raise NoCell(repr(cell)) from error


def _language(cell: str) -> Language:
    try:
        return Language(cell.casefold())
    except ValueError as error:
        raise NoCell(repr(cell)) from error


def _languages(cell: str) -> tuple[Language, ...]:
    return tuple(_language(word) for word in _words(cell))


def _skills(cell: str) -> dict[str, int]:
    found = {}
    for word in _words(cell):
        match = re.fullmatch(r"(\S+?)\s*[: ]\s*(\d{1,3})", word)
        if not match:
            raise NoCell(repr(word))
        found[match[1].casefold()] = int(match[2])
    return found


def _yes(cell: str) -> bool:
    if cell.casefold() not in _YES | _NO:
        raise NoCell(repr(cell))
    return cell.casefold() in _YES


def _number(cell: str) -> Decimal:
    plain = re.sub(r"[€\s]", "", cell)
    if not _NUMBER.fullmatch(plain):
        raise NoCell(repr(cell))
    return Decimal(plain.replace(",", "."))


def _week(cell: str) -> Week:
    if cell == NOTHING:
        return ()
    try:
        return read_week(_text(cell))
    except NoWeek as error:
        raise NoCell(repr(error.args[0])) from error


READERS: Mapping[str, Callable[[str], Any]] = {
    "username": _text,
    "name": _text,
    "role": _role,
    "team_id": lambda cell: None if cell == NOTHING else _text(cell).casefold(),
    "queue_ids": _words,
    "language": _language,
    "languages": _languages,
    "skills": _skills,
    "has_clearance": _yes,
    "cost_per_minute": _number,
    "capacity": lambda cell: float(_number(cell)),
    "week": _week,
    "zone": _text,
    "is_active": _yes,
    "email": lambda cell: None if cell == NOTHING else _text(cell),
}
