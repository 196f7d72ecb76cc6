"""The frame around the words of a mail: its colours by day and by night, its width, and whether it shows the logo."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from html import escape
from typing import Literal, Self, cast

from common.brand import Brand, contrast
from common.texts import mark

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
NARROWEST, WIDEST = 400, 700  # pixels
ROUNDEST = 16
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PLACE = re.compile(r"\[\[(\w+)\]\]")

# What must be readable on what, by day and by night.
READABLE = (
    *(("ink", "ground"), ("ink", "card"), ("soft", "ground"), ("accent", "accent_ground"), ("on_accent", "accent")),
    *(("night_ink", "night_ground"), ("night_ink", "night_card"), ("night_soft", "night_ground")),
    *(("night_accent", "night_accent_ground"), ("night_ground", "night_accent")),
)
COLOUR_NAMES = {
    "ground": mark("Ground"),
    "card": mark("Sheet"),
    "line": mark("Line around the sheet"),
    "ink": mark("Text"),
    "soft": mark("Small text at the foot"),
    "accent": mark("Button and promise"),
    "accent_ground": mark("Ground of the promise"),
    "on_accent": mark("Text on the button"),
    "night_ground": mark("Ground, by night"),
    "night_card": mark("Sheet, by night"),
    "night_line": mark("Line around the sheet, by night"),
    "night_ink": mark("Text, by night"),
    "night_soft": mark("Small text at the foot, by night"),
    "night_accent": mark("Button and promise, by night"),
    "night_accent_ground": mark("Ground of the promise, by night"),
}


class BadFrame(ValueError):
    """A frame in which something could not be read, or that is no frame; `sentence` says what, to be translated."""

    def __init__(self, sentence: str, **values: str | float) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Everything around the words. Raises BadFrame when made from what cannot be read."""

    ground: str = "#FBFAF7"
    card: str = "#FFFFFF"
    line: str = "#DAD7CF"
    ink: str = "#1F2428"
    soft: str = "#575F66"
    accent: str
    accent_ground: str
    on_accent: str = "#FFFFFF"
    night_ground: str = "#15181B"
    night_card: str = "#1D2125"
    night_line: str = "#343A40"
    night_ink: str = "#E8E6E1"
    night_soft: str = "#A7AFB6"
    night_accent: str
    night_accent_ground: str
    width: int = 580
    corners: int = 6
    align: Literal["left", "center"] = "left"
    has_logo: bool = False

    def __post_init__(self) -> None:
        for name in COLOUR_NAMES:
            colour = str(getattr(self, name))
            if not _COLOUR.fullmatch(colour):
                raise BadFrame(mark("A colour reads like #0B5A6B; %(colour)s is none."), colour=colour[:20])
        for text, ground in READABLE:
            found = contrast(getattr(self, text), getattr(self, ground))
            if found < LEAST_CONTRAST:
                sentence = mark("%(text)s cannot be read on %(ground)s: the contrast is %(found)s and must be 4.5.")
                raise BadFrame(sentence, text=getattr(self, text), ground=getattr(self, ground), found=f"{found:.1f}")
        if not NARROWEST <= self.width <= WIDEST or not 0 <= self.corners <= ROUNDEST:
            raise BadFrame(mark("A mail is 400 to 700 pixels wide, with corners of 0 to 16."))
        if self.align not in {"left", "center"}:
            raise BadFrame(mark("The head stands left or in the middle."))

    @classmethod
    def of(cls, brand: Brand) -> Self:
        """The frame that Loket came with, in the colours of the brand."""
        if brand.accent == brand.default_accent:
            return cls(
                accent=brand.accent,
                accent_ground="#E3F0F2",  # these three were chosen by eye; those of another accent are mixed
                night_accent="#6CC3D3",
                night_accent_ground="#163840",
            )
        return cls(
            accent=brand.accent,
            accent_ground=brand.accent_ground,
            night_accent=brand.night_accent,
            night_accent_ground=brand.night_accent_ground,
        )

    @classmethod
    def typed(cls, given: Mapping[str, str], brand: Brand) -> Self:
        """The frame in a form; what is left out is as Loket came with it. Raises BadFrame."""
        colours = {name: given[name].strip().upper() for name in COLOUR_NAMES if given.get(name, "").strip()}
        return replace(
            cls.of(brand),
            **colours,
            width=_number(given.get("width", "")),
            corners=_number(given.get("corners", "")),
            align=cast("Literal['left', 'center']", given.get("align", "left")),
            has_logo=bool(given.get("has_logo")),
        )

    @classmethod
    def stored(cls, document: Mapping[str, object], brand: Brand) -> Self:
        """The frame as it was kept; fields that this Loket does not know are passed over. Raises BadFrame."""
        known = {field.name: document[field.name] for field in fields(cls) if field.name in document}
        return replace(cls.of(brand), **known)  # type: ignore[arg-type]

    def document(self) -> dict[str, object]:
        """The frame as it is kept."""
        return asdict(self)

    def set_in(self, layout: str, brand: Brand) -> str:
        """The layout with this frame's values in their places."""
        values = {name: str(value) for name, value in asdict(self).items()} | {"logo": self._logo(brand)}
        return _PLACE.sub(lambda place: values[place[1]], layout)

    def _logo(self, brand: Brand) -> str:
        """One picture, the same for everybody, so that it tells nobody who opened what."""
        if not self.has_logo or not brand.logo_url.startswith("https://"):
            return ""
        address, name = escape(brand.logo_url), escape(brand.name)
        return f'{{% raw %}}<img src="{address}" alt="{name}" height="40" style="height:40px;border:0">{{% endraw %}}'


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("10000") else -1
