"""What is wrong with a policy, as sentences with the line that must be mended."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from common.texts import Words, mark
from routing.policy.lookalikes import likeness
from routing.policy.places import Path

LONGEST_QUOTE = 60
MOST_NAMED = 30


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, and an English sentence with values that can be translated."""

    line: int | None  # from 1; None when the text has no lines that count
    sentence: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    path: Path = ()
    is_warning: bool = False  # it can be published like this, and is probably not what was meant

    def said(self, words: Words | None = None) -> str:
        """The sentence in a language, or in English."""
        values = {name: _translated(value, words) for name, value in self.values.items()}
        message = words.gettext(self.sentence) if words else self.sentence
        return message % values if values else message

    def __str__(self) -> str:
        """The line and the sentence, in English."""
        return f"line {self.line}: {self.said()}" if self.line else self.said()


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings from top to bottom, each once."""
    once = {(each.line or 0, each.sentence, str(each.values), str(each.path)): each for each in findings}
    return [once[key] for key in sorted(once)]


def quoted(value: object) -> str:
    """A value as it can be shown to people: short, and with every letter that might deceive written as a number."""
    text = re.sub(r"[^ -~\u00a1-\u024f€…’‘“”–]", lambda c: c[0].encode("unicode_escape").decode(), str(value))
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


def listed(names: Iterable[object]) -> str:
    """Some names with commas between, cut off when there are very many."""
    found = [str(name) for name in names]
    return ", ".join(found[:MOST_NAMED]) + (" …" if len(found) > MOST_NAMED else "")


def nearest(value: object, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty when none is near."""
    names = list(known)
    alike = [name for name in names if likeness(name) == likeness(str(value))]
    return next(iter(alike or get_close_matches(str(value)[:LONGEST_QUOTE], names, n=1, cutoff=0.75)), "")


def no_such(what: str, value: object, known: Iterable[str]) -> tuple[str, dict[str, str | int]]:
    """The sentence about something that is named and does not exist."""
    names = list(known)
    meant = nearest(value, names)
    shown: dict[str, str | int] = {"what": what, "value": quoted(value)}
    if meant:
        return mark("There is no %(what)s “%(value)s”. Do you mean “%(meant)s”?"), {**shown, "meant": meant}
    if names:
        return mark("There is no %(what)s “%(value)s”; there are %(known)s."), {**shown, "known": listed(names)}
    return mark("There is no %(what)s “%(value)s”."), shown


def _translated(value: str | int, words: Words | None) -> str | int:
    return words.gettext(value) if words and isinstance(value, str) and value in WORDS else value


WORDS = frozenset(
    {  # values that are words of ours, not names
        mark("queue"),
        mark("field"),
        mark("skill"),
        mark("segment"),
        mark("class"),
        mark("topic"),
        mark("task type"),
        mark("language"),
        mark("channel"),
        mark("sensitivity"),
        mark("value"),
        mark("text in quotes"),
        mark("true or false"),
        mark("a whole number"),
        mark("a number"),
        mark("a list"),
        mark("a table"),
        mark("the front office"),
        mark("the back office"),
        mark("the field"),
    }
)
