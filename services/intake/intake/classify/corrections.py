"""The nearest corrected messages: what colleagues made of similar ones moves a new message's probabilities at once.

A message counts as similar from a certain likeness of its words on. Corrections pull towards the class they were
corrected to, messages that were settled as judged pull towards theirs, and the pulls share what influence there is.
What one agent may add is capped, so that it takes several colleagues to turn a judgement that was sure of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from common.vocabulary import Topic
from intake.classify.features import hashed
from intake.classify.judgement import KINDS
from intake.classify.lessons import Lesson
from intake.classify.likeness import shared_words
from intake.classify.model import LinearModel, Scored
from intake.classify.reading import read
from intake.classify.vectors import rows

TOPICS = [topic.value for topic in Topic]
LEAST_ALIKE = 0.3  # likeness of words (0 to 1) from which on a message counts as similar
ALIKE = 0.55  # from here on it counts in full
SETTLED = 0.5  # how much a message that was settled as judged counts against a corrected one
MOST_OF_ONE = 0.5  # votes of one agent, however many similar messages they corrected
MOST_IN_ALL = 1.5  # votes for one class
STRENGTH = 4.0  # natural logarithm of odds that one vote moves
WORTH_TELLING = 0.5  # a smaller pull is no reason
NOBODY = ""  # whoever leaves a judgement as it is

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Memory:
    """Lessons at hand, with the features of their messages."""

    lessons: tuple[Lesson, ...]
    rows: csr_array  # a row a lesson
    model_version: str

    @cached_property
    def across(self) -> csr_array:
        """A row a feature: turned once, for turning it for each message would cost ten times the look itself."""
        return csr_array(self.rows.T)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each ticket's lesson."""
        return {lesson.ticket: number for number, lesson in enumerate(self.lessons)}

    @cached_property
    def kinds(self) -> "Ballot":
        """Who votes for which class."""
        return _ballot([(lesson.agent or NOBODY, lesson.kind) for lesson in self.lessons], KINDS)

    @cached_property
    def topics(self) -> "Ballot":
        """Who votes for which topic."""
        return _ballot([(lesson.agent or NOBODY, lesson.topic) for lesson in self.lessons], TOPICS)

    @cached_property
    def corrected_to(self) -> npt.NDArray[np.str_]:
        """The class that each lesson's message was corrected to; nothing where it was settled as judged."""
        return np.array([lesson.kind if lesson.agent else NOBODY for lesson in self.lessons], dtype=np.str_)

    @cached_property
    def counts(self) -> Floats:
        """How much each lesson counts."""
        return np.array([1.0 if lesson.agent else SETTLED for lesson in self.lessons])


@dataclass(frozen=True, eq=False)
class Ballot:
    """Lessons by who voted and for what."""

    cells: csr_array  # lessons x (agent, label)
    labels: npt.NDArray[np.intp]  # the label of each such pair
    size: int  # labels

    def pulls(self, alike: Floats) -> Floats:
        """How far each label is pulled, a row a message; `alike` says how much each lesson counts for it."""
        votes = np.zeros((len(alike), self.size))
        np.add.at(votes.T, self.labels, np.minimum(alike @ self.cells, MOST_OF_ONE).T)
        shares = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9)
        return np.asarray(STRENGTH * np.minimum(votes, MOST_IN_ALL) * shares)


@dataclass(frozen=True, eq=False)
class Recalled:
    """What similar messages add to a batch, a row a message."""

    kind: Floats
    topic: Floats
    because: tuple[tuple[str, str] | None, ...]  # the class colleagues corrected to, and the words both messages share


def _ballot(votes: Sequence[tuple[str, str | None]], labels: list[str]) -> Ballot:
    """The votes in cells of one agent and one label; a vote for no label is none."""
    cells: dict[tuple[str, str], int] = {}
    at = [cells.setdefault((agent, label), len(cells)) if label in labels else -1 for agent, label in votes]
    lessons = np.array([number for number, cell in enumerate(at) if cell >= 0], dtype=np.intp)
    columns = np.array([cell for cell in at if cell >= 0], dtype=np.intp)
    shape = (len(votes), len(cells))
    matrix = csr_array((np.ones(len(lessons)), (lessons, columns)), shape=shape)
    return Ballot(matrix, np.array([labels.index(label) for _, label in cells], dtype=np.intp), len(labels))


def remembered(model: LinearModel, lessons: Sequence[Lesson], before: Memory | None = None) -> Memory:
    """The lessons ready to be recalled; what `before` already knows of the same tickets is not read again."""
    known = before.numbers if before and before.model_version == model.version else {}
    old = [lesson for lesson in lessons if lesson.ticket in known]
    new = [lesson for lesson in lessons if lesson.ticket not in known]
    parts = []
    if before and old:
        parts.append(before.rows[[known[lesson.ticket] for lesson in old]])
    if new:
        found = hashed([read(lesson.subject, lesson.body) for lesson in new])
        parts.append(rows(found, model.columns, model.vocabulary.telling))
    empty = csr_array(np.zeros((0, len(model.vocabulary.telling)), dtype=np.float32))
    return Memory((*old, *new), csr_array(vstack(parts)) if parts else empty, model.version)


def recalled(model: LinearModel, memory: Memory, scored: Scored) -> Recalled:
    """What the most similar lessons add to each message of the batch."""
    likeness = np.asarray((scored.rows @ memory.across).toarray(), dtype=np.float64)
    alike = np.clip((likeness - LEAST_ALIKE) / (ALIKE - LEAST_ALIKE), 0, 1) * memory.counts
    kind = memory.kinds.pulls(alike)
    because = tuple(
        _because(model, memory, scored, at, alike[at] * (memory.corrected_to == KINDS[pulls.argmax()]))
        if pulls.max() >= WORTH_TELLING
        else None
        for at, pulls in enumerate(kind)
    )
    return Recalled(kind, memory.topics.pulls(alike), because)


def _because(model: LinearModel, memory: Memory, scored: Scored, at: int, nearness: Floats) -> tuple[str, str] | None:
    """The class of the nearest correction and the words it shares with the message; None when none is near."""
    nearest = int(nearness.argmax())
    if nearness[nearest] == 0:
        return None
    return memory.lessons[nearest].kind, shared_words(model, scored, at, memory.rows[[nearest]])
