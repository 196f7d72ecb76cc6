"""`python -m intake.classify.building WEIGHTS WORDS…`: the encoder's files from packed weights and lists of words."""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx  # type: ignore[import-not-found]
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from tokenizers import Tokenizer, models, pre_tokenizers

from intake.classify.building.graph import drawn
from intake.classify.building.packed import Packed, read_packed
from intake.classify.encoder import FOLDER, LONGEST, TAPS, readable
from intake.classify.examples import public, written

OFTEN = 5  # a piece must stand in so many words of the lists
SPECIAL = 4  # the first pieces: begin, pad, end, unknown
SHORT = re.compile(r"^▁?[A-Za-zÀ-ÿœŒßẞ0-9 -/:-@\[-`{-~€£’‘“”«»„–—…°]{1,3}$")


def _tokenizer(pieces: list[tuple[str, float]], unknown: int) -> Tokenizer:
    """Cuts text into the pieces that are likeliest together."""
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    return tokenizer


def _kept(packed: Packed, texts: Iterable[str], words: Iterable[str]) -> list[int]:
    """The pieces worth keeping: in our messages, often in the word lists, or short and Latin."""
    tokenizer = _tokenizer(list(zip(packed.pieces, packed.scores, strict=True)), packed.unknown)
    used: Counter[int] = Counter()
    for text in texts:
        for piece in tokenizer.encode(readable(text, packed.characters), add_special_tokens=False).ids:
            used[piece] += OFTEN
    for word in words:
        for form in (word, word.capitalize()):
            used.update(tokenizer.encode(readable(form, packed.characters), add_special_tokens=False).ids)
    short = {at for at, piece in enumerate(packed.pieces) if SHORT.match(piece)}
    return sorted(set(range(SPECIAL)) | short | {piece for piece, times in used.items() if times >= OFTEN})


def _words(paths: Iterable[Path]) -> Iterable[str]:
    """The words of lists with one word a line."""
    for path in paths:
        yield from path.read_text(encoding="utf-8").split()


def build(weights: Path, lists: list[Path], folder: Path) -> None:
    """Write the tokenizer, the word table (still four bits) and the layers (eight bits) into the folder."""
    packed = read_packed(weights)
    kept = _kept(packed, [example.text for example in [*written(), *public()]], _words(lists))
    pieces = [(packed.pieces[at], packed.scores[at]) for at in kept]
    _tokenizer(pieces, packed.unknown).save(str(folder / "tokenizer.json"), pretty=False)
    shape = packed.shape
    scales, stored = packed.blocks("emb.word", shape.rows, shape.width)
    nibbles = stored[kept].reshape(len(kept), shape.width)
    characters = [[code, out] for code, out in sorted(packed.characters.items())]
    np.savez_compressed(
        folder / "words.npz",
        nibbles=nibbles[:, 0::2] | nibbles[:, 1::2] << 4,
        scales=scales[kept].astype(np.float16),
        positions=packed.floats("emb.pos").reshape(shape.longest, shape.width)[:LONGEST]
        + packed.floats("emb.type")[: shape.width],
        codes=np.array([code for code, _ in characters], dtype=np.uint32),
        read_as=np.array([out for _, out in characters]),
        ends=np.array([packed.begin, packed.end], dtype=np.int64),
    )
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "layers.onnx"
        onnx.save(drawn(packed, TAPS), full)
        # Unsigned weights: signed ones saturate on processors without VNNI, and answers would differ between machines.
        quantize_dynamic(
            full,
            folder / "layers.onnx",
            per_channel=True,
            weight_type=QuantType.QUInt8,
            op_types_to_quantize=["MatMul"],
            extra_options={"MatMulConstBOnly": True},
        )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    build(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]], FOLDER)
