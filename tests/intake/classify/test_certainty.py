"""A judgement never says it is wholly sure."""

import numpy as np
import pytest

from intake.classify import judge
from intake.classify.certainty import SUREST, modest


@pytest.mark.parametrize("given", [[1.0, 0.0, 0.0, 0.0], [0.0, 0.001, 0.999, 0.0], [0.995, 0.003, 0.001, 0.001]])
def test_the_surest_is_brought_down_and_the_sum_stays_one(given: list[float]) -> None:
    told = modest(np.array(given))

    assert told.max() == SUREST
    assert told.sum() == pytest.approx(1)
    assert told.argmax() == np.argmax(given)


def test_the_others_keep_their_proportion() -> None:
    told = modest(np.array([0.0, 0.001, 0.996, 0.003]))

    assert told[3] == pytest.approx(3 * told[1])
    assert told[0] == 0


def test_what_is_not_that_sure_stays_as_it_is() -> None:
    given = np.array([0.2, 0.7, 0.05, 0.05])

    assert modest(given) is given


@pytest.mark.parametrize(
    "text", ["Kunt u mij de factuur van mei nogmaals sturen?", "Gaslucht! De keuken staat in brand"]
)
def test_no_message_is_judged_with_certainty(text: str) -> None:
    judged = judge("", text * 3, stage="fast")

    assert judged.confidence <= SUREST
    assert max(judged.probabilities.values()) <= SUREST
