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
from intake.classify.nearness import Index, index
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
    def index(self) -> Index:
        """The lessons by feature."""
        return index(self.rows)

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

    cells: npt.NDArray[np.intp]  # for each lesson the number of its pair of agent and label; -1: it votes for none
    labels: npt.NDArray[np.intp]  # the label of each such pair
    size: int  # labels

    def pulls(self, lessons: npt.NDArray[np.intp], alike: Floats) -> Floats:
        """How far each label is pulled by the lessons of these numbers; `alike` says how much each of them counts."""
        cells = self.cells[lessons]
        votes_by_cell = np.bincount(cells[cells >= 0], weights=alike[cells >= 0], minlength=len(self.labels))
        votes = np.bincount(self.labels, weights=np.minimum(votes_by_cell, MOST_OF_ONE), minlength=self.size)
        return np.asarray(STRENGTH * np.minimum(votes, MOST_IN_ALL) * votes / max(float(votes.sum()), 1e-9))


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
    voted_for = np.array([labels.index(label) for _, label in cells], dtype=np.intp)
    return Ballot(np.array(at, dtype=np.intp), voted_for, len(labels))


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
    kind, topic = np.zeros((scored.found.size, len(KINDS))), np.zeros((scored.found.size, len(TOPICS)))
    because: list[tuple[str, str] | None] = [None] * scored.found.size
    for at in range(scored.found.size):
        near, likeness = memory.index.near(*scored.rows.row(at), LEAST_ALIKE)
        alike = np.clip((likeness - LEAST_ALIKE) / (ALIKE - LEAST_ALIKE), 0, 1) * memory.counts[near]
        if alike.any():
            kind[at], topic[at] = memory.kinds.pulls(near, alike), memory.topics.pulls(near, alike)
        if kind[at].max() >= WORTH_TELLING:
            agreeing = alike * (memory.corrected_to[near] == KINDS[kind[at].argmax()])
            because[at] = _because(model, memory, scored, at, int(near[agreeing.argmax()])) if agreeing.any() else None
    return Recalled(kind, topic, tuple(because))


def _because(model: LinearModel, memory: Memory, scored: Scored, at: int, nearest: int) -> tuple[str, str]:
    """The class that a lesson's message was corrected to, and the words the message shares with it."""
    part = slice(*memory.rows.indptr[nearest : nearest + 2])
    shared = shared_words(model, scored, at, memory.rows.indices[part], memory.rows.data[part])
    return memory.lessons[nearest].kind, shared
