"""A text read as a policy: what it says, or everything that is wrong with it, line by line."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from common.texts import mark
from routing.policy.document import Part, Policy, Rule, Segment, Share, Then, When
from routing.policy.findings import Finding, in_order, no_such, quoted
from routing.policy.lookalikes import hidden_in
from routing.policy.places import DEEPEST, Path, depth_of, line_at, lines_of, tokens_of

MOST_FINDINGS = 200


@dataclass(frozen=True)
class Read:
    """A text, the policy in it when there is one, and what keeps it from being one."""

    source: str
    policy: Policy | None  # None when there are errors in how it is written
    findings: tuple[Finding, ...] = ()
    version: int | None = None  # the one its writer had seen, when the text says so by `version` on top

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps it from being published; warnings do not."""
        return tuple(finding for finding in self.findings if not finding.is_warning)

    @cached_property
    def lines(self) -> Mapping[Path, int]:
        """The line of everything in it."""
        return lines_of(self.source, is_json=_is_json(self.source))

    def line(self, *path: str | int) -> int | None:
        """The line of something in it."""
        return line_at(self.lines, path)


def read(source: str) -> Read:
    """The policy in a TOML or JSON text; `findings` is empty exactly when there is one."""
    if found := _hidden(source):
        return Read(source, None, tuple(found))
    is_json = _is_json(source)
    depth, line = depth_of(tokens_of(source))
    if depth > DEEPEST:
        return Read(source, None, (Finding(line, mark("Brackets are nested too deeply here.")),))
    try:
        given = _json(source) if is_json else tomllib.loads(source)
    except _Twice as twice:
        sentence = mark("“%(name)s” stands twice in the same table.")
        return Read(source, None, (Finding(None, sentence, {"name": quoted(twice.name)}),))
    except ValueError as error:
        return Read(source, None, (_unreadable(error, is_json=is_json),))
    version = given.pop("version", None) if isinstance(given, dict) else None
    try:
        return Read(source, Policy.model_validate(given), version=version if isinstance(version, int) else None)
    except ValidationError as error:
        problems = _first_causes(error.errors(include_url=False))[:MOST_FINDINGS]
        lines = lines_of(source, is_json=is_json)
        return Read(source, None, tuple(in_order(_found(each, lines) for each in problems)))


def _is_json(source: str) -> bool:
    return source.lstrip().startswith("{")


