"""Limits that hold before anything is parsed: what is over one is kept aside with the reason."""

import re

from intake.mail.inbound import Unreadable

MOST_BYTES = 25 * 1024 * 1024
MOST_PARTS = 100
DEEPEST = 20
MOST_HEADER_BYTES = 64 * 1024
MOST_HEADERS = 200
LONGEST_LINE = 16 * 1024

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(rb"^[^\s:]", re.MULTILINE)
_BOUNDARY = re.compile(rb"""boundary\s{0,9}=\s{0,9}(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
_DELIMITER = re.compile(rb"^--([^\r\n]{1,202})", re.MULTILINE)
_NESTED = re.compile(rb"^content-type:\s{0,9}(?:message/|multipart/)", re.IGNORECASE | re.MULTILINE)


def check(raw: bytes) -> None:
    """Return when the mail may be parsed; raises Unreadable. Linear in the size of the mail."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("too_large")
    head = raw[: head_length(raw)]
    if len(head) > MOST_HEADER_BYTES:
        raise Unreadable("headers_too_large")
    if len(_HEADER.findall(head)) > MOST_HEADERS:
        raise Unreadable("too_many_headers")
    if b"\0" in head:
        raise Unreadable("nul_in_headers")
    if _has_long_line(raw):
        raise Unreadable("line_too_long")
    if len(_NESTED.findall(raw)) > MOST_PARTS:
        raise Unreadable("too_deep")
    if _parts(raw) > MOST_PARTS:
        raise Unreadable("too_many_parts")


def _has_long_line(raw: bytes) -> bool:
    """Whether a line is over the limit: found in leaps from line end to line end."""
    at = 0
    while at + LONGEST_LINE + 2 < len(raw):
        end = raw.rfind(b"\n", at, at + LONGEST_LINE + 2)
        if end < 0:
            return True
        at = end + 1
    return False


def head_length(raw: bytes) -> int:
    """Where the headers end."""
    found = _END_OF_HEADERS.search(raw)
    return found.start() if found else len(raw)


def _parts(raw: bytes) -> int:
    """At most how many parts a parser could find."""
    names = {(quoted or bare).rstrip() for quoted, bare in _BOUNDARY.findall(raw)}
    if not names:
        return 1
    return sum(found.rstrip() in names for found in _DELIMITER.findall(raw))
