"""Header values as people read them: decoded, on one line, within bounds, whatever was sent."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from binascii import a2b_qp
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from common.wording import clean_line
from intake.mail.charsets import decode
from intake.mail.inbound import Mailbox

LONGEST = 4_000  # characters of one header that are looked at
LONGEST_NAME = 100
LONGEST_EMAIL = 254
MOST_IDS = 50
MOST_ADDRESSES = 100
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bqBQ])\?([^?\s]{0,1000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_EMAIL = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x20\x7f]{1,64}@[^\s<>()\\,;:\"@\x00-\x20\x7f]{1,253}")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def values(message: Message, name: str) -> list[str]:
    """Every value of a header, in order, as it was sent but readable."""
    # The raw items: the parser's own decoding replaces every byte outside ASCII.
    return [_readable(str(value)) for each, value in message.raw_items() if each.lower() == name]


def first(message: Message, name: str) -> str:
    """The first value of a header, encoded words decoded; empty when there is none."""
    found = values(message, name)
    return decoded(found[0]) if found else ""


def _readable(value: str) -> str:
    """The value on one line; bytes outside ASCII, which arrive as surrogates, read as UTF-8 or Windows' letters."""
    value = value[:LONGEST]
    if not value.isascii():
        value = decode(value.encode("ascii", "surrogateescape") if _is_escaped(value) else value.encode())
    return " ".join(value.split())


def _is_escaped(value: str) -> bool:
    return all(c.isascii() or "\udc80" <= c <= "\udcff" for c in value)


def decoded(value: str) -> str:
    """The value with its encoded words (RFC 2047) decoded; broken ones stay as they are."""
    return clean_line(_WORD.sub(_word, _BETWEEN_WORDS.sub(r"\1", value)))


def _word(found: re.Match[str]) -> str:
    charset, coding, text = found[1].partition("*")[0], found[2].lower(), found[3]
    try:
        if coding == "b":
            content = b64decode(text + "=" * (-len(text) % 4), validate=True)
        else:
            content = a2b_qp(text.encode("ascii"), header=True)
    except (NotBase64, ValueError):
        return found[0]
    return decode(content, charset)


def mailboxes(lines: Iterable[str]) -> list[Mailbox]:
    """The addresses in address headers, groups opened, at most a hundred."""
    return list(_mailboxes(lines))[:MOST_ADDRESSES]


def _mailboxes(lines: Iterable[str]) -> Iterator[Mailbox]:
    for line in lines:
        pairs = getaddresses([line])
        # Newer Pythons give up a whole line over one odd address in it.
        for name, address in pairs if any(address for _, address in pairs) else [("", line)]:
            if email := email_of(address):
                yield Mailbox(name=decoded(name)[:LONGEST_NAME], email=email)


def email_of(text: str) -> str | None:
    """The address in the text, lower case; None when there is none that could be written to."""
    found = _EMAIL.search(text)
    return found[0].lower() if found and len(found[0]) <= LONGEST_EMAIL else None


def ids(lines: Iterable[str]) -> list[str]:
    """The Message-IDs in headers, without brackets, in order; of many the first and the newest ones."""
    found = [each for line in lines for each in _ID.findall(line)]
    return found if len(found) <= MOST_IDS else [*found[:1], *found[1 - MOST_IDS :]]


def moment(value: str) -> datetime | None:
    """The time a Date header names; None when it cannot be."""
    try:
        found = parsedate_to_datetime(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return found if _EARLIEST <= found < _LATEST else None
