"""How the shipped model is made: deterministic, from the messages in the repository; progress on standard output."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from intake.classify.answering import blended, encoder, meant
from intake.classify.calibration import temperature, threshold
from intake.classify.examples import Example, doses, fingerprint, learnable, public
from intake.classify.linear_training import LinearRecipe, fit_linear
from intake.classify.measuring import class_figures, flag_figures, versions
from intake.classify.model import SHIPPED, LinearModel, assembled, save, save_members
from intake.classify.perceptron import Floats, Member
from intake.classify.perceptron_training import Exercise, Fitting, Target
from intake.classify.questions import HEADS, QUESTIONS, numbered
from intake.classify.safety import alarms

Progress = Callable[[str], None]
FOLDS = 4  # the plain files are dealt out over so many; a file is never split
TUNED = ("kind", "urgent", "confidential")  # what calibration needs of the linear model


@dataclass(frozen=True)
class Recipe:
    """The settings a training is made with; each was chosen by cross-validation grouped by source file."""

    linear: LinearRecipe = field(default_factory=LinearRecipe)
    exercise: Exercise = field(default_factory=Exercise)
    members: int = 3  # heads on the encoder, averaged; 0: a model without the full stage
    public_each: int = 8  # messages of each intent of a public pack
    public_nothing: int = 300  # out-of-scope messages of a public pack
    abstain_below: float = 0.5
    urgent_recall: float = 0.85
    urgent_precision: float = 0.5
    urgent_elsewhere: tuple[str, ...] = ("plain_edge", "plain_pressing")  # rich in urgent messages: too low a threshold
    confidential_recall: float = 0.85
    confidential_precision: float = 0.55


@dataclass(frozen=True)
class Corpus:
    """What there is to learn from."""

    own: list[Example]
    others: list[Example]  # public packs
    vectors: dict[str, Floats]  # text → what the encoder makes of it; empty for a model without the full stage


@dataclass(frozen=True)
class Fitted:
    """Both stages of a model, not yet calibrated."""

    linear: LinearModel
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Unseen:
    """What both stages say of messages whose file was held out of the fitting."""

    examples: list[Example]
    answers: dict[str, dict[str, Floats]]  # stage → question → a row a message


def selected(own: Sequence[Example], others: Sequence[Example], recipe: Recipe) -> list[Example]:
    """What a model is fitted on: everything written for Loket and small doses of the public packs."""
    seed = [one for one in others if one.source == "seed_multilingual"]
    rest = [one for one in others if one.source != "seed_multilingual"]
    return [*own, *seed, *doses(rest, each=recipe.public_each, nothing=recipe.public_nothing)]


def embedded(examples: Sequence[Example], progress: Progress) -> dict[str, Floats]:
    """The vector of each text."""
    texts = list(dict.fromkeys(example.text for example in examples))
    found: dict[str, Floats] = {}
    for start in range(0, len(texts), 500):
        progress(f"encoded {start} of {len(texts)} messages")
        found.update(zip(texts[start : start + 500], encoder().vectors(texts[start : start + 500]), strict=True))
    return found


def _members(examples: Sequence[Example], vectors: dict[str, Floats], recipe: Recipe) -> tuple[Member, ...]:
    """The heads on the encoder, fitted."""
    if not recipe.members:
        return ()
    targets = [
        Target(numbered(question, examples), len(question.labels), question.share, question.balance)
        for question in QUESTIONS
    ]
    trust = np.array([1.0 if example.own else recipe.linear.public_weight for example in examples], dtype=np.float32)
    matrix = np.stack([vectors[example.text] for example in examples])
    return tuple(Fitting(matrix, targets, trust, recipe.exercise, seed).run() for seed in range(recipe.members))


def fit(examples: Sequence[Example], vectors: dict[str, Floats], recipe: Recipe, only: Sequence[str] = ()) -> Fitted:
    """Both stages fitted on the examples."""
    with threadpool_limits(1):
        return Fitted(fit_linear(examples, recipe.linear, only), _members(examples, vectors, recipe))


def stages(fitted: Fitted, examples: Sequence[Example], vectors: dict[str, Floats]) -> dict[str, dict[str, Floats]]:
    """What both stages say of the examples."""
    fast = fitted.linear.score([example.text for example in examples]).answers
    if not fitted.members:
        return {"fast": fast, "full": fast}
    second = meant(fitted.members, np.stack([vectors[example.text] for example in examples]), HEADS)
    return {"fast": fast, "full": blended(fast, second)}


def unseen(
    corpus: Corpus, recipe: Recipe, folds: Sequence[Sequence[str]], progress: Progress, only: Sequence[str] = TUNED
) -> Unseen:
    """Every message of the files named, answered by a model that saw no message of the files of its fold."""
    examples: list[Example] = []
    parts: list[dict[str, dict[str, Floats]]] = []
    for sources in folds:
        held = [example for example in corpus.own if example.source in sources]
        kept = selected([example for example in corpus.own if example.source not in sources], corpus.others, recipe)
        parts.append(stages(fit(kept, corpus.vectors, recipe, only), held, corpus.vectors))
        examples += held
        progress(f"held out {', '.join(sources)}")
    answers = {
        stage: {question: np.vstack([part[stage][question] for part in parts]) for question in parts[0][stage]}
        for stage in ("fast", "full")
    }
    return Unseen(examples, answers)


def _chances(held: Unseen, stage: str, name: str) -> npt.NDArray[np.float64]:
    """How likely yes is; certain where the list of dangers raises it anyway."""
    chances = 1 / (1 + np.exp(-held.answers[stage][name][:, 0].astype(np.float64)))
    if name == "urgent":
        chances = np.maximum(chances, [float(bool(alarms(example.text))) for example in held.examples])
    return np.asarray(chances)


def _known(held: Unseen, name: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which messages say whether yes or no, and which of all say yes."""
    question = next(question for question in QUESTIONS if question.name == name)
    truth = numbered(question, held.examples)
    return truth >= 0, truth == 1


