"""Hashed features into weighted, normalised rows: how often a feature occurs times how telling it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from intake.classify.features import BUCKET_BITS, Hashed, Positions, hashed

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


@dataclass(frozen=True, eq=False)
class Rows:
    """A sparse row a message: the columns it has, sorted, and their values; of length 1, or empty.

    Plain arrays, for a matrix object of scipy costs more to make than one message does to judge.
    """

    values: npt.NDArray[np.float32]
    columns: npt.NDArray[np.int32]
    starts: npt.NDArray[np.intp]  # where each row begins, and the end
    width: int

    def row(self, at: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """The columns and values of one row."""
        part = slice(self.starts[at], self.starts[at + 1])
        return self.columns[part], self.values[part]

    def times(self, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The product with a dense matrix, a row a message."""
        found = np.empty((len(self.starts) - 1, matrix.shape[1]), dtype=np.float32)
        for at in range(len(found)):
            columns, values = self.row(at)
            np.matmul(values, matrix.take(columns, axis=0), out=found[at])
        return found

    def matrix(self) -> csr_array:
        """The same as a matrix of scipy."""
        return csr_array((self.values, self.columns, self.starts), shape=(len(self.starts) - 1, self.width))


@dataclass(frozen=True, eq=False)
class Known:
    """The features of a batch that a model knows, repeats included."""

    columns: npt.NDArray[np.int32]
    owners: Positions  # the message each stands in
    words: Positions  # the word each stands in
    size: int  # messages


def known(found: Hashed, columns: npt.NDArray[np.int32]) -> Known:
    """The features whose bucket has a column."""
    column = columns.take(found.buckets)
    where = (column != UNKNOWN).nonzero()[0]
    return Known(column.take(where), found.owners.take(where), found.words.take(where), found.size)


def weighted(features: Known, telling: npt.NDArray[np.float32]) -> Rows:
    """The row of each message: how often it has a feature times how telling that is, brought to length 1."""
    before = np.arange(features.size + 1) * len(telling)  # one key for a column of a message
    keys = features.columns + before.take(features.owners)
    keys.sort()
    is_first = np.ones(len(keys) + 1, dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:-1])
    firsts = is_first.nonzero()[0]
    keys = keys[firsts[:-1]]
    starts = keys.searchsorted(before)
    sizes = starts[1:] - starts[:-1]
    columns = (keys - before[:-1].repeat(sizes)).astype(np.int32)
    values = (1 + np.log((firsts[1:] - firsts[:-1]).astype(np.float32))) * telling.take(columns)
    squares = np.zeros(len(values) + 1)
    np.multiply(values, values, out=squares[:-1], dtype=np.float64)
    lengths = np.sqrt(np.add.reduceat(squares, starts[:-1]))  # an empty row gets any length: it has nothing to divide
    values /= lengths.repeat(sizes).astype(np.float32)
    return Rows(values, columns, starts, len(telling))


def rows(found: Hashed, columns: npt.NDArray[np.int32], telling: npt.NDArray[np.float32]) -> csr_array:
    """One row of length 1 for each message (an empty row when it has no known feature)."""
    return weighted(known(found, columns), telling).matrix()
