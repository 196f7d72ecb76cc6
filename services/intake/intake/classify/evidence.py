"""Which of the customer's own words did most for an answer."""

from collections.abc import Iterable
from itertools import pairwise

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


def _telling(joined: str, starts: Iterable[int]) -> list[str]:
    """The first few of the words that begin there that say something, each once."""
    told: dict[str, str] = {}
    for start in starts:
        word = _word_at(joined, start)
        if (bare := folded(word)) not in told and says_something(word):
            told[bare] = word
            if len(told) == MOST_WORDS:
                break
    return list(told.values())


def telling_words(model: LinearModel, scored: Scored, best: npt.NDArray[np.intp]) -> list[str]:
    """For each message the words that did most for its class, best first; letter groups count with their word.

    Words that everybody uses are left out, and so are those that spoke against the class.
    """
    found, known = scored.found, scored.known
    pulls = model.pulls[known.columns, best.take(known.owners)]
    sums = np.bincount(known.words, weights=pulls, minlength=len(found.word_starts))
    order = np.lexsort((-sums, found.word_owners))
    order = order[sums[order] > 0]
    first = found.word_owners[order].searchsorted(np.arange(found.size + 1))
    return [", ".join(_telling(found.joined, found.word_starts[order[start:end]])) for start, end in pairwise(first)]
