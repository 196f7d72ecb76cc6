"""Telephone numbers as people write them."""

import pytest

from notifications.numbers import UnusableNumber, dialled


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("06 12345678", "nl", "+31612345678"),
        ("06-12 34 56 78", "nl", "+31612345678"),
        ("+31 6 12345678", "be", "+31612345678"),
        ("0031 (0)6 12345678", "be", "+31612345678"),
        ("+31 (0) 6 12345678", "nl", "+31612345678"),
        ("0470/12.34.56", "be", "+32470123456"),
        ("0151\u00a0234\u20115678", "de", "+491512345678"),
        ("(030) 123 45 67", "nl", "+31301234567"),
    ],
)
def test_a_number_is_dialled_as_from_abroad(written: str, country: str, number: str) -> None:
    assert dialled(written, country) == number


@pytest.mark.parametrize(
    "written", ["", "06", "12345678", "bel mij", "+0612345678", "+316123456789012345", "06\n1234567x"]
)
def test_what_cannot_be_dialled_is_refused_without_being_quoted(written: str) -> None:
    with pytest.raises(UnusableNumber) as refused:
        dialled(written, "nl")

    assert str(refused.value) == "the number cannot be dialled"