def _flags(held: Unseen, recipe: Recipe, stage: str, name: str) -> tuple[float, dict[str, float]]:
    """The threshold of a yes-or-no question, and what it gives."""
    chances = _chances(held, stage, name)
    known, truth = _known(held, name)
    if name == "urgent":
        known &= np.array([example.source not in recipe.urgent_elsewhere for example in held.examples])
    recall, precision = getattr(recipe, f"{name}_recall"), getattr(recipe, f"{name}_precision")
    above = threshold(chances[known], truth[known], recall=recall, precision=precision)
    return above, flag_figures(truth[known], chances[known] >= above)


def calibrated(held: Unseen, recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Temperatures, thresholds and figures of both stages, from messages they never saw."""
    truth: npt.NDArray[np.intp] = numbered(QUESTIONS[0], held.examples)
    found: dict[str, dict[str, Any]] = {
        name: {} for name in ("temperature", "abstain_below", "urgent_above", "confidential_above", "figures")
    }
    for stage, answers in held.answers.items():
        found["temperature"][stage] = temperature(answers["kind"], truth)
        found["abstain_below"][stage] = recipe.abstain_below
        figures = class_figures(held.examples, answers["kind"], found["temperature"][stage])
        for name in ("urgent", "confidential"):
            found[f"{name}_above"][stage], figures[name] = _flags(held, recipe, stage, name)
        found["figures"][stage] = figures
    return found


def described(fitted: Fitted, held: Unseen, chosen: Sequence[Example], recipe: Recipe) -> Fitted:
    """The model with what its file must say: version, data hash, temperatures, thresholds, settings."""
    data = fingerprint(chosen)
    facts: dict[str, Any] = {
        **fitted.linear.facts,
        **calibrated(held, recipe),
        "version": f"{'full' if recipe.members else 'linear'}-{data[:10]}",
        "data": data,
        "messages": len(chosen),
        "members": recipe.members,
        "meant": HEADS,
        "recipe": asdict(recipe),
        "versions": versions(),
    }
    linear = fitted.linear
    return Fitted(assembled(linear.vocabulary, linear.weights, linear.offsets, facts), fitted.members)


def collected(own: list[Example], others: list[Example], recipe: Recipe, progress: Progress) -> Corpus:
    """The messages and what the encoder makes of those that are learned from."""
    chosen = selected(own, others, recipe)
    return Corpus(own, others, embedded(chosen, progress) if recipe.members else {})


def train(corpus: Corpus, recipe: Recipe, progress: Progress = print) -> Fitted:
    """The model to ship: fitted on everything, calibrated on ordinary messages whose files were held out."""
    chosen = selected(corpus.own, corpus.others, recipe)
    plain = sorted({example.source for example in corpus.own if example.source.startswith("plain")})
    held = unseen(corpus, recipe, [plain[start::FOLDS] for start in range(FOLDS)], progress)
    progress(f"fitting what is shipped on {len(chosen)} messages")
    return described(fit(chosen, corpus.vectors, recipe), held, chosen, recipe)


def write(fitted: Fitted, path: Path) -> None:
    """Write the model's files."""
    save(fitted.linear, path)
    if fitted.members:
        save_members(fitted.members, fitted.linear.version, path)


def told(fitted: Fitted) -> str:
    """The figures of a training, for whoever started it."""
    facts = fitted.linear.facts
    lines = [f"model {facts['version']}, {facts['messages']} messages, data {facts['data'][:16]}"]
    for stage, figures in facts["figures"].items():
        lines.append(f"held out, {stage} stage:")
        lines += [f"  {name.replace('_', ' '):28} {value}" for name, value in figures.items()]
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    settings = Recipe()
    everything = collected(learnable(), public(), settings, _say)
    made = train(everything, settings, _say)
    write(made, Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
    sys.stdout.write(f"{told(made)}\n")
