"""The form of a member of staff: a person as its fields, and its fields as a person."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from common.texts import mark
from common.vocabulary import Language, Role
from routing.person import House, Person, Problem, problems
from routing.staff_cells import NO_CELL, READERS, NoCell, in_cell
from routing.weeks import DAYS, Block, NoWeek, Week, hours_text, read_hours

T = TypeVar("T")
LABELS = {
    "username": mark("User name"),
    "name": mark("Name"),
    "role": mark("Role"),
    "team_id": mark("Team"),
    "queue_ids": mark("Queues"),
    "language": mark("Language of their pages"),
    "has_clearance": mark("Reads confidential tickets"),
    "languages": mark("Helps customers in"),
    "skills": mark("Skills"),
    "cost_per_minute": mark("Cost a minute"),
    "capacity": mark("Capacity"),
    "zone": mark("Time zone"),
    "week": mark("Working hours"),
    "email": mark("E-mail address, for alarms"),
    "is_active": mark("May log in"),
}
NEWCOMER = Person("", "", Role.AGENT, None, has_clearance=False, languages=(Language.NL,))


def fields_of(person: Person) -> dict[str, str]:
    """What stands in the form of this person."""
    ticked = {
        **{f"queue:{queue_id}": "yes" for queue_id in person.queue_ids},
        **{f"speaks:{language}": "yes" for language in person.languages},
    }
    return {
        "username": person.username,
        "name": person.name,
        "role": person.role.value,
        "team_id": person.team_id or "",
        "language": person.language.value,
        "has_clearance": "yes" if person.has_clearance else "",
        "is_active": "yes" if person.is_active else "",
        "cost_per_minute": in_cell("cost_per_minute", person.cost_per_minute),
        "capacity": in_cell("capacity", person.capacity),
        "zone": person.zone,
        "email": person.email or "",
        **ticked,
        **{f"skill:{skill_id}": str(level) for skill_id, level in person.skills.items()},
        **{f"hours:{day}": hours_text(b for b in person.week if b.weekday == day) for day in range(len(DAYS))},
    }


def read_form(fields: Mapping[str, str], within: House) -> tuple[Person, list[Problem]]:
    """The person that the fields describe, and everything about them that does not fit."""
    wrong: list[Problem] = []

    def read(name: str, fallback: T, how: Callable[[str], T] | None = None) -> T:
        try:
            return (how or READERS[name])(fields[name]) if fields.get(name) else fallback
        except NoCell as problem:
            wrong.append(Problem(name, NO_CELL[name], problem.args[0]))
            return fallback

    person = Person(
        username=fields.get("username", ""),
        name=fields.get("name", ""),
        role=read("role", Role.AGENT),
        team_id=fields.get("team_id") or None,
        queue_ids=tuple(_ticked(fields, "queue:")),
        language=read("language", Language.NL),
        has_clearance=bool(fields.get("has_clearance")),
        languages=tuple(Language(each) for each in _ticked(fields, "speaks:") if each in set(Language)),
        skills=_skills(fields),
        cost_per_minute=read("cost_per_minute", Decimal(0)),
        capacity=read("capacity", 0.0),
        zone=fields.get("zone", ""),
        email=fields.get("email"),
        is_active=bool(fields.get("is_active")),
    )
    person = replace(person, week=_week(fields, wrong))
    seen = {problem.field for problem in wrong}
    wrong.extend(problem for problem in problems(person, within) if problem.field not in seen)
    return person, wrong


def changes(before: Person, after: Person) -> list[tuple[str, str, str]]:
    """What is different, as label, before and after, each as a cell of a list says it."""
    documents = before.document(), after.document()
    return [
        (label, in_cell(name, getattr(before, name)), in_cell(name, getattr(after, name)))
        for name, label in LABELS.items()
        if documents[0][name] != documents[1][name]
    ]


def told(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the audit kept, as label and words."""
    return [(label, _words(name, document[name])) for name, label in LABELS.items() if name in document]


def _words(name: str, value: Any) -> str:  # noqa: ANN401 - JSON
    if name == "week":
        blocks = [(day, begins[:5], ends[:5]) for day, begins, ends in value]
        return "; ".join(f"{DAYS[day][0]} {begins}-{ends}" for day, begins, ends in blocks)
    if isinstance(value, list):
        return ", ".join(value)
    return in_cell(name, value)


def _ticked(fields: Mapping[str, str], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in fields if name.startswith(prefix)]


def _skills(fields: Mapping[str, str]) -> dict[str, int]:
    given = {skill_id: fields[f"skill:{skill_id}"] for skill_id in _ticked(fields, "skill:")}
    return {skill_id: int(level) for skill_id, level in given.items() if level.isdecimal() and int(level)}


def _week(fields: Mapping[str, str], wrong: list[Problem]) -> Week:
    blocks: list[Block] = []
    for day in range(len(DAYS)):
        try:
            blocks.extend(read_hours(fields.get(f"hours:{day}", ""), day))
        except NoWeek as problem:
            said = mark("Write hours as in “08:30-12:30 13:00-17:00”; %(value)s is not understood.")
            wrong.append(Problem("week", said, repr(problem.args[0])))
    return tuple(sorted(blocks))
