"""A refit of the class as a file: small weights on the model's own features, added to what both stages say."""

import json
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from intake.classify.judgement import KINDS
from intake.classify.perceptron import Floats
from intake.classify.vectors import Rows


class UnreadableModel(ValueError):
    """A file that holds no adjustment of ours."""


@dataclass(frozen=True, eq=False)
class Adjustment:
    """What corrections added to a shipped model; of use with that model only."""

    version: str
    base: str  # the shipped model it adjusts
    columns: npt.NDArray[np.int32]  # the features it has weights for
    weights: Floats  # a row a feature, a column a class
    width: int  # features of the shipped model
    facts: dict[str, Any]

    @cached_property
    def _spread(self) -> Floats:
        """The weights of every feature."""
        spread = np.zeros((self.width, self.weights.shape[1]), dtype=np.float32)
        spread[self.columns] = self.weights
        return spread

    def moves(self, rows: Rows) -> Floats:
        """How far each class is moved (logarithm of odds), a row a message."""
        return rows.times(self._spread)


def as_bytes(adjustment: Adjustment) -> bytes:
    """The adjustment as a file: arrays and JSON, never pickle; equal adjustments give equal files."""
    about = {
        "version": adjustment.version,
        "base": adjustment.base,
        "width": adjustment.width,
        "facts": adjustment.facts,
    }
    file = BytesIO()
    np.savez_compressed(
        file,
        columns=adjustment.columns,
        weights=adjustment.weights.astype(np.float16),
        about=np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8),
    )
    return file.getvalue()


def from_bytes(file: bytes) -> Adjustment:
    """The adjustment in a file. Raises UnreadableModel when it is none."""
    try:
        with np.load(BytesIO(file), allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            columns, weights = stored["columns"].astype(np.int32), stored["weights"].astype(np.float32)
        read = Adjustment(about["version"], about["base"], columns, weights, int(about["width"]), about["facts"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise UnreadableModel("This file holds no model of ours.") from error
    if weights.shape != (len(columns), len(KINDS)) or not all(0 <= column < read.width for column in columns):
        raise UnreadableModel("This file holds weights for features that its model does not have.")
    return read
