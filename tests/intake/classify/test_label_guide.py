"""The label guide is the specification: its own examples are judged as it says."""

import re
from pathlib import Path

import pytest

from intake.classify import judge

GUIDE = Path(__file__).parents[3] / "docs" / "label-guide.md"
SECTION = re.compile(r"^## Examples (\w)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r'^\d+\. "(.+)" ', re.MULTILINE)
EXAMPLES = [
    (letter, text) for letter, section in SECTION.findall(GUIDE.read_text("utf-8")) for text in EXAMPLE.findall(section)
]


def test_the_guide_has_fourteen_examples_of_each_class() -> None:
    assert [[letter for letter, _ in EXAMPLES].count(letter) for letter in "RST"] == [14, 14, 14]


@pytest.mark.parametrize(("letter", "text"), EXAMPLES, ids=[text[:40] for _, text in EXAMPLES])
def test_an_example_of_the_guide_is_judged_as_it_says(letter: str, text: str) -> None:
    judged = judge("", text)

    assert judged.handling_class
    assert judged.handling_class.letter == letter