class _Twice(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _json(source: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                raise _Twice(name)
            found[name] = value
        return found

    return json.loads(source, object_pairs_hook=once)


def _hidden(source: str) -> list[Finding]:
    """Characters that make a reader see another text than the machine, also in comments."""
    sentence = mark("This line holds a character that cannot be seen (%(character)s).")
    lines = enumerate(source.split("\n"), start=1)
    found = [(n, hidden_in(line, "\t\r")) for n, line in lines if not (line.isascii() and line.isprintable())]
    return [Finding(number, sentence, {"character": hidden}) for number, hidden in found if hidden][:MOST_FINDINGS]


def _unreadable(error: ValueError, *, is_json: bool) -> Finding:
    sentence = mark("This is no JSON: %(why)s.") if is_json else mark("This is no TOML: %(why)s.")
    if isinstance(error, json.JSONDecodeError):
        return Finding(error.lineno, sentence, {"why": quoted(error.msg)})
    place = re.search(r"line (\d+)", str(error))
    why = quoted(re.sub(r" \(at [^)]*\)$", "", str(error)))
    return Finding(int(place[1]) if place else None, sentence, {"why": why})


def _first_causes(problems: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the lists that are called empty because nothing in them is right."""
    within = {problem["loc"][:size] for problem in problems for size in range(len(problem["loc"]))}
    return [each for each in problems if each["type"] != "too_short" or each["loc"] not in within]


def _found(problem: ErrorDetails, lines: Mapping[Path, int]) -> Finding:
    path = tuple(part for part in problem["loc"] if part != "[key]")
    sentence, values = _SAID.get(problem["type"], _other)(path, problem)
    return Finding(line_at(lines, path), sentence, values, path)


Said = tuple[str, dict[str, str | int]]


def _field(path: Path) -> str:
    """The name of the field that a path ends in, as it is written."""
    return quoted(next((part for part in reversed(path) if isinstance(part, str)), "rule"))


def _unknown_field(path: Path, _: ErrorDetails) -> Said:
    return no_such("field", path[-1], _fields_at(path[:-1]))


def _missing(path: Path, _: ErrorDetails) -> Said:
    return mark("“%(field)s” is missing here."), {"field": _field(path)}


def _unknown_value(path: Path, problem: ErrorDetails) -> Said:
    known = re.findall(r"'([^']+)'", str(problem["ctx"]["expected"]))
    return no_such(_KINDS.get(_field(path), "value"), problem["input"], known)


def _wrong_form(path: Path, problem: ErrorDetails) -> Said:
    name = "queue" if _field(path) == "queue" else _form_of(path)
    return _FORMS[name], {"value": quoted(problem["input"]), "field": _field(path)}


def _form_of(path: Path) -> str:
    named = [part for part in path if isinstance(part, str)]
    return next((part for part in reversed(named) if part in _FORMS), "")


def _trick(_: Path, problem: ErrorDetails) -> Said:
    return str(problem["ctx"]["sentence"]), {"character": problem["ctx"]["character"]}


def _wrong_type(path: Path, problem: ErrorDetails) -> Said:
    kind = problem["type"].rpartition("_")[0]
    values: dict[str, str | int] = {"field": _field(path), "kind": _TYPES.get(kind, "text in quotes")}
    return mark("“%(field)s” must be %(kind)s."), values


def _out_of_range(path: Path, _: ErrorDetails) -> Said:
    if _field(path) == "share":
        return mark("A share is more than 0 and at most 1."), {}
    if _field(path) == "priority":
        return mark("A priority is 1 to 5; 1 goes first."), {}
    return mark("The level of a skill is 1, 2 or 3."), {}


def _too_few(path: Path, _: ErrorDetails) -> Said:
    if _field(path) == "rule" and len(path) == 1:
        return mark("A policy has at least one rule."), {}
    return mark("“%(field)s” is empty."), {"field": _field(path)}


def _other(path: Path, _: ErrorDetails) -> Said:
    return mark("What “%(field)s” says does not fit."), {"field": _field(path)}


def _fields_at(path: Path) -> Iterable[str]:
    """What may be said at this place."""
    named = tuple(part for part in path if isinstance(part, str))
    model: type[Part] = _MODELS.get(named, Policy)
    return [given.alias or name for name, given in model.model_fields.items()]


_MODELS: Mapping[tuple[str, ...], type[Part]] = {
    ("segment",): Segment,
    ("rule",): Rule,
    ("rule", "when"): When,
    ("rule", "then"): Then,
    ("rule", "then", "promise"): Share,
}
_KINDS = {
    "class": "class",
    "topic": "topic",
    "task_type": "task type",
    "language": "language",
    "channel": "channel",
    "sensitivity": "sensitivity",
}
_TYPES = {
    "string": "text in quotes",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "tuple": "a list",
    "list": "a list",
    "dict": "a table",
    "model": "a table",
}
_SPAN = mark("“%(value)s” is no span of time; write for example 15m, 2h or 1h30m.")
_FORMS = {
    "": mark("“%(value)s” does not fit in “%(field)s”: use small letters, digits and dashes."),
    "queue": mark("“%(value)s” cannot be a queue: their names have small letters, digits and dashes."),
    "confidence": mark("“%(value)s” is no confidence; write for example >=0.6, <0.4 or 0.4..0.6, in hundredths."),
    "region": mark("“%(value)s” is no start of a postcode."),
    "hour": mark("“%(value)s” is no part of a day; write whole hours, for example 8-18 or 22-6."),
    "within": _SPAN,
    "solve": _SPAN,
    "promise": _SPAN,
    "optional_skills": _SPAN,
}
_SAID: Mapping[str, Callable[[Path, ErrorDetails], Said]] = {
    "extra_forbidden": _unknown_field,
    "missing": _missing,
    "enum": _unknown_value,
    "literal_error": _unknown_value,
    "string_pattern_mismatch": _wrong_form,
    "span": _wrong_form,
    "hour": _wrong_form,
    "trick": _trick,
    "greater_than": _out_of_range,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "too_short": _too_few,
    "string_too_short": _too_few,
    **{f"{kind}_type": _wrong_type for kind in _TYPES},
    "float_parsing": _wrong_type,
}
