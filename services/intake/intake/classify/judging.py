"""From a customer's words to a judgement: read, score, calibrate, check for danger, abstain or decide, and say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from common.vocabulary import HandlingClass, Language, Sensitivity, TaskType, Topic
from intake.classify.judgement import NOTHING, Abstention, Judgement, Reason, Stage
from intake.classify.model import LinearModel, Scored, load
from intake.classify.reading import read
from intake.classify.safety import Alarm, alarms

KINDS = [*(kind.value for kind in HandlingClass), NOTHING]
TOPICS, TASKS, LANGUAGES = list(Topic), list(TaskType), list(Language)
TECHNICAL = KINDS.index(HandlingClass.TECHNICAL)
DANGER_WEIGHT = 0.9  # the least probability of technical once a danger is found
LEAST_FAMILIAR = 0.2  # share of a text's features that the model must know
MANY = 256  # messages scored at once; more only costs memory
LONGEST_EVIDENCE = 40
Floats = npt.NDArray[np.float64]


def _softmax(scores: npt.NDArray[np.float32]) -> Floats:
    """Probabilities from scores, row by row."""
    raised = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _telling_words(model: LinearModel, scored: Scored, best: npt.NDArray[np.intp]) -> list[str]:
    """For each message the word that did most for its class, letter groups counted with the word they stand in."""
    found = scored.found
    column = model.columns[found.buckets]
    known = column >= 0
    column, owner, word = column[known], found.owners[known], found.words[known]
    pull = model.pulls[column, best[owner]]
    sums = np.bincount(word, weights=pull, minlength=len(found.word_starts))
    order = np.lexsort((-sums, found.word_owners))
    first = np.searchsorted(found.word_owners[order], np.arange(found.size + 1))
    return [
        _word_at(found.joined, int(found.word_starts[order[start]])) if start < end else ""
        for start, end in pairwise(first)
    ]


def _word_at(joined: str, start: int) -> str:
    """The word that begins there."""
    words = joined[start : start + LONGEST_EVIDENCE].split(maxsplit=1)
    return words[0].strip(".,;:()\"'’") if words else ""


def _abstention(text: str, probabilities: Floats, familiar: float, model: LinearModel) -> Abstention | None:
    """Why not to decide, or None."""
    if not text.strip():
        return "no_text"
    if familiar < LEAST_FAMILIAR:
        return "unfamiliar"
    if int(probabilities.argmax()) == KINDS.index(NOTHING):
        return "nothing_to_handle"
    return "low_margin" if probabilities.max() < model.facts["abstain_below"] else None


def _raised(probabilities: Floats, raised: Sequence[Alarm]) -> Floats:
    """The probabilities after the dangers found: technical at least nine in ten."""
    if not any(alarm.danger.technical for alarm in raised) or probabilities[TECHNICAL] >= DANGER_WEIGHT:
        return probabilities
    lifted: Floats = probabilities * ((1 - DANGER_WEIGHT) / max(1 - float(probabilities[TECHNICAL]), 1e-9))
    lifted[TECHNICAL] = DANGER_WEIGHT
    return lifted


@dataclass(frozen=True)
class _Answers:
    """The calibrated answers to every question for a batch, a row a message."""

    kind: Floats
    topic: Floats
    task: npt.NDArray[np.intp]
    language: npt.NDArray[np.intp]
    urgent: npt.NDArray[np.bool_]
    confidential: npt.NDArray[np.bool_]
    words: list[str]
    familiar: npt.NDArray[np.float64]


def _above(scores: npt.NDArray[np.float32], probability: float) -> npt.NDArray[np.bool_]:
    """Which scores of a yes-or-no question lie above a probability."""
    return np.asarray(scores[:, 0] > np.log(probability / (1 - probability)))


def _answers(model: LinearModel, texts: Sequence[str]) -> _Answers:
    """Every question answered for every text."""
    scored = model.score(texts)
    kind = _softmax(scored.answers["kind"] / np.float32(model.facts["temperature"]))
    return _Answers(
        kind=kind,
        topic=_softmax(scored.answers["topic"]),
        task=scored.answers["task"].argmax(axis=1),
        language=scored.answers["language"].argmax(axis=1),
        urgent=_above(scored.answers["urgent"], model.facts["urgent_above"]),
        confidential=_above(scored.answers["confidential"], model.facts["confidential_above"]),
        words=_telling_words(model, scored, kind.argmax(axis=1)),
        familiar=scored.familiar,
    )


def _best_two(probabilities: Floats) -> tuple[tuple[Topic, float], ...]:
    """The two likeliest topics."""
    best = probabilities.argsort()[:-3:-1]
    return tuple((TOPICS[at], round(float(probabilities[at]), 4)) for at in best)


def _judgement(model: LinearModel, text: str, answers: _Answers, at: int, stage: Stage) -> Judgement:
    """The judgement of one message of a batch."""
    found = alarms(text)
    probabilities = _raised(answers.kind[at], found)
    why_not = _abstention(text, probabilities, float(answers.familiar[at]), model)
    best = int(probabilities.argmax())
    reasons = [Reason(alarm.danger.code, alarm.evidence) for alarm in found]
    if answers.words[at]:
        reasons.append(Reason(f"words_{KINDS[best]}", answers.words[at]))
    if why_not:
        reasons.append(Reason(why_not))
    topics = () if why_not == "no_text" else _best_two(answers.topic[at])
    return Judgement(
        handling_class=None if why_not else HandlingClass(KINDS[best]),
        probabilities=dict(zip(KINDS, probabilities.round(4).tolist(), strict=True)),
        confidence=round(float(probabilities[best]), 4),
        topic=topics[0][0] if topics else None,
        topics=topics,
        task_type=TASKS[answers.task[at]] if topics else None,
        urgent=bool(found) or bool(answers.urgent[at] and topics),
        sensitivity=Sensitivity.CONFIDENTIAL if answers.confidential[at] and topics else Sensitivity.NORMAL,
        language=LANGUAGES[answers.language[at]] if topics else Language.NL,
        reasons=tuple(reasons),
        abstained_because=why_not,
        model_version=model.version,
        stage=stage,
    )


def judge_many(texts: Sequence[tuple[str, str]], *, stage: Stage = "full") -> list[Judgement]:
    """The judgement of each (subject, body), in order; scored together, so that many cost little more than one."""
    model = load()
    judged: list[Judgement] = []
    for start in range(0, len(texts), MANY):
        batch = [read(subject, body) for subject, body in texts[start : start + MANY]]
        answers = _answers(model, batch)
        judged += [_judgement(model, text, answers, at, stage) for at, text in enumerate(batch)]
    return judged


def judge(subject: str, body: str, *, stage: Stage = "full") -> Judgement:
    """The judgement of one message."""
    return judge_many([(subject, body)], stage=stage)[0]
