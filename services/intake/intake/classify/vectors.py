"""Hashed features into weighted, normalised rows: how often a feature occurs times how telling it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from intake.classify.features import BUCKET_BITS, Hashed, hashed

UNKNOWN = -1


@dataclass(frozen=True)
class Vocabulary:
    """The buckets a model knows, sorted, and for each how telling it is (inverse document frequency)."""

    buckets: npt.NDArray[np.uint32]
    telling: npt.NDArray[np.float32]

    def table(self) -> npt.NDArray[np.int32]:
        """For each bucket its column, or -1 when the model never saw it."""
        columns = np.full(1 << BUCKET_BITS, UNKNOWN, dtype=np.int32)
        columns[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        return columns


def learned(texts: Sequence[str], *, at_least: int) -> Vocabulary:
    """The vocabulary of features that occur in at least so many of the texts."""
    found = hashed(texts)
    pairs = np.unique(found.buckets.astype(np.int64) * found.size + found.owners)
    buckets, counts = np.unique(pairs // found.size, return_counts=True)
    kept = counts >= at_least
    telling = np.log((1 + found.size) / (1 + counts[kept])) + 1
    return Vocabulary(buckets[kept].astype(np.uint32), telling.astype(np.float32))


def rows(found: Hashed, columns: npt.NDArray[np.int32], telling: npt.NDArray[np.float32]) -> csr_array:
    """One row of length 1 for each message (an empty row when it has no known feature)."""
    column = columns[found.buckets]
    known = column != UNKNOWN
    keys, counts = np.unique(found.owners[known] * np.int64(len(telling)) + column[known], return_counts=True)
    owner, column = np.divmod(keys, np.int64(len(telling)))
    values = (1 + np.log(counts.astype(np.float32))) * telling[column]
    starts = np.searchsorted(owner, np.arange(found.size + 1))
    squares = np.concatenate([[0.0], np.cumsum(values.astype(np.float64) ** 2)])
    lengths = np.sqrt(squares[starts[1:]] - squares[starts[:-1]])
    values /= np.repeat(lengths, np.diff(starts)).astype(np.float32)
    return csr_array((values, column.astype(np.int32), starts.astype(np.int32)), shape=(found.size, len(telling)))
