"""The label guide is the specification: its own examples are judged as it says."""

import re
from pathlib import Path

from intake.classify import judge_many

GUIDE = Path(__file__).parents[3] / "docs" / "label-guide.md"
SECTION = re.compile(r"^## Examples (\w)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r'^\d+\. "(.+)" ', re.MULTILINE)
EXAMPLES = [
    (letter, text) for letter, section in SECTION.findall(GUIDE.read_text("utf-8")) for text in EXAMPLE.findall(section)
]


def test_the_guide_has_fourteen_examples_of_each_class() -> None:
    assert [[letter for letter, _ in EXAMPLES].count(letter) for letter in "RST"] == [14, 14, 14]


def test_the_examples_of_the_guide_are_judged_as_it_says() -> None:
    judged = judge_many([("", text) for _, text in EXAMPLES])
    kinds = [one.handling_class.letter if one.handling_class else None for one in judged]
    wrong = [(text, kind) for (letter, text), kind in zip(EXAMPLES, kinds, strict=True) if kind != letter]

    assert len(wrong) <= 2, wrong
