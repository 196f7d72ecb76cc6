"""The parts of a notice in words: a heading, the promise, paragraphs, a button, and what an agent said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

SAID = "@said"  # stands in a template where the agent's own words go
_BUTTON = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<url>\S+)\)")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")  # not the no-break space, which times are written with


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a notice."""

    kind: Literal["heading", "promise", "paragraph", "button", "said"]
    lines: tuple[str, ...]
    url: str = ""


def blocks_of(rendered: str, said: str | None) -> list[Block]:
    """The parts of a rendered template; `said` is the agent's words, which are never read as marks."""
    parts = groupby(rendered.splitlines(), key=lambda line: bool(line.strip()))
    found = (_block(tuple(line.strip() for line in lines), said) for is_text, lines in parts if is_text)
    return [block for block in found if block]


def as_text(blocks: Sequence[Block]) -> str:
    """The parts as plain text."""
    return "\n\n".join(map(_block_text, blocks))


def one_line(value: str) -> str:
    """The value without line ends and control characters, so that it can stand in a header or a sentence."""
    return _SPACES.sub(" ", value).strip()


def _block(lines: tuple[str, ...], said: str | None) -> Block | None:
    first = lines[0]
    if first == SAID:
        return Block("said", tuple(_CONTROLS.sub("", said.replace("\r\n", "\n")).split("\n"))) if said else None
    if button := _BUTTON.fullmatch(first):
        return Block("button", (button["text"],), button["url"])
    if first.startswith("# "):
        return Block("heading", (first.removeprefix("# "),))
    if first.startswith("! "):
        return Block("promise", (first.removeprefix("! "),))
    return Block("paragraph", lines)


def _block_text(block: Block) -> str:
    words = "\n".join(block.lines)
    return f"{words}:\n{block.url}" if block.kind == "button" else words
