"""Kinds of need and of haste: finer answers than the guide asks for, whose sums are the class and the urgency.

A bill in dispute and a stolen identity are both for specialists and share no word. Told apart while learning, each kind
is one simple thing; what is asked for is the sum of the kinds that come to it.
"""

import numpy as np

from common.vocabulary import HandlingClass, TaskType, Topic
from intake.classify.clues import CLUES
from intake.classify.examples import Example
from intake.classify.judgement import KINDS, NOTHING
from intake.classify.perceptron import Floats

TINY = 1e-9
CALM = "calm"
_OVER = next(clue.told for clue in CLUES if clue.code == "fault_over")
_ROUTINE = {
    Topic.APPOINTMENT: "appointment",
    Topic.ACCOUNT: "account",
    Topic.ADDRESS_MOVE: "account",
    Topic.ORDER: "order",
    Topic.DELIVERY: "order",
    Topic.RETURN_REFUND: "order",
    Topic.BILLING: "bill_explained",
    Topic.CONTRACT: "contract_by_the_book",
}
_SPECIALIST = {
    Topic.BILLING: "money_contested",
    Topic.RETURN_REFUND: "money_contested",
    Topic.CONTRACT: "contract_contested",
    Topic.COMPLAINT_STAFF: "formal",
    Topic.COMPLAINT_SERVICE: "formal",
    Topic.DEBT_COLLECTION: "debt",
    Topic.PRIVACY_FRAUD: "fraud",
    Topic.DAMAGE_CLAIM: "liability",
    Topic.TECHNICAL_ADVICE: "engineering",
    Topic.PERMIT_TAX: "permit",
}
_TECHNICAL = {Topic.INSTALLATION: "change", Topic.APPOINTMENT: "no_show", Topic.PUBLIC_SPACE: "street"}
_BY_CLASS = {
    HandlingClass.ROUTINE: ["fault_over", "copy", *dict.fromkeys(_ROUTINE.values()), "told"],
    HandlingClass.SPECIALIST: [*dict.fromkeys(_SPECIALIST.values()), "judged"],
    HandlingClass.TECHNICAL: [*_TECHNICAL.values(), "fault"],
}
_CLASS_OF = {need: kind.value for kind, needs in _BY_CLASS.items() for need in needs} | {NOTHING: NOTHING}
NEEDS = list(_CLASS_OF)
HASTES = [CALM, "street", "outage", "danger", "fraud", "debt", "dispute", "block"]
_SUMS = np.array([[_CLASS_OF[need] == kind for kind in KINDS] for need in NEEDS], dtype=np.float32)


def need_of(example: Example) -> str:
    """What the writer of a labelled message needs."""
    topic = Topic(example.topic) if example.topic else Topic.OTHER
    if example.kind == HandlingClass.TECHNICAL:
        return _TECHNICAL.get(topic, "fault")
    if example.kind == HandlingClass.SPECIALIST:
        return _SPECIALIST.get(topic, "judged")
    if example.kind == NOTHING:
        return NOTHING
    if _OVER.search(example.text):
        return "fault_over"
    return "copy" if example.task == TaskType.DOCUMENT else _ROUTINE.get(topic, "told")


def haste_of(example: Example) -> str | None:
    """Why a labelled message may not wait, or that it may; None where nobody said."""
    if not example.urgent:
        return None if example.urgent is None else CALM
    if example.kind == HandlingClass.TECHNICAL:
        return {Topic.PUBLIC_SPACE: "street", Topic.OUTAGE: "outage"}.get(Topic(example.topic or "other"), "danger")
    if example.kind == HandlingClass.SPECIALIST:
        kinds = {Topic.PRIVACY_FRAUD: "fraud", Topic.DEBT_COLLECTION: "debt"}
        return kinds.get(Topic(example.topic or "other"), "dispute")
    return "block"


def _class_of(needs: Floats) -> Floats:
    """The log-probabilities of the classes, from those of the needs."""
    return np.asarray(np.log(np.exp(needs) @ _SUMS + TINY), dtype=np.float32)


def _urgency_of(hastes: Floats) -> Floats:
    """How likely any haste is (log-odds), from the log-probabilities of its kinds."""
    calm = np.exp(hastes[:, HASTES.index(CALM)])
    return np.asarray(np.log((1 - calm + TINY) / (calm + TINY)), dtype=np.float32)[:, None]


def summed(answers: dict[str, Floats]) -> dict[str, Floats]:
    """The answers of the heads, the class averaged with the sum of its needs and urgency with that of its kinds."""
    return answers | {
        "kind": _mean(answers["kind"], _class_of(answers["need"])),
        "urgent": _mean(answers["urgent"], _urgency_of(answers["haste"])),
    }


def _mean(one: Floats, other: Floats) -> Floats:
    return np.asarray((one + other) / 2, dtype=np.float32)
