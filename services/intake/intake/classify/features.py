"""Text into sparse features: hashed words, word pairs and letter groups, for a whole batch at once in numpy."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

BUCKET_BITS = 20
GROUPS = range(2, 6)  # letters in a group; one row of hashes a size, then one of words and one of pairs
WORD, PAIR = len(GROUPS), len(GROUPS) + 1
PAGE = 0x10000  # the plane of Unicode that the table covers; emoji beyond it are folded into its private area
SPACE, LETTER, SIGN = 0, 1, 2
SIGNS = "?!€£$%&"  # each is a word of its own: a question mark moves a message towards a question
PAIR_SALT = np.uint32(0x9E3779B1)
WORD_SALT = np.uint32(0x85EBCA77)
STEP = np.uint32(0x01000193)
MIX = np.uint32(0x2C1B3C6D)

Buckets = npt.NDArray[np.uint32]
Positions = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


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
    if codes.max() < PAGE:
        return codes
    return np.where(codes >= PAGE, np.uint32(0xE000) + (codes & np.uint32(0x0FFF)), codes)


def _bucket(hashes: Buckets) -> Buckets:
    """The hash, mixed so that near strings fall far apart, as a bucket number."""
    mixed = (hashes ^ (hashes >> np.uint32(15))) * MIX
    return np.asarray((mixed ^ (mixed >> np.uint32(13))) >> np.uint32(32 - BUCKET_BITS), dtype=np.uint32)


def _letter_groups(letters: Buckets, is_letter: Flags, hashes: Buckets, stands: Flags) -> None:
    """Fill in, a row a size, the hashes of groups of two to five letters that stay inside one word and its borders."""
    running = letters[:-1] * STEP
    running += letters[1:]
    fits = is_letter[:-1] | is_letter[1:]
    for row, size in enumerate(GROUPS):
        here = len(letters) - size
        np.add(running[:here], np.uint32(size), out=hashes[row, :here])
        stands[row, :here] = fits[:here]
        running = running[:here] * STEP
        running += letters[size:]
        inside = is_letter[size - 1 :]
        fits = inside if size == GROUPS[0] else fits[: here + 1] & inside


def _words(letters: Buckets, kind: npt.NDArray[np.uint8]) -> tuple[Buckets, Positions, Positions]:
    """The hash of each word or sign, where it begins, and for each place the number of the word that began last."""
    edge = kind == SIGN
    edge[1:] |= kind[1:] != kind[:-1]
    edges = edge.nonzero()[0]
    is_word = kind[edges] != SPACE
    starts = edges[is_word]
    begins = np.zeros(len(kind) + 1, dtype=np.intp)
    begins[starts] = starts
    within = np.arange(len(kind), dtype=np.uint32)
    within -= np.maximum.accumulate(begins[:-1]).astype(np.uint32)
    scrambled = (letters + np.uint32(1)) * MIX
    scrambled ^= scrambled >> np.uint32(11)
    scrambled *= within * STEP | np.uint32(1)
    word_at = (begins > 0).cumsum()
    word_at -= 1
    return np.add.reduceat(scrambled, edges)[is_word] * WORD_SALT, starts, np.maximum(word_at, 0)


def hashed(texts: Sequence[str]) -> Hashed:
    """The buckets of all words, neighbouring word pairs and letter groups of each text, repeats included."""
    # Two gaps, so that no group of letters spans two messages; at the end one more, so that any group fits in.
    joined = "  ".join(["", *texts, " "])
    codes = _codes(joined)
    lengths = [len(text) + 2 for text in texts]
    lengths[0], lengths[-1] = lengths[0] + 1, lengths[-1] + 2  # a gap is half the message's before, half the next one's
    owners = np.repeat(np.arange(len(texts)), lengths)
    read_as, kinds = _tables()
    kind, letters = kinds.take(codes), read_as.take(codes)
    hashes = np.empty((len(GROUPS) + 2, len(codes)), dtype=np.uint32)
    stands = np.zeros(hashes.shape, dtype=np.bool_)
    is_letter = kind == LETTER
    words, starts, word_at = _words(letters, kind)
    _letter_groups(np.where(is_letter, letters, np.uint32(32)), is_letter, hashes, stands)
    hashes[WORD, starts], stands[WORD, starts] = words, True
    word_owners = owners[starts]
    same = word_owners[:-1] == word_owners[1:]
    firsts = starts[:-1][same]
    hashes[PAIR, firsts], stands[PAIR, firsts] = (words[:-1] * STEP + words[1:])[same] + PAIR_SALT, True
    places = stands.nonzero()[1]
    # A group may begin at the gap before its word, so it is the next place that tells the word.
    words_of = word_at.take(places + 1)
    return Hashed(_bucket(hashes[stands]), owners.take(places), words_of, starts, word_owners, joined, len(texts))
