"""Typed text becomes one normal form in which nothing invisible stays invisible."""

import pytest

from common.wording import clean_line, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  De ketel lekt\r\n\r\nGroet  ", "De ketel lekt\n\nGroet"),
        ("e\u0301e\u0301n", "één"),
        ("pay \u202e001 oruE", "pay \N{REPLACEMENT CHARACTER}001 oruE"),
        ("a\x00b", "a\N{SYMBOL FOR NULL}b"),
        ("one\u2028two", "one\ntwo"),
        ("half \ud800 a letter", "half \N{REPLACEMENT CHARACTER} a letter"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_text_is_kept_as_a_person_would_read_it(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


def test_cleaning_twice_changes_nothing_more() -> None:
    once = clean_text("x\x07 \u202e y\r\nz")

    assert clean_text(once) == once


def test_a_line_stays_on_one_line() -> None:
    assert clean_line(" a\n\tb \u2029 c ") == "a b c"
