"""Text into sparse features: hashed words, word pairs and letter groups, for a whole batch at once in numpy."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

BUCKET_BITS = 20
LONGEST_GROUP = 5  # letters
PAGE = 0x10000  # the plane of Unicode that the table covers; emoji beyond it are folded into its private area
SPACE, LETTER, SIGN = 0, 1, 2
SIGNS = "?!€£$%&"  # each is a word of its own: a question mark moves a message towards a question
PAIR_SALT = np.uint32(0x9E3779B1)
WORD_SALT = np.uint32(0x85EBCA77)
STEP = np.uint32(0x01000193)
MIX = np.uint32(0x2C1B3C6D)

Buckets = npt.NDArray[np.uint32]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Hashed:
    """Every feature of a batch: its bucket, and the number of the message that has it."""

    buckets: Buckets
    owners: Positions
    words: Positions  # the number of the word each feature stands in
    word_starts: Positions  # where in the joined text each word begins
    word_owners: Positions  # the message each word stands in
    joined: str  # the batch as one text
    size: int  # messages in the batch


@cache
def _tables() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """For each character of the first plane: what it is read as, and whether it is a letter, a sign or a gap."""
    read_as = np.full(PAGE, 32, dtype=np.uint32)
    kind = np.zeros(PAGE, dtype=np.uint8)
    for code in range(PAGE):
        character = chr(code)
        if character.isalpha():
            read_as[code], kind[code] = ord(unicodedata.normalize("NFKD", character.lower())[0]), LETTER
        elif character.isdigit():
            read_as[code], kind[code] = ord("0"), LETTER
        elif character in SIGNS or unicodedata.category(character) in {"So", "Co"}:
            read_as[code], kind[code] = code, SIGN
    return read_as, kind


def _codes(joined: str) -> npt.NDArray[np.uint32]:
    """The characters as numbers, those beyond the first plane folded into its private area."""
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(codes >= PAGE, np.uint32(0xE000) + (codes & np.uint32(0x0FFF)), codes)


def _bucket(hashes: Buckets) -> Buckets:
    """The hash, mixed so that near strings fall far apart, as a bucket number."""
    mixed = (hashes ^ (hashes >> np.uint32(15))) * MIX
    return np.asarray((mixed ^ (mixed >> np.uint32(13))) >> np.uint32(32 - BUCKET_BITS), dtype=np.uint32)


def _letter_groups(letters: Buckets, is_letter: npt.NDArray[np.bool_]) -> list[tuple[Buckets, Positions]]:
    """Groups of two to five letters that stay inside one word and its borders."""
    found: list[tuple[Buckets, Positions]] = []
    hashes = letters * STEP + np.roll(letters, -1)
    inside = np.ones_like(is_letter)
    fits = is_letter | np.roll(is_letter, -1)
    for size in range(2, LONGEST_GROUP + 1):
        where = np.flatnonzero(fits[: len(fits) - size])
        found.append((hashes[where] + np.uint32(size), where))
        hashes = hashes * STEP + np.roll(letters, -size)
        inside &= np.roll(is_letter, 1 - size)
        fits = inside
    return found


def _words(letters: Buckets, kind: npt.NDArray[np.uint8]) -> tuple[Buckets, Positions]:
    """The hash of each word or sign and where it begins."""
    before = np.roll(kind, 1)
    edge = (kind != before) | (kind == SIGN)
    starts = np.flatnonzero(edge & (kind != SPACE))
    ends = np.flatnonzero(edge)
    ends = np.append(ends, len(kind))[np.searchsorted(ends, starts, side="right")]
    scrambled = (letters + np.uint32(1)) * MIX
    scrambled ^= scrambled >> np.uint32(11)
    within = np.arange(len(letters), dtype=np.uint32) - np.repeat(
        np.append(np.uint32(0), starts.astype(np.uint32)), np.diff(np.concatenate([[0], starts, [len(letters)]]))
    )
    summed = np.concatenate([[np.uint32(0)], np.cumsum(scrambled * (within * STEP | np.uint32(1)), dtype=np.uint32)])
    return (summed[ends] - summed[starts]) * WORD_SALT, starts


def hashed(texts: Sequence[str]) -> Hashed:
    """The buckets of all words, neighbouring word pairs and letter groups of each text, repeats included."""
    joined = "  ".join(["", *texts, ""])  # two gaps, so that no group of letters spans two messages
    codes = _codes(joined)
    lengths = [len(text) + 2 for text in texts]
    lengths[0], lengths[-1] = lengths[0] + 1, lengths[-1] + 1  # a gap is half the message's before, half the next one's
    owners = np.repeat(np.arange(len(texts)), lengths)
    read_as, kinds = _tables()
    kind = kinds[codes]
    is_letter = kind == LETTER
    letters = np.where(is_letter, read_as[codes], np.uint32(32))
    found = _letter_groups(letters, is_letter)
    words, starts = _words(read_as[codes], kind)
    found.append((words, starts))
    same = owners[starts[:-1]] == owners[starts[1:]]
    found.append(((words[:-1] * STEP + words[1:])[same] + PAIR_SALT, starts[:-1][same]))
    buckets = _bucket(np.concatenate([hashes for hashes, _ in found]))
    places = np.concatenate([where for _, where in found])
    is_start = np.zeros(len(codes) + 1, dtype=np.intp)
    is_start[starts] = 1
    word_at = np.maximum(np.cumsum(is_start) - 1, 0)
    # A group may begin at the gap before its word, so it is the next place that tells the word.
    return Hashed(buckets, owners[places], word_at[places + 1], starts, owners[starts], joined, len(texts))
