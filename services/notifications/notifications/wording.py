"""The words of a notice: one template a kind and language gives both the plain and the HTML part, so they agree."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import Literal

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from common.brand import Brand
from common.vocabulary import Language
from notifications.notices import NoticeKind

FOLDER = "templates/mail"
SAID = "@said"  # stands in a template where the agent's own words go
HOUSE_COLOURS = {
    "#0B5A6B": "accent",
    "#E3F0F2": "accent_ground",
    "#6CC3D3": "night_accent",
    "#163840": "night_accent_ground",
}  # as they stand in the layout, and what another brand has in their place
_BUTTON = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<url>\S+)\)")
_SPACES = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028\u2029]+")  # not the no-break space, which times are written with
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a letter."""

    kind: Literal["heading", "promise", "paragraph", "button", "said"]
    lines: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader sees: a subject and the same content twice."""

    subject: str
    text: str
    html: str


class Templates:
    """The templates of one channel, all read and checked at the start; a missing one is an error then, not later."""

    def __init__(self, brand: Brand) -> None:
        folder = files("notifications").joinpath(FOLDER)
        plain = SandboxedEnvironment(
            loader=FileSystemLoader(str(folder)),
            undefined=StrictUndefined,
            autoescape=False,  # plain text; what goes into the HTML part is escaped by the layout
            trim_blocks=True,
            lstrip_blocks=True,
        )
        names = [*NoticeKind, "subject", "footer"]
        self._plain = {(lang, name): plain.get_template(f"{lang}/{name}.txt") for lang in Language for name in names}
        self._layout = _layout(folder.joinpath("layout.html").read_text(), brand)

    def letter(self, kind: NoticeKind, language: Language, values: Values, said: str | None) -> Letter:
        """The notice in this language; `said` is the agent's words, which are never read as a template or as HTML."""
        line = {name: one_line(value) for name, value in values.items()}
        blocks = _blocks(self._plain[language, kind].render(line), said)
        footer = one_line(self._plain[language, "footer"].render(line))
        subject = one_line(self._plain[language, "subject"].render(line))
        html = self._layout.render(blocks=blocks, footer=footer, subject=subject, language=language.value, **line)
        return Letter(subject, _as_text(blocks, footer), html)


def one_line(value: str) -> str:
    """The value without line ends and control characters, so that it can stand in a header or a sentence."""
    return _SPACES.sub(" ", value).strip()


def _layout(source: str, brand: Brand) -> Template:
    if brand.accent != brand.default_accent:
        for colour, name in HOUSE_COLOURS.items():
            source = source.replace(colour, getattr(brand, name))
    # Mail programs drop style sheets: each rule is written into the elements, once, before the template is filled.
    env = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return env.from_string(css_inline.inline(source))


def _blocks(rendered: str, said: str | None) -> list[Block]:
    parts = groupby(rendered.splitlines(), key=lambda line: bool(line.strip()))
    found = (_block(tuple(line.strip() for line in lines), said) for is_text, lines in parts if is_text)
    return [block for block in found if block]


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


def _as_text(blocks: Sequence[Block], footer: str) -> str:
    return "\n\n".join([*map(_block_text, blocks), f"-- \n{footer}"]) + "\n"


def _block_text(block: Block) -> str:
    words = "\n".join(block.lines)
    return f"{words}:\n{block.url}" if block.kind == "button" else words
