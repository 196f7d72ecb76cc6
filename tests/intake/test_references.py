"""References: read out, typed over, never guessed."""

from hypothesis import given
from hypothesis import strategies as st

from intake.references import ALPHABET, new_reference, parse

bare = st.text(alphabet=ALPHABET, min_size=9, max_size=9)
somewhere = st.integers(0, 8)


def real() -> str:
    return new_reference().replace("-", "")[1:]


def test_a_new_reference_is_its_own_canonical_form() -> None:
    made = {new_reference() for _ in range(500)}
    assert len(made) == 500
    assert all(parse(reference) == reference for reference in made)


@given(somewhere, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place: int, wrong: str) -> None:
    right = real()
    typed = right[:place] + wrong + right[place + 1 :]
    assert (parse(typed) is None) == (typed != right)


@given(somewhere, somewhere)
def test_two_characters_changed_about_are_noticed(one: int, other: int) -> None:
    right = list(real())
    typed = right.copy()
    typed[one], typed[other] = typed[other], typed[one]
    assert (parse("".join(typed)) is None) == (typed != right)


@given(bare)
def test_one_in_thirty_two_made_up_ones_passes_and_none_is_misread(typed: str) -> None:
    assert parse(typed) in {None, f"L-{typed[:5]}-{typed[5:]}"}


@given(st.text(max_size=60))
def test_anything_typed_is_a_reference_or_none(typed: str) -> None:
    found = parse(typed)
    assert found is None or parse(found) == found


@given(st.integers(1, 9))
def test_one_whose_end_is_missing_is_none(missing: int) -> None:
    assert parse(new_reference()[:-missing]) is None


def test_it_is_understood_however_it_is_typed() -> None:
    reference = next(r for r in iter(new_reference, "") if "0" in r and "1" in r)
    for typed in (
        reference.lower(),
        reference.replace("-", " "),
        f"  {reference[2:]} ",
        reference.replace("0", "O").replace("1", "I"),
        reference.replace("0", "o").replace("1", "l"),
        f"l.{reference[2:]}",
    ):
        assert parse(typed) == reference, typed


def test_what_is_too_short_too_long_or_foreign_is_none() -> None:
    for typed in ("", "L", "L-", "L-7K3M9-QX2", "X" * 100_000, "L-7K3M9-QX2Tx", "л-7k3m9-qx2t", "\x00"):
        assert parse(typed) is None
    assert parse("L-7K3M9-QX2T") == "L-7K3M9-QX2T"
