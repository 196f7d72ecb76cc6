"""Which of a message's own words it shares with another one."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from intake.classify.model import LinearModel, Scored

MOST_WORDS = 3
SHORTEST_WORD = 4
LONGEST_WORD = 40
LEAST_SHARE = 0.3  # of what the best word does: letter groups make any two words a little alike


def shared_words(
    model: LinearModel, scored: Scored, at: int, columns: npt.NDArray[np.integer], values: npt.NDArray[np.float32]
) -> str:
    """The words of message number `at` that make it most like another one (a row of features), best first."""
    found, known = scored.found, scored.known
    weight = np.zeros(scored.rows.width, dtype=np.float32)
    weight[columns] = values * model.vocabulary.telling[columns]
    mine = known.owners == at
    sums = np.bincount(known.words[mine], weights=weight[known.columns[mine]], minlength=len(found.word_starts))
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
