"""The index over lessons finds exactly those that come near, and how near they come."""

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from intake.classify.corrections import remembered
from intake.classify.examples import Example, written
from intake.classify.lessons import Lesson
from intake.classify.model import load
from intake.classify.nearness import index

LEAST = 0.3


def of_length_one(rows: csr_array) -> csr_array:
    lengths = np.sqrt(rows.power(2).sum(axis=1))
    scaled = rows.copy()
    scaled.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(rows.indptr)).astype(np.float32)
    return scaled


def agrees(rows: csr_array, others: csr_array) -> bool:
    """Whether the index says of every other row what the full product says."""
    found = index(rows)
    whole = (others @ rows.T).toarray()
    for at in range(others.shape[0]):
        part = slice(*others.indptr[at : at + 2])
        numbers, likeness = found.near(others.indices[part], others.data[part], LEAST)
        missed = np.setdiff1d((whole[at] >= LEAST).nonzero()[0], numbers)
        if len(missed) or not np.allclose(likeness, whole[at][numbers], atol=1e-6):
            return False
    return True


@pytest.mark.parametrize("density", [0.0, 0.02, 0.5])
@pytest.mark.parametrize("lessons", [1, 30, 400])
def test_any_rows_are_found_as_by_the_full_product(lessons: int, density: float) -> None:
    draw = np.random.default_rng(4)
    rows, others = (
        of_length_one(random_array((size, 300), density=density, rng=draw, dtype=np.float32).tocsr())
        for size in (lessons, 60)
    )

    assert agrees(rows, others)


def test_messages_are_found_as_by_the_full_product() -> None:
    examples = written()
    lessons = remembered(load(), [lesson(number, each) for number, each in enumerate(examples[:3000:5])])
    others = load().score([f"{each.text} graag snel" for each in examples[:3000:11]]).rows

    assert agrees(lessons.rows, others.matrix())


def lesson(number: int, example: Example) -> Lesson:
    return Lesson(str(number), "", example.text, "routine", None, None)
