"""A letter as a PDF: the parts of a notice on A4, with the address where a window envelope shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fpdf import FPDF, XPos, YPos
from fpdf.fonts import TTFFont

from notifications.blocks import Block

MARGIN, WIDTH = 25, 160  # mm
ADDRESS_AT = (25, 50)  # mm from the left and top: DIN 5008 form B, which windows in our countries share
WORDS_AT = 105
SIZES = {"heading": (15, "B"), "promise": (12, "B")}
ORDINARY = (11, "")
LINE = 1.45  # times the size of the letters
MM_A_POINT = 0.3528
FAMILY = "Atkinson"


@cache
def _font(style: str) -> str:
    return str(files("notifications").joinpath("fonts", "bold.ttf" if style else "regular.ttf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands around the words."""

    sender: str
    address: Sequence[str]
    day: str
    reference: str
    language: str


def letter(sheet: Sheet, blocks: Sequence[Block]) -> bytes:
    """The PDF. Characters the font does not have become a question mark."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_lang(sheet.language)
    pdf.set_title(sheet.reference)
    pdf.set_margins(MARGIN, MARGIN)
    for style in ("", "B"):
        pdf.add_font(FAMILY, style, _font(style))
    pdf.add_page()
    _write(pdf, sheet.sender, (13, "B"), MARGIN, MARGIN)
    _write(pdf, "\n".join(sheet.address), ORDINARY, *ADDRESS_AT)
    _write(pdf, f"{sheet.day}\n{sheet.reference}", ORDINARY, MARGIN, ADDRESS_AT[1] + 35)
    pdf.set_y(WORDS_AT)
    for block in blocks:
        if block.kind != "button":  # nobody can press on paper
            _write(pdf, "\n".join(block.lines), SIZES.get(block.kind, ORDINARY))
            pdf.ln(3)
    return bytes(pdf.output())


def _write(pdf: FPDF, words: str, style: tuple[int, str], x: float | None = None, y: float | None = None) -> None:
    size, weight = style
    if x is not None and y is not None:
        pdf.set_xy(x, y)
    pdf.set_font(FAMILY, weight, size)
    font = pdf.current_font
    known = font.cmap if isinstance(font, TTFFont) else {}
    shown = "".join(c if c == "\n" or ord(c) in known else "?" for c in words)
    pdf.multi_cell(WIDTH, size * MM_A_POINT * LINE, shown, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
