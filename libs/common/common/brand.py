"""The organisation's name, colour and logo on the pages, refused when the colour cannot be read."""

import re
from dataclasses import dataclass
from typing import ClassVar, Self

from common.settings import Settings

Rgb = tuple[float, float, float]

LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
LINEAR_BELOW = 0.04045  # of the sRGB curve
PAPER, NIGHT, WHITE = "#FBFAF7", "#1D2125", "#FFFFFF"
ACCENT = "#0B5A6B"


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
    def of(cls, settings: Settings) -> Self:
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
        return _shifted(self.accent, WHITE, away_from=self.accent)

    @property
    def night_accent(self) -> str:
        """The accent made light enough to read on the dark page."""
        return _shifted(self.accent, WHITE, away_from=NIGHT, least=6.0)

    @property
    def night_accent_ground(self) -> str:
        """A dark wash of the accent on which the light accent can be read."""
        return _shifted(self.accent, NIGHT, away_from=self.night_accent)


def contrast(one: str, other: str) -> float:
    """How far apart two colours (#RRGGBB) are in brightness, from 1 to 21, by the formula of WCAG 2."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _shifted(colour: str, towards: str, *, away_from: str, least: float = 4.6) -> str:
    steps = [_mixed(colour, towards, share / 20) for share in range(21)]
    return next((step for step in steps if contrast(step, away_from) >= least), towards)


def _mixed(one: str, other: str, share: float) -> str:
    parts = (round(255 * (a + (b - a) * share)) for a, b in zip(_rgb(one), _rgb(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
