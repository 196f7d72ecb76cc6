"""The reference people read out and type over: random, with a check character that catches slips."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O or U
PREFIX = "L"
RANDOM_CHARACTERS = 8
BITS = 5  # in each
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive: powers of two run through all 31 non-zero values


def new_reference() -> str:
    """A reference nobody can guess: 40 random bits and a check character, such as `L-7K3M9-QX2T`."""
    bits = secrets.randbits(RANDOM_CHARACTERS * BITS)
    return _written([bits >> BITS * place & len(ALPHABET) - 1 for place in range(RANDOM_CHARACTERS)])


def parse(typed: str) -> str | None:
    """The reference as it is stored, from whatever a person typed; None when it cannot be one.

    Lower case, spaces, dashes and a missing L are forgiven, O counts as 0, I and L as 1.
    """
    characters = [c for c in typed[:40].upper() if c.isalnum()]
    if len(characters) == RANDOM_CHARACTERS + 2 and characters[0] in {PREFIX, "I", "1"}:
        del characters[0]
    elif characters[:1] == [PREFIX]:
        return None  # the end is missing; the L is no mistyped 1
    values = [_VALUES.get(c, -1) for c in characters]
    if len(values) != RANDOM_CHARACTERS + 1 or min(values) < 0 or _check(values) != 0:
        return None
    return _written(values[:-1])


def _check(values: list[int]) -> int:
    """The Damm check digit over the field of 32 elements; 0 for values that end in their own check digit.

    x * y = 2(x + y) has no fixed order-swapping pairs, so every single slip and every swap of two characters
    shows (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004).
    """
    interim = 0
    for value in values:
        interim = (interim ^ value) << 1
        if interim >= len(ALPHABET):
            interim ^= _POLYNOMIAL
    return interim


def _written(values: list[int]) -> str:
    text = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return f"{PREFIX}-{text[:5]}-{text[5:]}"
