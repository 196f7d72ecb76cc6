"""Which of the customer's own words did most for an answer."""

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt

from intake.classify.model import LinearModel, Scored
from intake.classify.stop_words import folded, says_something

LONGEST_EVIDENCE = 40
MOST_WORDS = 2
_EDGES = ".,;:()\"'’“”„«»!?…"


def _word_at(joined: str, start: int) -> str:
    """The word that begins there."""
    words = joined[start : start + LONGEST_EVIDENCE].split(maxsplit=1)
    return words[0].strip(_EDGES) if words else ""


def _telling(words: Iterable[str]) -> Iterator[str]:
    """The words that say something, each once."""
    seen: set[str] = set()
    for word in words:
        if (bare := folded(word)) not in seen and says_something(word):
            seen.add(bare)
            yield word


def telling_words(model: LinearModel, scored: Scored, best: npt.NDArray[np.intp]) -> list[str]:
    """For each message the words that did most for its class, best first; letter groups count with their word.

    Words that everybody uses are left out, and so are those that spoke against the class.
    """
    found = scored.found
    column = model.columns[found.buckets]
    known = column >= 0
    column, owner, word = column[known], found.owners[known], found.words[known]
    sums = np.bincount(word, weights=model.pulls[column, best[owner]], minlength=len(found.word_starts))
    order = np.lexsort((-sums, found.word_owners))
    first = np.searchsorted(found.word_owners[order], np.arange(found.size + 1))
    return [
        ", ".join(
            islice(
                _telling(_word_at(found.joined, int(found.word_starts[at])) for at in order[start:end] if sums[at] > 0),
                MOST_WORDS,
            )
        )
        for start, end in pairwise(first)
    ]
