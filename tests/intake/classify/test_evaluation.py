"""The figures are what their definitions say."""

import numpy as np
import pytest

from intake.classify.calibration import temperature, threshold
from intake.classify.evaluation import calibration_error, confusion, macro_f1, per_class


def test_confusion_counts_truth_by_row_and_answer_by_column() -> None:
    counts = confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]))

    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert per_class(counts)[1].tolist() == pytest.approx([0.5, 1.0, 2 / 3])


def test_macro_f1_is_the_mean_of_the_labels_that_occur() -> None:
    assert macro_f1(np.array([0, 0, 1]), np.array([0, 0, 1])) == 1
    assert macro_f1(np.array([0, 1]), np.array([0, 0])) == pytest.approx(1 / 3)


def test_calibration_error_is_the_gap_between_sure_and_right() -> None:
    sure = np.full(10, 0.95)

    assert calibration_error(sure, np.array([True] * 10)) == pytest.approx(0.05)
    assert calibration_error(sure, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.45)


def test_scores_that_boast_get_a_temperature_above_one() -> None:
    scores = np.array([[6.0, 0.0], [6.0, 0.0], [6.0, 0.0], [6.0, 0.0]])

    assert temperature(scores, np.array([0, 0, 0, 1])) > 1


def test_a_threshold_reaches_the_recall_asked_for() -> None:
    chances = np.array([0.9, 0.8, 0.7, 0.6, 0.1])
    truth = np.array([True, True, False, True, False])

    assert threshold(chances, truth, recall=1.0, precision=0.5) == 0.6
    assert threshold(chances, truth, recall=1.0, precision=0.9) == 0.8
