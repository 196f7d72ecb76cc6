"""Telephone numbers as people write them."""

import pytest

from common.telephone import UnusableNumber, can_be_dialled, dialled, half_shown, last_digits


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


@pytest.mark.parametrize("written", ["06 12345678", "+31 (0)6-12345678", "0031612345678", "06.12.34.56.78"])
def test_however_somebody_writes_a_number_it_ends_alike(written: str) -> None:
    assert last_digits(written) == "612345678"


def test_a_short_number_is_nobodys() -> None:
    assert last_digits("5678") is None
    assert last_digits("Loket") is None


def test_whether_a_number_can_be_dialled_is_asked_without_knowing_the_country() -> None:
    assert can_be_dialled("+32 470 12 34 56")
    assert can_be_dialled("0470/12.34.56")
    assert not can_be_dialled("bel mij")


def test_half_a_number_is_shown() -> None:
    assert half_shown("+31612345678") == "+31…5678"
