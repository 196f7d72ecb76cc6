"""How the linear model is fitted: logistic regression over hashed words and letter groups, one for each question."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from common.vocabulary import Language
from intake.classify.examples import Example
from intake.classify.features import hashed
from intake.classify.model import LinearModel, assembled
from intake.classify.questions import QUESTIONS, numbered
from intake.classify.vectors import Vocabulary, learned, rows

Floats = npt.NDArray[np.float64]
MOST_ROUNDS = 400
Part = tuple[Floats, Floats]  # weights and offsets, a column a label


@dataclass(frozen=True)
class Effort:
    """How hard one question is fitted."""

    strength: float
    tolerance: float


@dataclass(frozen=True)
class LinearRecipe:
    """The settings; each was chosen by cross-validation grouped by source file."""

    at_least: int = 3  # a feature must occur in so many messages
    strength: float = 8.0  # inverse regularisation of the class
    tolerance: float = 1e-5  # a looser one stops before rare words have any weight
    side_strength: float = 4.0  # of the other questions
    side_tolerance: float = 1e-4
    language_strength: float = 10.0
    language_tolerance: float = 1e-3
    snippets: int = 6  # short windows of each message, for the language
    longest_snippet: int = 5  # words
    public_weight: float = 0.5

    def effort(self, question: str) -> Effort:
        """How hard that question is fitted: the class hardest."""
        if question == "kind":
            return Effort(self.strength, self.tolerance)
        return Effort(self.side_strength, self.side_tolerance)


def _fitted(matrix: csr_array, labels: npt.NDArray[np.intp], size: int, effort: Effort, weights: Floats) -> Part:
    """Weights and offsets of one question; a label that nobody gave is never answered."""
    learner = LogisticRegression(C=effort.strength, class_weight="balanced", max_iter=MOST_ROUNDS, tol=effort.tolerance)
    learner.fit(matrix, labels, sample_weight=weights)
    if size == 1:
        return learner.coef_.T, learner.intercept_
    coefficients, offsets = np.zeros((matrix.shape[1], size)), np.full(size, -20.0)
    coefficients[:, learner.classes_], offsets[learner.classes_] = learner.coef_.T, learner.intercept_
    return coefficients, offsets


def _snippets(examples: Sequence[Example], recipe: LinearRecipe) -> tuple[list[str], list[str]]:
    """Windows of a few words of each message, with its language: so that three words are enough to tell."""
    draw = random.Random(11)  # noqa: S311 (a repeatable sample, not a secret)
    texts, languages = [], []
    for example in examples:
        words = example.text.split()
        for _ in range(recipe.snippets if words else 0):
            start = draw.randrange(len(words))
            texts.append(" ".join(words[start : start + draw.randint(1, recipe.longest_snippet)]))
            languages.append(example.language)
    return texts, languages


def _language_part(
    examples: Sequence[Example], matrix: csr_array, vocabulary: Vocabulary, recipe: LinearRecipe
) -> Part:
    """Weights that tell the four languages apart, also on a few words."""
    texts, spoken = _snippets(examples, recipe)
    both = vstack([matrix, rows(hashed(texts), vocabulary.table(), vocabulary.telling)]).tocsr()
    order = list(Language)
    labels = np.array([order.index(Language(one)) for one in [example.language for example in examples] + spoken])
    effort = Effort(recipe.language_strength, recipe.language_tolerance)
    return _fitted(both, labels, len(order), effort, np.ones(len(labels)))


def fit_linear(examples: Sequence[Example], recipe: LinearRecipe, only: Sequence[str] = ()) -> LinearModel:
    """A linear model fitted on the examples, not yet calibrated; `only` limits it to some questions."""
    texts = [example.text for example in examples]
    parts: dict[str, Part] = {}
    heads: dict[str, list[str]] = {}
    with threadpool_limits(1):
        vocabulary = learned(texts, at_least=recipe.at_least)
        matrix = rows(hashed(texts), vocabulary.table(), vocabulary.telling)
        trust = np.array([1.0 if example.own else recipe.public_weight for example in examples])
        for question in QUESTIONS:
            if not question.by_words or (only and question.name not in only):
                continue
            labels = numbered(question, examples)
            known = np.flatnonzero(labels >= 0)
            effort = recipe.effort(question.name)
            parts[question.name] = _fitted(matrix[known], labels[known], len(question.labels), effort, trust[known])
            heads[question.name] = list(question.labels)
        if not only or "language" in only:
            parts["language"] = _language_part(examples, matrix, vocabulary, recipe)
            heads["language"] = list(Language)
    weights = np.hstack([part for part, _ in parts.values()]).astype(np.float32)
    offsets = np.concatenate([part for _, part in parts.values()]).astype(np.float32)
    return assembled(vocabulary, weights, offsets, {"heads": heads})
