"""Text as people type it made safe to store and show: one normal form, and nothing invisible left invisible."""

import re
import unicodedata

# What turns writing around or isolates it can make a text read as what it does not say (CVE-2021-42574).
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
PICTURED = 0x20  # control characters below have a picture in Unicode
_SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """The text over several lines: control and direction characters have become visible."""
    text = _LINE_ENDS.sub("\n", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return _HIDDEN.sub(_shown, text).strip()


def clean_line(text: str) -> str:
    """The text as one line."""
    return _SPACES.sub(" ", clean_text(text)).strip()


def _shown(found: re.Match[str]) -> str:
    """A picture of a control character, of the same length so that a text that fits goes on fitting."""
    code = ord(found[0])
    return chr(0x2400 + code) if code < PICTURED else "\N{REPLACEMENT CHARACTER}"
