"""Mails that a colleague passes on: whose words they are."""

import re
from email.message import Message

from intake.mail.bodies import contents
from intake.mail.headers import decoded, email_of, first, mailboxes, values
from intake.mail.inbound import Forwarded, Mailbox

_SUBJECT = re.compile(r"^\s{0,3}(?:fwd?|fw|wg|tr|doorst|doorgestuurd|i)\s{0,2}:\s{0,3}", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^[\s>]{0,6}(?:-{2,40}\s{0,3}(?:forwarded message|doorgestuurd bericht|weitergeleitete nachricht|"
    r"message transféré|original message|oorspronkelijk bericht|ursprüngliche nachricht|"
    r"message d['’ ]?origine|originalnachricht)"
    r"[^\n]{0,60}|(?:begin doorgestuurd bericht|begin forwarded message|anfang der weitergeleiteten nachricht|"
    r"début du message (?:transféré|réexpédié))\s{0,2}:?|_{5,})\s{0,4}$",
    re.IGNORECASE | re.MULTILINE,
)
_LINE = re.compile(
    r"^[\s>]{0,6}\*{0,2}(?P<name>from|van|von|de|expéditeur|absender|afzender|sent|verzonden|gesendet|envoyé(?: le)?|"
    r"date|datum|to|aan|an|à|cc|kopie|copie|subject|onderwerp|betreff|objet|sujet|reply-to)\*{0,2}\s?:\*{0,2}\s?"
    r"(?P<value>[^\n]{0,400})$",
    re.IGNORECASE,
)
_MARK = re.compile(r"^\s{0,3}> ?")
_NAME_ENDS = re.compile(r"[<(\[]|\S{1,64}@")
_FROM = frozenset({"from", "van", "von", "de", "expéditeur", "absender", "afzender"})
_TITLE = frozenset({"subject", "onderwerp", "betreff", "objet", "sujet"})
MOST_HEAD_LINES = 14
LONGEST_READ = 200_000


def forwarded(message: Message, text: str, inside: list[Message]) -> Forwarded | None:
    """The mail that was passed on: one enclosed as a whole, or one written out under a divider."""
    if not _SUBJECT.match(first(message, "subject")) and not inside:
        return None
    return _enclosed(inside[0]) if inside else _written_out(text[:LONGEST_READ])


def bare_subject(subject: str) -> str:
    """The subject without the marks of having been passed on."""
    return _SUBJECT.sub("", subject).strip()


def _enclosed(mail: Message) -> Forwarded | None:
    found = mailboxes(values(mail, "from"))
    if not found:
        return None
    return Forwarded(sender=found[0], subject=first(mail, "subject"), text=contents(mail).words())


def _written_out(text: str) -> Forwarded | None:
    for divider in _DIVIDER.finditer(text):
        lines = text[divider.end() :].lstrip("\n").split("\n")
        if found := _head(lines):
            return found
    return None


def _head(lines: list[str]) -> Forwarded | None:
    """The mail whose headers these lines begin with."""
    sender: Mailbox | None = None
    subject = ""
    at = 0
    for at, line in enumerate(lines[:MOST_HEAD_LINES]):  # noqa: B007 - where the headers end is used below
        found = _LINE.match(line)
        if found and found["name"].lower() in _FROM:
            sender = _sender(found["value"])
        elif found and found["name"].lower() in _TITLE:
            subject = decoded(found["value"])
        elif not found and line.strip("> \t") and sender:
            break
    if sender is None:
        return None
    words = "\n".join(_MARK.sub("", line) for line in lines[at:])
    return Forwarded(sender=sender, subject=subject, text=words.strip())


def _sender(value: str) -> Mailbox | None:
    """The name and address in what a program wrote after "From:"."""
    value = value.replace("[mailto:", "<").replace("]", ">").replace("mailto:", "")
    email = email_of(value)
    if email is None:
        return None
    name = _NAME_ENDS.split(value, maxsplit=1)[0].strip(" \"'*")
    return Mailbox(name=decoded(name)[:100], email=email)
