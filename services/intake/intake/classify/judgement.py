"""What the classifier answers: frozen values that a ticket, an event and a page can hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from common.vocabulary import HandlingClass, Language, Sensitivity, TaskType, Topic

Stage = Literal["full", "fast"]
NOTHING = "nothing"
KINDS = [*(kind.value for kind in HandlingClass), NOTHING]  # in the order of every row of probabilities
Abstention = Literal["no_text", "unfamiliar", "low_margin", "stages_disagree", "nothing_to_handle"]


@dataclass(frozen=True)
class Reason:
    """One thing that moved the judgement: a stable code and, where there is one, the customer's own word."""

    code: str
    evidence: str | None = None


@dataclass(frozen=True)
class Judgement:
    """What kind of work a message is, what it is about, how sure that is, and why."""

    handling_class: HandlingClass | None  # None: abstained
    probabilities: Mapping[str, float]  # routine, specialist, technical, nothing; calibrated, sum 1
    confidence: float  # calibrated probability of the best class, also when abstained
    topic: Topic | None
    topics: tuple[tuple[Topic, float], ...]  # the best two with their probability
    task_type: TaskType | None
    urgent: bool
    sensitivity: Sensitivity
    language: Language
    reasons: tuple[Reason, ...]
    abstained_because: Abstention | None
    model_version: str
    stage: Stage
    shadow: Mapping[str, float] | None = None  # what a candidate model makes of the class; kept, never used
