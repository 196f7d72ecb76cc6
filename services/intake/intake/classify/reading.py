"""From a mail or form to the words that count: the newest text of the writer, without quotes, signatures and markup."""

import html
import re

LONGEST_READ = 100_000  # characters looked at
LONGEST_KEPT = 6_000  # characters judged: the beginning and the end of what is left
TAIL_KEPT = 1_500
MOST_HIDDEN = 50  # style sheets and scripts removed one by one; more is not a letter

_SUBJECT = re.compile(
    r"\A\s*(?:onderwerp|betreft|subject|betreff|objet|sujet)[ \t]{0,3}:[ \t]*([^\n]{0,300})(?:\n|\Z)", re.IGNORECASE
)
_REPLY = re.compile(
    r"\A[\s\[]{0,5}(?:re|fw|fwd|aw|wg|tr|antw|doorst|réf|rép)(?:\[\d{1,3}\])?[ \t]{0,3}:", re.IGNORECASE
)
_MAIL = re.compile(
    r"^[ \t]{0,8}(?:>|-{2,}|_{5,}|={5,}|(?:van|from|von|de|expéditeur|absender|afzender)[ \t]{0,3}:|"
    r"begin doorgestuurd|von mein|"
    r"(?:verzonden|verstuurd|sent|get outlook|gesendet|envoyé|télécharge)\b)|(?:schreef|wrote|schrieb|écrit)|"
    r"(?:vertrouwelijk|confidential|vertraulich|confidentiel)|</",
    re.IGNORECASE | re.MULTILINE,
)
_CUT = re.compile(
    r"^[ \t]{0,8}(?:"
    r"-{2,40}[ \t]{0,3}(?:original message|oorspronkelijk bericht|ursprüngliche nachricht|message d['’]origine|"
    r"message (?:initial|transféré)|forwarded message|doorgestuurd bericht|weitergeleitete nachricht)[^\n]{0,80}"
    r"|begin doorgestuurd bericht[^\n]{0,20}"
    r"|(?:_{5,200}|-{3,200}|={3,200})[ \t]{0,8}\n(?=[ \t]{0,8}(?:van|from|von|de)[ \t]{0,3}:)"
    r"|-{2,40}[^\n]{0,20}(?:ursprüngliche|original|oorspronkelijk|initial)\w{0,3} [^\n]{0,40}-{2,40}[ \t]{0,8}$"
    r"|(?:van|from|von|de|expéditeur|absender|afzender)[ \t]{0,3}:[^\n]{1,200}\n"
    r"(?=(?:[^\n]{0,200}\n){0,2}?[ \t]{0,8}"
    r"(?:verzonden|datum|aan|sent|date|to|gesendet|an|envoyé|à|cc|onderwerp|subject|betreff|objet)[ \t]{0,3}:)"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_ATTRIBUTION = re.compile(
    r"^[ \t]{0,8}(?:op|on|am|le|il|em)[ \t][^\n]{3,160}(?:\n[^\n]{0,100})?"
    r"\b(?:schreef|wrote|schrieb|a écrit)\b[^\n]{0,120}(?:\n[ \t]{0,8}<[^\n<>]{1,100}>[ \t]{0,3}:)?$|"
    r"^[^\n>]{3,160}\b(?:schreef|wrote|schrieb|a écrit)[ \t]{0,3}:[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"^[ \t]{0,8}>[^\n]*\n?", re.MULTILINE)
_SIGNATURE = re.compile(r"^--[ \t]{0,2}$", re.MULTILINE)
_FOOTER = re.compile(
    r"^[ \t]{0,8}(?:(?:verzonden|verstuurd) (?:vanaf|vanuit|via|met)|sent (?:from|via)|get outlook|"
    r"gesendet (?:von|mit|aus)|von meinem \S{1,20} gesendet|envoyé (?:de|depuis|à partir|avec)|"
    r"télécharge[rz] outlook)\b[^\n]{0,120}$",
    re.IGNORECASE | re.MULTILINE,
)
_DISCLAIMER = re.compile(
    r"^[^\n]{0,60}(?:(?:e-?mail|bericht|message|nachricht|courriel)\b[^\n]{0,80}"
    r"\b(?:vertrouwelijk|confidential|privileged|vertraulich|confidentiel)|"
    r"intended (?:solely|only) for|uitsluitend bestemd voor|ausschließlich für den|exclusivement destiné)",
    re.IGNORECASE | re.MULTILINE,
)
_HIDDEN = re.compile(r"<(style|script|head|!--)", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", re.IGNORECASE)
_BLOB = re.compile(r"\S{60,}")


def _without_hidden(text: str) -> str:
    """The text without style sheets, scripts and comments; an unclosed one runs to the end."""
    kept: list[str] = []
    at = 0
    while opened := _HIDDEN.search(text, at):
        kept.append(text[at : opened.start()])
        name = opened[1].lower()
        closing = "--" if name == "!--" else f"</{name}"
        end = text.lower().find(closing, opened.end()) if len(kept) < MOST_HIDDEN else -1
        if end < 0:
            return "".join(kept)
        at = text.find(">", end) + 1 or len(text)
    return "".join([*kept, text[at:]])


def _without_markup(text: str) -> str:
    """The readable words of an HTML body."""
    return html.unescape(_TAG.sub(" ", _BREAK.sub("\n", _without_hidden(text))))


def _before(pattern: re.Pattern[str], text: str) -> str:
    """The text up to the first match, or all of it when nothing would be left."""
    found = pattern.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text


def newest(body: str) -> str:
    """The words the writer added: quotes, forwarded mail, signatures, footers and markup are gone."""
    text = body[:LONGEST_READ].replace("\x00", " ").replace("\r\n", "\n").replace("\r", "\n")
    if ("\n" not in text and "</" not in text) or not _MAIL.search(text):
        return text
    if "</" in text:
        text = _without_markup(text)
    text = _before(_CUT, text)
    kept = _QUOTED.sub("", _ATTRIBUTION.sub("", text))
    text = kept if kept.strip() else text
    return _FOOTER.sub("", _before(_DISCLAIMER, _before(_SIGNATURE, text)))


def _shortened(text: str) -> str:
    """At most so many characters, from the beginning and the end."""
    if len(text) <= LONGEST_KEPT:
        return text
    return f"{text[: LONGEST_KEPT - TAIL_KEPT]} \n {text[-TAIL_KEPT:]}"


def split_subject(text: str) -> tuple[str, str]:
    """A leading "Subject: …" line, in any of the four languages, as the subject, and the rest."""
    found = _SUBJECT.match(text)
    return (found[1].strip(), text[found.end() :]) if found else ("", text)


def read(subject: str, body: str) -> str:
    """What is judged: the writer's own subject (not that of a reply or forward) and the newest text."""
    if not subject:
        subject, body = split_subject(body)
    words = newest(body).strip()
    if subject and (not words or not _REPLY.match(subject)):
        words = f"{subject[:300]}\n{words}"
    return _BLOB.sub(" ", _shortened(words))
