"""The child process that judges: messages come in on standard input, judgements go out, until it is closed.

Each piece is JSON after its length. Text and model need the processor for as long as storing the ticket does; in a
process of their own they hold up nobody who is served meanwhile.
"""

import base64
import json
import sys
from collections.abc import Mapping
from typing import Any

from threadpoolctl import threadpool_limits

from common import events
from intake import classify
from intake.classify.adjustment import Adjustment, UnreadableModel, from_bytes
from intake.classify.corrections import remembered
from intake.classify.lessons import Lesson
from intake.classify.model import load
from intake.classify.taught import UNTAUGHT, Taught
from intake.drafts import Shadow
from intake.judge_pieces import TOLD
from intake.pieces import read_piece, write_pieces


def learned(job: Mapping[str, Any], before: Taught) -> Taught:
    """What people taught, ready to judge with."""
    lessons = tuple(Lesson(**each) for each in job["lessons"])
    live, shadow = (_adjustment(file) for file in job["files"])
    return Taught(remembered(load(), lessons, before.memory), live, shadow)


def _adjustment(file: str | None) -> Adjustment | None:
    """The refit in a file; none where it cannot be read, for the shipped model judges on whatever was stored."""
    try:
        return from_bytes(base64.b64decode(file)) if file else None
    except UnreadableModel:
        return None


def _judge(job: Mapping[str, Any], taught: Taught) -> bytes:
    texts = [(subject, body) for subject, body in job["texts"]]
    judged = classify.judge_many(texts, stage=job["stage"], taught=taught)
    return TOLD.dump_json([(_as_told(each), _shadow(each, taught)) for each in judged])


def _shadow(judgement: classify.Judgement, taught: Taught) -> Shadow | None:
    """What the candidate that looks on makes of it."""
    if judgement.shadow is None or taught.shadow is None:
        return None
    return Shadow(taught.shadow.version, judgement.shadow)


def _as_told(judgement: classify.Judgement) -> events.Judgement:
    """The judgement as events and rows carry it."""
    return events.Judgement(
        handling_class=judgement.handling_class,
        confidence=judgement.confidence,
        probabilities=dict(judgement.probabilities),
        topic=judgement.topic,
        topics={topic.value: probability for topic, probability in judgement.topics},
        task_type=judgement.task_type,
        is_urgent=judgement.urgent,
        sensitivity=judgement.sensitivity,
        language=judgement.language,
        reasons=tuple(events.Reason(code=reason.code, evidence=reason.evidence) for reason in judgement.reasons),
        abstained_because=judgement.abstained_because,
        model_version=judgement.model_version,
        stage=judgement.stage,
    )


def main() -> None:
    """Answer until standard input ends; the first answer says that the model is there."""
    threadpool_limits(1)  # more threads than cores made one message cost four hundred milliseconds
    classify.load()
    pieces, answers, taught = sys.stdin.buffer, sys.stdout.buffer, UNTAUGHT
    write_pieces(answers, [b"[]"])
    classify.judge("", "…")  # the encoder too, before anybody waits for it
    while (piece := read_piece(pieces)) is not None:
        job = json.loads(piece)
        if "lessons" in job:
            taught = learned(job, taught)
        else:
            write_pieces(answers, [_judge(job, taught)])


if __name__ == "__main__":
    main()
