"""Kinds of need and of haste: what they are, and that the class and the urgency are their sums."""

from dataclasses import replace

import numpy as np
import pytest

from intake.classify.examples import Example
from intake.classify.judgement import KINDS
from intake.classify.needs import HASTES, NEEDS, haste_of, need_of, summed
from intake.classify.perceptron import Floats, log_probabilities

MESSAGE = Example(
    text="De kabel hangt los",
    language="nl",
    kind="technical",
    topic="repair",
    task="fault",
    urgent=True,
    confidential=False,
    source="here",
    group="T",
    own=True,
)


@pytest.mark.parametrize(
    ("kind", "topic", "need", "haste"),
    [
        ("technical", "repair", "fault", "danger"),
        ("technical", "public_space", "street", "street"),
        ("technical", "installation", "change", "danger"),
        ("technical", "outage", "fault", "outage"),
        ("specialist", "privacy_fraud", "fraud", "fraud"),
        ("specialist", "debt_collection", "debt", "debt"),
        ("specialist", "contract", "contract_contested", "dispute"),
        ("specialist", "outage", "judged", "dispute"),
        ("routine", "account", "account", "block"),
        ("routine", "information", "told", "block"),
        ("routine", None, "told", "block"),
        ("nothing", "other", "nothing", "block"),
    ],
)
def test_a_labelled_message_has_one_need_and_one_reason_for_haste(
    kind: str, topic: str | None, need: str, haste: str
) -> None:
    message = replace(MESSAGE, kind=kind, topic=topic)

    assert need_of(message) == need
    assert haste_of(message) == haste
    assert haste_of(replace(message, urgent=False)) == "calm"
    assert haste_of(replace(message, urgent=None)) is None


def test_a_question_after_a_fault_that_is_over_and_a_copy_are_needs_of_their_own() -> None:
    over = replace(MESSAGE, kind="routine", topic="billing", text="De ketel is gerepareerd, hoe hoog is de nota?")
    copy = replace(MESSAGE, kind="routine", topic="billing", text="De nota nog eens graag", task="document")

    assert (need_of(over), need_of(copy)) == ("fault_over", "copy")


def scores(labels: list[str], likely: dict[str, float]) -> Floats:
    """Log-probabilities: those given, the rest shared out."""
    rest = (1 - sum(likely.values())) / (len(labels) - len(likely))
    return np.log(np.array([[likely.get(label, rest) for label in labels]], dtype=np.float32))


def test_many_small_needs_of_one_class_outweigh_one_large_need_of_another() -> None:
    spread = {"money_contested": 0.2, "formal": 0.2, "debt": 0.2, "fault": 0.3}
    even = log_probabilities(np.zeros((1, len(KINDS)), dtype=np.float32))
    answers = {
        "kind": even,
        "need": scores(NEEDS, spread),
        "urgent": np.zeros((1, 1), np.float32),
        "haste": scores(HASTES, {"calm": 0.4}),
    }

    after = summed(answers)

    assert KINDS[after["kind"].argmax()] == "specialist"
    assert after["urgent"][0, 0] > 0, "six parts in ten may not wait"
    assert summed(answers | {"haste": scores(HASTES, {"calm": 0.9})})["urgent"][0, 0] < 0
