"""How the shipped linear model is made: deterministic, from the messages in the repository, in a minute or two."""

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array, vstack
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from common.vocabulary import HandlingClass, Language, TaskType, Topic
from intake.classify.examples import Example, doses, fingerprint, public, written
from intake.classify.features import hashed
from intake.classify.judgement import NOTHING
from intake.classify.model import SHIPPED, LinearModel, assembled, save
from intake.classify.vectors import Vocabulary, learned, rows

KINDS = [*(kind.value for kind in HandlingClass), NOTHING]
Progress = Callable[[str], None]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """The settings a training is made with; each was chosen by cross-validation grouped by source file."""

    at_least: int = 3  # a feature must occur in so many messages
    strength: float = 8.0  # inverse regularisation of the class head
    side_strength: float = 4.0  # of the other heads
    public_each: int = 8  # messages of each intent of a public pack
    public_nothing: int = 300  # out-of-scope messages of a public pack
    public_weight: float = 0.5
    snippets: int = 3  # short windows of each message, for the language head
    abstain_below: float = 0.5
    urgent_above: float = 0.5
    confidential_above: float = 0.5


@dataclass(frozen=True)
class Question:
    """One thing to learn: its labels, and what each example answers (None: not labelled)."""

    name: str
    labels: list[str]
    answer: Callable[[Example], str | None]


def _flag(name: str) -> Callable[[Example], str | None]:
    """The answer of a yes-or-no question."""

    def answer(example: Example) -> str | None:
        value = getattr(example, name)
        return None if value is None else str(value)

    return answer


QUESTIONS = [
    Question("kind", KINDS, lambda example: example.kind),
    Question("topic", list(Topic), lambda example: example.topic),
    Question("task", list(TaskType), lambda example: example.task),
    Question("urgent", ["True"], _flag("urgent")),
    Question("confidential", ["True"], _flag("confidential")),
]


def _fit(
    matrix: csr_array, labels: Sequence[str], order: list[str], strength: float, weights: Floats
) -> tuple[Floats, Floats]:
    """Weights and offsets of one question, a column for each label in the given order."""
    learner = LogisticRegression(C=strength, class_weight="balanced", max_iter=400, tol=1e-3)
    learner.fit(matrix, np.array(labels), sample_weight=weights)
    if len(order) == 1:
        return learner.coef_.T, learner.intercept_
    at = [list(learner.classes_).index(label) for label in order]
    return learner.coef_[at].T, learner.intercept_[at]


def _snippets(examples: Sequence[Example], each: int) -> tuple[list[str], list[str]]:
    """Windows of one to six words of each message, with its language: so that three words are enough to tell."""
    draw = random.Random(11)  # noqa: S311 (a repeatable sample, not a secret)
    texts, languages = [], []
    for example in examples:
        words = example.text.split()
        for _ in range(each if words else 0):
            start = draw.randrange(len(words))
            texts.append(" ".join(words[start : start + draw.randint(1, 6)]))
            languages.append(example.language)
    return texts, languages


def _language_head(
    examples: Sequence[Example], matrix: csr_array, vocabulary: Vocabulary, recipe: Recipe
) -> tuple[Floats, Floats]:
    """Weights that tell the four languages apart, also on a few words."""
    texts, languages = _snippets(examples, recipe.snippets)
    both = vstack([matrix, rows(hashed(texts), vocabulary.table(), vocabulary.telling)]).tocsr()
    labels = [example.language for example in examples] + languages
    return _fit(both, labels, list(Language), 10.0, np.ones(len(labels)))


def selected(own: Sequence[Example], others: Sequence[Example], recipe: Recipe) -> list[Example]:
    """What a model is fitted on: everything written for Loket and small doses of the public packs."""
    seed = [one for one in others if one.source == "seed_multilingual"]
    rest = [one for one in others if one.source != "seed_multilingual"]
    return [*own, *seed, *doses(rest, each=recipe.public_each, nothing=recipe.public_nothing)]


