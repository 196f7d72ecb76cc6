"""Telephone numbers as people write them, and as they are dialled."""

import re

COUNTRY_CODES = {"nl": "31", "be": "32", "de": "49", "fr": "33", "lu": "352", "gb": "44", "at": "43", "ch": "41"}
SAME_DIGITS = 9  # what is left of a number without its country code and leading zeros
_SEPARATORS = re.compile(r"[\s\-./()\u00a0\u2010-\u2015]+")
_DIALLED = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164


class UnusableNumber(ValueError):
    """No number that can be dialled."""


def dialled(number: str, country: str) -> str:
    """The number as `+31612345678`; one without a country code is of this country. Raises UnusableNumber."""
    digits = _SEPARATORS.sub("", number.replace("(0)", ""))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+{COUNTRY_CODES[country]}{digits[1:]}"
    if not _DIALLED.fullmatch(digits):
        raise UnusableNumber("the number cannot be dialled")
    return digits


def can_be_dialled(number: str) -> bool:
    """Whether the number can be dialled, with a country code or in some country."""
    try:
        return bool(dialled(number, "nl"))
    except UnusableNumber:
        return False


def last_digits(number: str) -> str | None:
    """The last nine digits, the same however somebody writes their number; None when there are fewer."""
    digits = "".join(filter(str.isdigit, number))[-SAME_DIGITS:]
    return digits if len(digits) == SAME_DIGITS else None


def half_shown(number: str) -> str:
    """The number so that whoever knows it recognises it and nobody else can dial it: `+31…5678`."""
    return f"{number[:3]}…{number[-4:]}"
