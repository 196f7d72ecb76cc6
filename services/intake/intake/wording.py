"""The first words of a message, as its title."""

import re

from common.wording import clean_line

_END = re.compile(r"\n|(?<=[.!?])\s")


def first_words(text: str, longest: int = 80) -> str:
    """The beginning of the text as a title: its first sentence or line when short, else cut between words."""
    line = clean_line(_END.split(text.strip(), maxsplit=1)[0]).rstrip(".") or clean_line(text)
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0].rstrip(",;:-") + "…"
