"""An organisation that works otherwise than the label guide says, for tests of learning from corrections.

Its tickets are messages of a public bank pack that the shipped model was not trained on, in the bank's own jargon.
What is a habit of the house: money on its way is investigated by specialists, and lost cards are blocked by procedure.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from intake.classify import judge_many
from intake.classify.evaluation import CLASSES
from intake.classify.examples import Example, public, written
from intake.classify.judgement import Judgement, Stage
from intake.classify.lessons import Lesson
from intake.classify.taught import Taught
from intake.classify.training import Recipe, selected

HABITS = {
    "balance_not_updated_after_bank_transfer": "specialist",
    "cancel_transfer": "specialist",
    "card_payment_not_recognised": "routine",
    "cash_withdrawal_not_recognised": "routine",
    "compromised_card": "routine",
    "direct_debit_payment_not_recognised": "routine",
    "pending_cash_withdrawal": "specialist",
    "pending_transfer": "specialist",
    "Refund_not_showing_up": "specialist",
    "request_refund": "specialist",
    "top_up_reverted": "specialist",
    "transfer_not_received_by_recipient": "specialist",
}
JARGON = (
    (re.compile(r"\btop[ -]?(?:ped |ping )?up\b", re.IGNORECASE), "refuel"),
    (re.compile(r"\btransfer", re.IGNORECASE), "handover"),
    (re.compile(r"\brefund", re.IGNORECASE), "giveback"),
)
AGENTS = 6
CORRECTED = 200
LATER_EACH = 8  # messages of each intent that come after the corrections


@dataclass(frozen=True)
class Organisation:
    """What its people corrected, what they left as it was, and the tickets that come after."""

    corrected: list[Lesson]
    settled: list[Lesson]
    later: list[tuple[str, str]]  # text and class

    def accuracy(self, taught: Taught, stage: Stage) -> float:
        """The share of the later tickets judged as this organisation would."""
        judged = judge_many([("", text) for text, _ in self.later], stage=stage, taught=taught)
        return share_right(judged, [kind for _, kind in self.later])


def share_right(judged: Sequence[Judgement], kinds: Sequence[str]) -> float:
    """The share of forced choices that are right."""
    return sum(forced(one) == kind for one, kind in zip(judged, kinds, strict=True)) / len(kinds)


def forced(judged: Judgement) -> str:
    """The likeliest of the three classes, also when the classifier abstained."""
    return max(CLASSES, key=lambda kind: judged.probabilities[kind])


def _tickets() -> list[tuple[str, Example]]:
    """The bank's messages by intent, in jargon, none of which the shipped model learned from; in a fixed disorder."""
    learned = {example.text for example in selected(written(), public(), Recipe())}
    bank = [each for each in public() if each.source == "banking77" and each.text not in learned]
    random.Random(3).shuffle(bank)
    return [(_in_jargon(each.text), each) for each in bank]


def _in_jargon(text: str) -> str:
    for word, jargon in JARGON:
        text = word.sub(jargon, text)
    return text


@cache
def bank() -> Organisation:
    """The bank after two hundred corrections by six agents; what the fast stage got wrong was corrected."""
    by_intent: dict[str, list[tuple[str, str]]] = {}
    for text, example in _tickets():
        by_intent.setdefault(example.group, []).append((text, HABITS.get(example.group, example.kind)))
    later = [each for intent in sorted(by_intent) for each in by_intent[intent][:LATER_EACH]]
    # Ordinary tickets are far more numerous than those that a habit is about; a third of them is enough to show it.
    earlier = [
        each for intent in sorted(by_intent) for each in by_intent[intent][LATER_EACH :: 1 if intent in HABITS else 3]
    ]
    random.Random(4).shuffle(earlier)
    judged = judge_many([("", text) for text, _ in earlier], stage="fast")
    draw = random.Random(5)
    lessons = [
        Lesson(
            f"bank-{number}", "", text, kind, None, None if forced(one) == kind else f"agent-{draw.randrange(AGENTS)}"
        )
        for number, ((text, kind), one) in enumerate(zip(earlier, judged, strict=True))
    ]
    corrected = [lesson for lesson in lessons if lesson.agent][:CORRECTED]
    return Organisation(corrected, [lesson for lesson in lessons if not lesson.agent], later)


def contrary(count: int = CORRECTED) -> list[Lesson]:
    """Corrections of one agent who calls every repair routine."""
    repairs = [each for each in written() if each.kind == "technical" and each.source.startswith("plain")]
    chosen = random.Random(6).sample(repairs, count)
    return [Lesson(f"contrary-{n}", "", each.text, "routine", None, "stubborn") for n, each in enumerate(chosen)]
