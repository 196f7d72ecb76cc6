"""Dangers that may never wait: finding them can only raise a judgement to technical or urgent, never lower it."""

import re
from dataclasses import dataclass

from intake.classify.dangers import DANGERS, Danger

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
_DENIED = re.compile(
    rf"\b(?:{_NOT}(?:\W+\w+){{0,2}}|{_SUPPOSED}(?:\W+\w+){{0,3}}|{_PAST}(?:\W+\w+)?|bij|bei)\W*$", re.IGNORECASE
)
_INSIDE = re.compile(rf"\b{_NOT}\b", re.IGNORECASE)
_STARTS = re.compile(r"\b\w{1,4}")
_OVER = re.compile(
    r"^(?:[^\w.!?\n]{0,3}(?:niet|nicht|no longer|geen)\b|"
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
class Watch:
    """One danger, ready to look for: word beginnings to skip it by, expressions, and which of them hold a negation."""

    danger: Danger
    starts: frozenset[str]
    expressions: tuple[tuple[re.Pattern[str], bool], ...]


def _watch(danger: Danger) -> Watch:
    """The danger with its expressions compiled."""
    filled = [told.replace("~~", WIDE_GAP).replace("~", GAP) for told in danger.told]
    return Watch(
        danger,
        frozenset(danger.starts.split()),
        tuple(
            (re.compile(rf"\b(?:{expression})", re.IGNORECASE), bool(_INSIDE.search(told)))
            for expression, told in zip(filled, danger.told, strict=True)
        ),
    )


WATCHED = tuple(_watch(danger) for danger in DANGERS)


def _stands(text: str, found: re.Match[str], *, negates: bool) -> bool:
    """Whether the danger is told as present: not denied, supposed or past, and not over."""
    before = text[max(0, found.start() - BEFORE) : found.start()]
    after = text[found.end() : found.end() + AFTER]
    denied = _DENIED.search(before) or _OVER.search(after) or (not negates and _INSIDE.search(found[0]))
    return not denied


def alarms(text: str) -> list[Alarm]:
    """The dangers a text tells of, each once, in the order of the list."""
    raised: list[Alarm] = []
    starts = set(_STARTS.findall(text.lower()))
    for watch in WATCHED:
        if watch.starts.isdisjoint(starts):
            continue
        told = (
            found
            for expression, negates in watch.expressions
            for found in expression.finditer(text)
            if _stands(text, found, negates=negates)
        )
        if found := next(told, None):
            raised.append(Alarm(watch.danger, found[0]))
    return raised
