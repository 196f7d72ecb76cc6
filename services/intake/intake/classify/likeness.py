"""Which of a message's own words it shares with another one."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from intake.classify.model import LinearModel, Scored

MOST_WORDS = 3
SHORTEST_WORD = 4
LONGEST_WORD = 40
LEAST_SHARE = 0.3  # of what the best word does: letter groups make any two words a little alike


def shared_words(model: LinearModel, scored: Scored, at: int, other: csr_array) -> str:
    """The words of message number `at` that make it most like the other one (a row of features), best first."""
    found = scored.found
    mine = np.flatnonzero(found.owners == at)
    column = model.columns[found.buckets[mine]]
    known = column >= 0
    weight = np.zeros(other.shape[1], dtype=np.float32)
    weight[other.indices] = other.data * model.vocabulary.telling[other.indices]
    sums = np.bincount(found.words[mine][known], weights=weight[column[known]], minlength=len(found.word_starts))
    order = np.argsort(-sums, kind="stable")
    texts = [
        _word(found.joined, int(found.word_starts[word]))
        for word in order[: 4 * MOST_WORDS]
        if sums[word] > LEAST_SHARE * sums.max()
    ]
    return ", ".join(_telling(texts))


def _word(joined: str, start: int) -> str:
    """The word that begins there."""
    words = joined[start : start + LONGEST_WORD].split(maxsplit=1)
    return words[0].strip(".,;:()\"'’“”„«»!?…") if words else ""


def _telling(words: list[str]) -> Iterator[str]:
    """The first few that are long enough to say something, each once."""
    seen: set[str] = set()
    for word in words:
        if len(word) >= SHORTEST_WORD and word.lower() not in seen and len(seen) < MOST_WORDS:
            seen.add(word.lower())
            yield word
