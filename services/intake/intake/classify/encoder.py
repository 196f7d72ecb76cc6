"""The sentence encoder: multilingual-e5-small with the vocabulary of four languages, in eight bits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
from tokenizers import Tokenizer

FOLDER = Path(__file__).parent / "encoder"
LONGEST = 128  # tokens read; of a longer text the first HEAD and the last
HEAD = 92
TAPS = (6, 8, 10, 12)  # after these layers the mean of the tokens is taken
MIDDLE = 8  # what a stored four-bit weight of zero reads as
BLOCK = 32  # weights that share a scale
PROMPT = "query: "  # the encoder was trained with it
_SPACES = re.compile(" {2,}")
Floats = npt.NDArray[np.float32]


def readable(text: str, characters: Mapping[int, str]) -> str:
    """The text with each character as the vocabulary spells it, and single spaces."""
    return _SPACES.sub(" ", text.translate(characters))


@dataclass(frozen=True)
class Encoder:
    """Turns a text into what it means: a vector for each of the tapped layers, one after the other."""

    tokenizer: Tokenizer
    layers: onnxruntime.InferenceSession
    nibbles: npt.NDArray[np.uint8]  # two weights a byte
    scales: npt.NDArray[np.float16]
    positions: Floats
    characters: dict[int, str]
    ends: tuple[int, int]

    def tokens(self, text: str) -> list[int]:
        """The pieces of the text between begin and end, at most LONGEST."""
        spelt = readable(PROMPT + text.encode("utf-8", "replace").decode(), self.characters)
        pieces = self.tokenizer.encode(spelt, add_special_tokens=False).ids
        room = LONGEST - 2
        if len(pieces) > room:
            pieces = pieces[:HEAD] + pieces[HEAD - room :]
        return [self.ends[0], *pieces, self.ends[1]]

    def _embedded(self, tokens: Sequence[int]) -> Floats:
        """The word and place of each token as numbers (1, tokens, width)."""
        packed = self.nibbles[tokens]
        stored = np.stack([packed & 15, packed >> 4], axis=2).reshape(len(tokens), -1).astype(np.float32) - MIDDLE
        words = stored * np.repeat(self.scales[tokens].astype(np.float32), BLOCK, axis=1)
        return np.asarray((words + self.positions[: len(tokens)])[None], dtype=np.float32)

    def vector(self, text: str) -> Floats:
        """The text as one vector of all tapped layers, each of length 1."""
        means = self.layers.run(None, {"embedded": self._embedded(self.tokens(text))})
        return np.concatenate([mean[0] / max(float(np.linalg.norm(mean[0])), 1e-9) for mean in means])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """A row for each text."""
        return np.stack([self.vector(text) for text in texts])


@cache
def load_encoder() -> Encoder:
    """The shipped encoder, read once; it runs on the calling thread alone."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena keeps the largest message's memory for ever
    layers = onnxruntime.InferenceSession(FOLDER / "layers.onnx", options, providers=["CPUExecutionProvider"])
    with np.load(FOLDER / "words.npz", allow_pickle=False) as stored:
        return Encoder(
            tokenizer=Tokenizer.from_file(str(FOLDER / "tokenizer.json")),
            layers=layers,
            nibbles=stored["nibbles"],
            scales=stored["scales"],
            positions=stored["positions"],
            characters=dict(zip(stored["codes"].tolist(), stored["read_as"].tolist(), strict=True)),
            ends=(int(stored["ends"][0]), int(stored["ends"][1])),
        )
