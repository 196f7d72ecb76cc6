"""Dangers that may never wait: finding them can only raise a judgement to technical or urgent, never lower it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.classify.dangers import DANGERS, Danger
from intake.classify.pressing import PRESSING

GAP = r"(?:[^\w.!?\n]+\w+){0,3}?[^\w.!?\n]+"
WIDE_GAP = r"(?:[^\w.!?\n]+\w+){0,8}?[^\w.!?\n]+"
BEFORE, AFTER = 48, 40  # characters looked at around the words
_NOT = (
    r"(?:geen|niet|nooit|zonder|no|not|never|without|isn['’]t|doesn['’]t|don['’]t|wasn['’]t|didn['’]t|"
    r"pas|aucune?|sans|jamais|ni|kein|keine|keinen|keiner|keinerlei|nicht|ohne|nie)"
)
_SUPPOSED = r"(?:als|indien|stel dat|if|in case of|when you|si|s['’]il y a|en cas d[e'’]|falls|wenn)"
_PAST = (
    r"(?:was|waren|stond|stonden|had|hadden|geweest|vorige?|vorig|destijds|toen|were|last|after|since the|après|"
    r"repaired|fixed|mended|cleared|était|avait|suite à|dernière?|war|waren|hatte|hatten|stand|damals|letzten?|nach|na)"
)
_DENIED = re.compile(rf"\b(?:{_NOT}(?:\W+\w+){{0,2}}|{_SUPPOSED}(?:\W+\w+){{0,3}}|bij|bei)\W*$", re.IGNORECASE)
_BYGONE = re.compile(rf"\b{_PAST}(?:\W+\w+)?\W*$", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:sinds|sedert|since|depuis|seit)\W+(?:vorige|verleden|afgelopen|last|letzte[rmn]?|la|le|l)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
_INSIDE = re.compile(rf"\b{_NOT}\b", re.IGNORECASE)
_STARTS = re.compile(r"\b\w{1,4}")
_GROUP = re.compile(r"\(\?:([^()]*)\)(?!\?)")
_HEAD = re.compile(r"\w+(?![?*{])|\w+(?=\w[?*{])")
_OVER = re.compile(
    r"^(?:[^\w.!?\n]{0,3}(?:niet|nicht|no longer|geen)\b|"
    r"[^\w.!?\n]{0,3}(?:van |of |de la |von )?(?:vorige|verleden|afgelopen|last|letzte[rn]?|vergangene[rn]?) "
    r"(?:week|woche|maand|month|monat)\b|[^\w.!?\n]{0,3}(?:de la |la )?semaine (?:dernière|passée)\b|"
    r"[^.!?\n]{0,24}\b(?:is weg|weer weg|voorbij|opgelost|verholpen|gerepareerd|gemaakt|geweest|gedicht|geblust|"
    r"gone|fixed|resolved|repaired|mended|sorted|réparée?s?|résolue?s?|disparue?s?|terminée?s?|"
    r"behoben|ist weg|vorbei|repariert|erledigt|gelöscht)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Alarm:
    """A danger found in a text, and the words that told it."""

    danger: Danger
    evidence: str


@dataclass(frozen=True)
class Expression:
    """One way to tell a danger, compiled; whether it holds a negation itself; and how its first word can begin."""

    pattern: re.Pattern[str]
    negates: bool
    begins: frozenset[str]


@dataclass(frozen=True)
class Watch:
    """One danger, ready to look for: word beginnings to skip it by, and the expressions that tell it."""

    danger: Danger
    starts: frozenset[str]
    expressions: tuple[Expression, ...]


def _begins(told: str) -> frozenset[str]:
    """The first letters, at most four, with which a match of the expression can begin."""
    group = _GROUP.match(told)
    heads = group[1].split("|") if group else [told]
    found = [_HEAD.match(head) for head in heads]
    return frozenset(match[0][:4] if match else "" for match in found)


def _expression(told: str) -> Expression:
    """The expression from the beginning of a word, its gaps filled in."""
    filled = told.replace("~~", WIDE_GAP).replace("~", GAP)
    return Expression(re.compile(rf"\b(?:{filled})", re.IGNORECASE), bool(_INSIDE.search(told)), _begins(told))


def _watch(danger: Danger) -> Watch:
    """The danger with its expressions compiled."""
    return Watch(danger, frozenset(danger.starts.split()), tuple(_expression(told) for told in danger.told))


WATCHED = tuple(_watch(danger) for danger in (*DANGERS, *PRESSING))
_BY_START = {
    start: [number for number, watch in enumerate(WATCHED) if start in watch.starts]
    for start in frozenset().union(*(watch.starts for watch in WATCHED))
}
_STARTING = frozenset(_BY_START)


def _stands(text: str, found: re.Match[str], *, negates: bool) -> bool:
    """Whether the danger is told as present: not denied, supposed or past, and not over."""
    before = text[max(0, found.start() - BEFORE) : found.start()]
    after = text[found.end() : found.end() + AFTER]
    bygone = _BYGONE.search(before) and not _SINCE.search(before)
    denied = bygone or _DENIED.search(before) or _OVER.search(after) or (not negates and _INSIDE.search(found[0]))
    return not denied


def _told(watch: Watch, text: str, beginnings: set[str]) -> Iterator[str]:
    """The words by which the text tells the danger."""
    for expression in watch.expressions:
        if expression.begins.isdisjoint(beginnings):
            continue
        for found in expression.pattern.finditer(text):
            if _stands(text, found, negates=expression.negates):
                yield found[0]


def alarms(text: str) -> list[Alarm]:
    """The dangers a text tells of, each once, in the order of the list."""
    words = set(_STARTS.findall(text.lower()))
    if not (starting := _STARTING & words):
        return []
    beginnings = {word[:length] for length in range(5) for word in words}
    watched = [WATCHED[number] for number in sorted({number for start in starting for number in _BY_START[start]})]
    told = [(watch.danger, next(_told(watch, text, beginnings), None)) for watch in watched]
    return [Alarm(danger, evidence) for danger, evidence in told if evidence]
