"""The organisation's name, colour and logo on the pages, refused when the colour cannot be read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

Rgb = tuple[float, float, float]

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
LINEAR_BELOW = 0.04045  # of the sRGB curve
STEPS = 20  # of a mixture of two colours
PAPER, WHITE, INK = "#FBFAF7", "#FFFFFF", "#1F2428"
NIGHT, NIGHT_CARD, NIGHT_INK = "#15181B", "#1D2125", "#E8E6E1"
ACCENT = "#0B5A6B"


class Chosen(Protocol):
    """Where the brand is chosen: the settings."""

    @property
    def brand(self) -> str:
        """The organisation's name."""

    @property
    def accent(self) -> str:
        """The colour, as #RRGGBB; empty for that of the house."""

    @property
    def logo_url(self) -> str:
        """Where the logo is; empty for the name in letters."""


class UnreadableAccent(ValueError):
    """The chosen accent is not a colour, or text in it could not be read."""


@dataclass(frozen=True)
class Brand:
    """Whose counter this is; an accent that cannot be read on the page is refused with a sentence."""

    name: str = "Loket"
    accent: str = ACCENT  # #RRGGBB
    logo_url: str = ""

    default_accent: ClassVar[str] = ACCENT

    @classmethod
    def of(cls, settings: Chosen) -> Self:
        """The brand that the settings describe."""
        return cls(settings.brand, settings.accent or ACCENT, settings.logo_url)

    def __post_init__(self) -> None:
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.accent):
            raise UnreadableAccent(f"The accent must be a colour like {ACCENT}, not {self.accent!r}.")
        found = contrast(self.accent, PAPER)
        if found < LEAST_CONTRAST:
            raise UnreadableAccent(
                f"The accent {self.accent} is too pale to read: its contrast with the page is {found:.1f} "
                f"and must be at least {LEAST_CONTRAST}. Choose a darker colour."
            )

    @property
    def accent_ground(self) -> str:
        """A wash of the accent on which both the accent and the ink can be read."""
        return _mixed_until(self.accent, WHITE, 0.86, (self.accent, INK))

    @property
    def night_accent(self) -> str:
        """The accent made light enough to read on the dark page."""
        return _mixed_until(self.accent, WHITE, 0, (NIGHT, NIGHT_CARD))

    @property
    def night_accent_ground(self) -> str:
        """A dark wash of the accent on which the light accent and the light ink can be read."""
        return _mixed_until(self.accent, NIGHT, 0.6, (self.night_accent, NIGHT_INK))


def contrast(one: str, other: str) -> float:
    """How far apart two colours (#RRGGBB) are in brightness, from 1 to 21, by the formula of WCAG 2."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _mixed_until(colour: str, towards: str, start: float, beside: Iterable[str]) -> str:
    """The first mixture, from the share `start` of the other colour on, that can be told from what stands beside it."""
    steps = [_mixed(colour, towards, start + (1 - start) * step / STEPS) for step in range(STEPS + 1)]
    return next((step for step in steps if all(contrast(step, other) >= LEAST_CONTRAST for other in beside)), towards)


def _mixed(one: str, other: str, share: float) -> str:
    parts = (round(255 * (a + (b - a) * share)) for a, b in zip(_rgb(one), _rgb(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
