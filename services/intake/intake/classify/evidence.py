"""Which of the customer's own words did most for an answer."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from intake.classify.model import LinearModel, Scored

LONGEST_EVIDENCE = 40
MOST_WORDS = 2


def _word_at(joined: str, start: int) -> str:
    """The word that begins there."""
    words = joined[start : start + LONGEST_EVIDENCE].split(maxsplit=1)
    return words[0].strip(".,;:()\"'’") if words else ""


def telling_words(model: LinearModel, scored: Scored, best: npt.NDArray[np.intp]) -> list[str]:
    """For each message the words that did most for its class, best first; letter groups count with their word."""
    found = scored.found
    column = model.columns[found.buckets]
    known = column >= 0
    column, owner, word = column[known], found.owners[known], found.words[known]
    sums = np.bincount(word, weights=model.pulls[column, best[owner]], minlength=len(found.word_starts))
    order = np.lexsort((-sums, found.word_owners))
    first = np.searchsorted(found.word_owners[order], np.arange(found.size + 1))
    return [
        ", ".join(
            _word_at(found.joined, int(found.word_starts[at])) for at in order[start : min(end, start + MOST_WORDS)]
        )
        for start, end in pairwise(first)
    ]
