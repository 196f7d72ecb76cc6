"""What people taught: one message and what a colleague made of it, by correcting the judgement or by leaving it be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from intake.classify.perceptron import Floats

AGENT_COUNTS = 10.0  # in a refit one agent's corrections weigh no more than so many, however many there are
SETTLED_COUNTS = 0.5  # a message that was settled as judged says less than one that somebody looked at and changed


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message with the labels people left it with."""

    ticket: str  # the id of the ticket whose first message it is
    subject: str
    body: str
    kind: str  # routine, specialist or technical
    topic: str | None
    agent: str | None  # who corrected it; None: it was settled as it was judged


def weights(lessons: Sequence[Lesson]) -> Floats:
    """How much each lesson counts in a refit: corrections one each, but all of one agent at most AGENT_COUNTS."""
    taught = Counter(lesson.agent for lesson in lessons if lesson.agent)
    return np.array(
        [min(1.0, AGENT_COUNTS / taught[lesson.agent]) if lesson.agent else SETTLED_COUNTS for lesson in lessons],
        dtype=np.float32,
    )


def fingerprint(lessons: Sequence[Lesson]) -> str:
    """A hash of everything a refit learns from; the order does not matter."""
    digest = sha256()
    for line in sorted(repr(lesson) for lesson in lessons):
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