def fit(
    examples: Sequence[Example], recipe: Recipe, progress: Progress = print, only: Sequence[str] | None = None
) -> LinearModel:
    """A model fitted on the examples, not yet calibrated; `only` limits it to some questions."""
    with threadpool_limits(1):
        vocabulary = learned([example.text for example in examples], at_least=recipe.at_least)
        matrix = rows(hashed([example.text for example in examples]), vocabulary.table(), vocabulary.telling)
        weights, offsets, heads = [], [], {}
        for question in QUESTIONS:
            if only and question.name not in only:
                continue
            progress(f"{question.name}: {len(question.labels)} labels")
            answers = [question.answer(example) for example in examples]
            where = np.flatnonzero([answer is not None for answer in answers])
            trust = np.array([1.0 if examples[int(at)].own else recipe.public_weight for at in where])
            strength = recipe.strength if question.name == "kind" else recipe.side_strength
            fitted = _fit(matrix[where], [str(answers[int(at)]) for at in where], question.labels, strength, trust)
            weights.append(fitted[0])
            offsets.append(fitted[1])
            heads[question.name] = list(question.labels)
        if not only or "language" in only:
            progress("language")
            fitted = _language_head(examples, matrix, vocabulary, recipe)
            weights.append(fitted[0])
            offsets.append(fitted[1])
            heads["language"] = list(Language)
    facts: dict[str, Any] = {"heads": heads, "version": "uncalibrated", "temperature": 1.0}
    return assembled(
        vocabulary, np.hstack(weights).astype(np.float32), np.concatenate(offsets).astype(np.float32), facts
    )


def softmax(scores: npt.NDArray[Any]) -> Floats:
    """Probabilities from scores, row by row."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float64)


def temperature(scores: Floats, truth: npt.NDArray[np.int64]) -> float:
    """The divisor of scores at which the probabilities of the true labels are likeliest."""

    def surprise(divisor: float) -> float:
        return float(-np.log(softmax(scores / divisor)[np.arange(len(truth)), truth] + 1e-12).mean())

    return float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x)


@dataclass(frozen=True)
class Unseen:
    """Scores for messages whose file was held out of the fitting."""

    examples: list[Example]
    answers: dict[str, Floats]


def unseen(
    own: Sequence[Example],
    others: Sequence[Example],
    recipe: Recipe,
    progress: Progress = print,
    only: Sequence[str] | None = None,
) -> Unseen:
    """Every own message scored by a model that saw no message of its file."""
    examples: list[Example] = []
    parts: dict[str, list[Floats]] = {}
    for source in sorted({example.source for example in own}):
        held = [example for example in own if example.source == source]
        model = fit(
            selected([example for example in own if example.source != source], others, recipe),
            recipe,
            lambda _: None,
            only,
        )
        for question, scores in model.score([example.text for example in held]).answers.items():
            parts.setdefault(question, []).append(scores.astype(np.float64))
        examples += held
        progress(f"held out {source}")
    return Unseen(examples, {question: np.vstack(scores) for question, scores in parts.items()})


def train(
    own: Sequence[Example], others: Sequence[Example], recipe: Recipe = Recipe(), progress: Progress = print
) -> LinearModel:
    """The model to ship: fitted on everything, calibrated on what held-out files said about the ordinary messages."""
    held = unseen(own, others, recipe, progress, only=["kind"])
    plain = np.flatnonzero([example.source.startswith("plain") for example in held.examples])
    truth = np.array([KINDS.index(held.examples[at].kind) for at in plain])
    chosen = selected(own, others, recipe)
    model = fit(chosen, recipe, progress)
    data = fingerprint(chosen)
    facts = model.facts | {
        "version": f"linear-{data[:10]}",
        "data": data,
        "messages": len(chosen),
        "temperature": round(temperature(held.answers["kind"][plain], truth), 4),
        "abstain_below": recipe.abstain_below,
        "urgent_above": recipe.urgent_above,
        "confidential_above": recipe.confidential_above,
        "recipe": asdict(recipe),
    }
    return assembled(model.vocabulary, model.weights, model.offsets, facts)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    save(train(written(), public()), target)
