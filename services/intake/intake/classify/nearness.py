"""Which lessons come near a message, without looking at the others.

Likeness is the product of two rows of length 1, so what common features can add is at most the product of the lengths
of both rows' common parts. Rare features are looked up by lesson first; only for the few lessons that might then still
come near enough are the common ones looked at.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

COMMON = 0.1  # a feature that more lessons than this share have is common
FEW = 16  # or, where there are few lessons, that more than so many have
ROUNDING = 1e-5

Floats = npt.NDArray[np.floating]
Columns = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Index:
    """Lessons by feature."""

    size: int  # lessons
    starts: Numbers  # where in the two below each feature begins, and the end
    lessons: Numbers
    values: npt.NDArray[np.float64]
    common_at: Columns  # for each feature its row in `common`; -1: it is rare
    common: npt.NDArray[np.float32]  # common features x lessons
    lengths: npt.NDArray[np.float32]  # of each lesson's common part

    def near(self, columns: Columns, values: npt.NDArray[np.float32], least: float) -> tuple[Numbers, Floats]:
        """The numbers of the lessons whose likeness to a row may be `least` or more, and the likeness of each."""
        common_at = self.common_at[columns]
        is_common = common_at >= 0
        is_rare = ~is_common
        likeness = self._by_rare(columns[is_rare], values[is_rare])
        shared = values[is_common]
        most = likeness + sqrt(float(shared @ shared)) * self.lengths
        numbers = (most >= least - ROUNDING).nonzero()[0]
        if len(numbers):
            likeness[numbers] += shared @ self.common[np.ix_(common_at[is_common], numbers)]
        return numbers, likeness[numbers]

    def _by_rare(self, columns: Columns, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """What these rare features add to the likeness of every lesson."""
        begins = self.starts.take(columns)
        counts = self.starts.take(columns + 1) - begins
        places = (begins - counts.cumsum() + counts).repeat(counts)
        places += np.arange(len(places))
        products = self.values.take(places)
        products *= values.repeat(counts)
        # Without any place the counts would be whole numbers.
        return np.bincount(self.lessons.take(places), products, self.size).astype(np.float64, copy=False)


def index(rows: csr_array) -> Index:
    """The index of lessons, a row each."""
    size = rows.shape[0]
    across = rows.tocsc()
    is_common = np.diff(across.indptr) > max(FEW, COMMON * size)
    common_at = np.where(is_common, np.cumsum(is_common) - 1, -1).astype(np.int32)
    common = across[:, is_common].toarray().T
    lengths = np.sqrt(np.square(common, dtype=np.float64).sum(axis=0)).astype(np.float32)
    return Index(
        size,
        across.indptr.astype(np.intp),
        across.indices.astype(np.intp),
        across.data.astype(np.float64),
        common_at,
        np.ascontiguousarray(common),
        lengths,
    )
