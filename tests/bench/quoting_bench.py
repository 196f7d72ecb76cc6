"""Answers told apart from what they quote: how many are found whole and alone, by mail program and language.

Run it as `PYTHONPATH=tests python -m bench.quoting_bench`.
"""

import json
import re
import sys
from collections import defaultdict

from intake.mail.markup import text_of
from intake.mail.quoting import newest
from more_quoted_samples import more_samples
from quoted_samples import samples

Found = dict[str, dict[str, tuple[int, int]]]  # by program and language: found, of how many


def measure() -> Found:
    counted: Found = defaultdict(dict)
    for sample in (*samples(), *more_samples()):
        found = newest(text_of(sample.html) if sample.html else sample.text)
        good, number = counted[sample.program].get(sample.language, (0, 0))
        is_good = _bare(found) == _bare(sample.added)
        counted[sample.program][sample.language] = good + is_good, number + 1
    return counted


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


if __name__ == "__main__":
    json.dump(measure(), sys.stdout)
