"""From a customer's words to a judgement: read, answer, check for danger, abstain or decide, and say why."""

from collections.abc import Sequence

from common.vocabulary import HandlingClass, Language, Sensitivity, TaskType, Topic
from intake.classify.answering import Answers, Floats, answered
from intake.classify.certainty import modest
from intake.classify.clues import clues
from intake.classify.judgement import KINDS, NOTHING, Abstention, Judgement, Reason, Stage
from intake.classify.model import LinearModel, load
from intake.classify.reading import read
from intake.classify.safety import Alarm, alarms
from intake.classify.taught import UNTAUGHT, Taught

TOPICS, TASKS, LANGUAGES = list(Topic), list(TaskType), list(Language)
TECHNICAL = KINDS.index(HandlingClass.TECHNICAL)
DANGER_WEIGHT = 0.9  # the least probability of technical once a danger is found
LEAST_FAMILIAR = 0.2  # share of a text's features that the model must know
MANY = 256  # messages scored at once; more only costs memory


def _abstention(text: str, probabilities: Floats, answers: Answers, at: int, least: float) -> Abstention | None:
    """Why not to decide, or None."""
    if not text.strip():
        return "no_text"
    if answers.familiar[at] < LEAST_FAMILIAR:
        return "unfamiliar"
    if int(probabilities.argmax()) == KINDS.index(NOTHING):
        return "nothing_to_handle"
    if probabilities.max() >= least:
        return None
    return "low_margin" if answers.agreed[at] else "stages_disagree"


def raised(probabilities: Floats, found: Sequence[Alarm]) -> Floats:
    """The probabilities after the dangers found: technical at least nine in ten."""
    if not any(alarm.danger.technical for alarm in found) or probabilities[TECHNICAL] >= DANGER_WEIGHT:
        return probabilities
    lifted: Floats = probabilities * ((1 - DANGER_WEIGHT) / max(1 - float(probabilities[TECHNICAL]), 1e-9))
    lifted[TECHNICAL] = DANGER_WEIGHT
    return lifted


def _best_two(probabilities: Floats) -> tuple[tuple[Topic, float], ...]:
    """The two likeliest topics."""
    chances = probabilities.tolist()
    best = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)[:2]
    return tuple((TOPICS[at], round(chances[at], 4)) for at in best)


def _spoken(probabilities: Floats) -> dict[str, float]:
    """The probability of each class by its name."""
    return dict(zip(KINDS, probabilities.round(4).tolist(), strict=True))


def _judgement(model: LinearModel, text: str, answers: Answers, at: int, stage: Stage) -> Judgement:
    """The judgement of one message of a batch."""
    found = alarms(text)
    probabilities = modest(raised(answers.kind[at], found))
    why_not = _abstention(text, probabilities, answers, at, model.facts["abstain_below"][stage])
    best = int(probabilities.argmax())
    reasons = [Reason(alarm.danger.code, alarm.evidence) for alarm in found]
    if because := answers.because[at]:
        reasons.append(Reason(f"corrected_{because[0]}", because[1] or None))
    if best != KINDS.index(NOTHING):
        reasons += [Reason(code, evidence) for code, evidence in clues(text, KINDS[best][0].upper())]
    if answers.words[at]:
        reasons.append(Reason(f"words_{KINDS[best]}", answers.words[at]))
    if why_not:
        reasons.append(Reason(why_not))
    topics = () if why_not == "no_text" else _best_two(answers.topic[at])
    confidential = bool(topics) and answers.confidential[at] >= model.facts["confidential_above"][stage]
    return Judgement(
        handling_class=None if why_not else HandlingClass(KINDS[best]),
        probabilities=_spoken(probabilities),
        confidence=round(float(probabilities[best]), 4),
        topic=topics[0][0] if topics else None,
        topics=topics,
        task_type=TASKS[answers.task[at]] if topics else None,
        urgent=bool(found) or (bool(topics) and bool(answers.urgent[at] >= model.facts["urgent_above"][stage])),
        sensitivity=Sensitivity.CONFIDENTIAL if confidential else Sensitivity.NORMAL,
        language=LANGUAGES[answers.language[at]] if topics else Language.NL,
        reasons=tuple(reasons),
        abstained_because=why_not,
        model_version=answers.version,
        stage=stage,
        shadow=None if answers.shadow is None else _spoken(raised(answers.shadow[at], found)),
    )


def judge_many(
    texts: Sequence[tuple[str, str]], *, stage: Stage = "full", taught: Taught = UNTAUGHT
) -> list[Judgement]:
    """The judgement of each (subject, body), in order; scored together, so that many cost little more than one."""
    model = load()
    judged: list[Judgement] = []
    for start in range(0, len(texts), MANY):
        batch = [read(subject, body) for subject, body in texts[start : start + MANY]]
        answers = answered(model, batch, stage, taught)
        judged += [_judgement(model, text, answers, at, stage) for at, text in enumerate(batch)]
    return judged


def judge(subject: str, body: str, *, stage: Stage = "full", taught: Taught = UNTAUGHT) -> Judgement:
    """The judgement of one message."""
    return judge_many([(subject, body)], stage=stage, taught=taught)[0]
