"""Letters on paper: a PDF whose words can be read back."""

import re
import zlib

from notifications.blocks import Block
from notifications.paper import Sheet, letter

SHEET = Sheet(
    sender="Gemeente Vörde",
    address=["Aan de bewoners van", "Dorpsstraat 1", "3511 AB  Utrecht"],
    day="25 november 2026",
    reference="L-7K3M9-QX2C5",
    language="nl",
)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def drawn(pdf: bytes) -> int:
    """How many characters stand on the pages: two bytes each in the streams."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    content = b"".join(zlib.decompress(s) for s in streams if s.startswith(b"x"))
    return sum(len(part) for part in re.findall(rb"\((.*?)(?<!\\)\) Tj", content, re.DOTALL)) // 2


def test_a_letter_is_one_page_with_all_its_words() -> None:
    blocks = [Block("heading", ("Wij hebben uw bericht ontvangen",)), Block("paragraph", ("Één ding: € 5,00",))]

    pdf = letter(SHEET, blocks)

    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 1
    assert drawn(pdf) > 100


def test_what_nobody_can_press_is_not_printed() -> None:
    heading = Block("heading", ("Dag",))

    assert drawn(letter(SHEET, [heading, Block("button", ("Bekijk",), "https://x.example")])) == drawn(
        letter(SHEET, [heading])
    )


def test_a_long_answer_takes_more_pages_and_any_character_can_be_printed() -> None:
    said = Block("said", tuple(f"regel {n} 日本 😀 \u202e" for n in range(120)))

    assert pages(letter(SHEET, [said])) >= 3
