"""What a writer added, told apart from what their mail program quoted, in four languages."""

import re
from collections.abc import Sequence

LONGEST_READ = 200_000
LONGEST_ATTRIBUTION = 360
MOST_LINES_OF_ATTRIBUTION = 4
LABELS_OF_A_HEAD = 3
LINES_OF_A_HEAD = 8

_VERB = r"(?:schreef|wrote|schrieb|a écrit|escribió|geschreven|geschrieben)"
_BEGUN = re.compile(rf"^(?:op|on|am|le|den|il|em)\b.{{3,300}}\b{_VERB}\b.{{0,160}}:$", re.IGNORECASE)
_NAMED = re.compile(rf"^.{{2,200}}\b{_VERB}(?: (?:op|on|am|le)\b.{{4,80}})?\s?:$", re.IGNORECASE)
_PINNED = re.compile(r"@|\b\d{1,2}\s?[:h.]\s?\d{2}\b")  # an address or a time: no person begins a sentence so
_STARTS = re.compile(rf"^(?:op|on|am|le|den|il|em)\s|\b{_VERB}\b", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^\s{0,4}(?:-{2,40}\s{0,3}(?:original (?:message|appointment)|(?:oorspronkelijk|origineel) bericht|"
    r"ursprüngliche nachricht|originalnachricht|original-nachricht|message d['’ ]?origine|message original|"
    r"message initial|doorgestuurd bericht|"
    r"forwarded message|weitergeleitete nachricht|message transféré|reply message|antwoordbericht)\s{0,3}-{0,40}"
    r"|(?:begin doorgestuurd bericht|begin forwarded message|anfang der weitergeleiteten nachricht|"
    r"début du message (?:transféré|réexpédié))\s{0,2}:?)\s{0,4}$",
    re.IGNORECASE,
)
# Some programs write it without a rule around it; a person may write it too, but not above the headers of a mail.
_BARE = re.compile(
    r"^\s{0,4}(?:original message|(?:oorspronkelijk|origineel) bericht|ursprüngliche nachricht|"
    r"original-?nachricht|message (?:d['’ ]?origine|original|initial))\s{0,3}:?\s{0,4}$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s{0,4}(?:_{5,}|-{5,}|={5,}|\*{5,})\s*$")
_FROM = "from|van|von|de|expéditeur|absender|afzender"
_LABEL = re.compile(
    r"^\s{0,4}\*{0,2}(?P<name>from|van|von|de|expéditeur|absender|afzender|sent|verzonden|gesendet|envoyé(?: le)?|"
    r"date|datum|to|aan|an|à|a|destinataire|empfänger|cc|kopie|copie|bcc|subject|onderwerp|betreff|objet|sujet|"
    r"reply-to|importance|priority|urgentie)\*{0,2}\s?:\*{0,2}(?:\s|$)",
    re.IGNORECASE,
)
_IS_FROM = re.compile(rf"^(?:{_FROM})$", re.IGNORECASE)
_GAP = re.compile(r"\n{3,}")
_QUOTED = re.compile(r"^\s{0,3}(?:>|\|\s)")


def newest(text: str) -> str:
    """The writer's own words, wherever between the quotes they stand; everything when there are none of their own."""
    lines = text[:LONGEST_READ].split("\n")
    kept = _own(lines)
    own = "\n".join(kept).strip("\n ")
    return _spaced(own) if own.strip() else text.strip()


def _own(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if _QUOTED.match(lines[at]):
            at += 1
        elif _is_divided(lines, at):
            break
        elif length := _attribution(lines, at):
            if not _is_quoted_after(lines, at + length):
                break
            at += length
        else:
            kept.append(lines[at].rstrip())
            at += 1
    return kept


def _is_divided(lines: Sequence[str], at: int) -> bool:
    """Whether here a mail begins that the program put under the writer's words."""
    line = lines[at]
    if _DIVIDER.match(line):
        return True
    if _RULE.match(line) or _BARE.match(line):
        return _is_head(lines, _filled(lines, at + 1))
    return bool(_LABEL.match(line)) and _is_head(lines, at)


def _is_head(lines: Sequence[str], at: int) -> bool:
    """Whether the lines from here are the headers of a mail: at least three, the sender among them."""
    names: set[str] = set()
    misses = 0
    for line in lines[at : at + LINES_OF_A_HEAD]:
        if found := _LABEL.match(line):
            names.add(found["name"].lower())
        elif line.strip():
            misses += 1
            if not names or misses > 1:
                break
    return len(names) >= LABELS_OF_A_HEAD and any(map(_IS_FROM.match, names))


def _attribution(lines: Sequence[str], at: int) -> int:
    """How many lines from here say "On … she wrote:"; 0 when they do not."""
    if not _STARTS.search(lines[at]) and not (at + 1 < len(lines) and lines[at].rstrip().endswith(">")):
        return 0
    joined = ""
    for number, line in enumerate(lines[at : at + MOST_LINES_OF_ATTRIBUTION], start=1):
        if not line.strip() or _QUOTED.match(line):
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > LONGEST_ATTRIBUTION:
            return 0
        if joined.endswith(":"):
            return number if _says_who_wrote(joined, lines, at + number) else 0
    return 0


def _says_who_wrote(joined: str, lines: Sequence[str], after: int) -> bool:
    if not (_BEGUN.match(joined) or _NAMED.match(joined)):
        return False
    return bool(_PINNED.search(joined)) or _is_quoted_after(lines, after)


def _is_quoted_after(lines: Sequence[str], at: int) -> bool:
    at = _filled(lines, at)
    return at < len(lines) and bool(_QUOTED.match(lines[at]))


def _filled(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _spaced(text: str) -> str:
    return _GAP.sub("\n\n", text)
