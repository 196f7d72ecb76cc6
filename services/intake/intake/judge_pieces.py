"""What is said between the web server and the process that judges."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from common import events
from intake.classify import Stage
from intake.classify.lessons import Lesson
from intake.drafts import Shadow

Told = tuple[events.Judgement, Shadow | None]
TOLD: TypeAdapter[list[Told]] = TypeAdapter(list[Told])


@dataclass(frozen=True, eq=False, slots=True)
class Taken:
    """What people taught so far, as it was stored: lessons, and the files of the promoted and the watching model."""

    lessons: tuple[Lesson, ...] = ()
    live: bytes | None = None
    shadow: bytes | None = None


def job_piece(texts: Sequence[tuple[str, str]], stage: Stage) -> bytes:
    """Messages to be judged."""
    return json.dumps({"texts": texts, "stage": stage}).encode()


def lesson_piece(taken: Taken) -> bytes:
    """What people taught; it is answered by nothing and holds for the jobs after it."""
    files = [base64.b64encode(file).decode() if file else None for file in (taken.live, taken.shadow)]
    return json.dumps({"lessons": [asdict(each) for each in taken.lessons], "files": files}).encode()
