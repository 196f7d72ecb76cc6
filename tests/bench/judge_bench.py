"""What one judgement costs, alone and with what people taught: `PYTHONPATH=tests python -m bench judge`."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import BinaryIO, cast

import psutil
from threadpoolctl import threadpool_limits

from intake import classify
from intake.classify.comparing import held_out
from intake.classify.corrections import remembered
from intake.classify.examples import Example, written
from intake.classify.judgement import Stage
from intake.classify.lessons import Lesson
from intake.classify.model import SHIPPED, load
from intake.classify.taught import UNTAUGHT, Taught
from intake.judge_pieces import Taken, job_piece, lesson_piece
from intake.lessons import AT_HAND, SETTLED
from intake.pieces import read_piece, write_pieces

MESSAGES = 400
OF_LENGTH = range(350, 451)  # characters of an ordinary mail
LONG = 100_000
AGENTS = 12
PAGE_BYTES = 1024 * 1024


def spent(act: Callable[[], object]) -> float:
    """Milliseconds of processor."""
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


def typical(texts: Sequence[str], stage: Stage, taught: Taught = UNTAUGHT) -> float:
    """The median cost of one message, each judged alone; the first fifty only warm up."""
    for text in texts[:50]:
        classify.judge("", text, stage=stage, taught=taught)
    return median(spent(lambda text=text: classify.judge("", text, stage=stage, taught=taught)) for text in texts)  # type: ignore[misc]


def lessons(examples: Sequence[Example]) -> tuple[Lesson, ...]:
    """As many lessons as a running judge has at hand: corrections, and what was settled as judged."""
    corrected = [
        _lesson(number, example, f"agent-{number % AGENTS}") for number, example in enumerate(examples[:AT_HAND])
    ]
    settled = examples[AT_HAND : AT_HAND + int(AT_HAND * SETTLED)]
    return (*corrected, *(_lesson(AT_HAND + number, example, None) for number, example in enumerate(settled)))


def _lesson(number: int, example: Example, agent: str | None) -> Lesson:
    return Lesson(str(number), "", example.text, example.kind, example.topic, agent)


def files_mb() -> float:
    """What the model adds to the wheels."""
    folder = SHIPPED.parent
    found = [*folder.glob("*.npz"), *(path for path in (folder / "encoder").iterdir() if path.is_file())]
    return sum(path.stat().st_size for path in found) / 1e6


def child(texts: Sequence[str], known: tuple[Lesson, ...]) -> Iterator[tuple[str, float]]:
    """A judging process of its own: the processor it spends until it has judged in full, and the memory it holds."""
    with subprocess.Popen(
        [sys.executable, "-m", "intake.judge_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        answers, jobs = cast("BinaryIO", process.stdout), cast("BinaryIO", process.stdin)
        read_piece(answers)
        yield "glance_seconds", _processor(process.pid)
        _ask(jobs, answers, texts[:1])
        yield "load_seconds", _processor(process.pid)
        write_pieces(jobs, [lesson_piece(Taken(known))])
        for start in range(0, len(texts), 4):
            _ask(jobs, answers, texts[start : start + 4])
        _ask(jobs, answers, [long_text()])
        yield "memory_mib", psutil.Process(process.pid).memory_info().rss / PAGE_BYTES
        jobs.close()


def _ask(jobs: BinaryIO, answers: BinaryIO, texts: Sequence[str]) -> None:
    write_pieces(jobs, [job_piece([("", text) for text in texts], "full")])
    read_piece(answers)


def _processor(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def long_text() -> str:
    """A mail of 100 KB that was written by people."""
    return "\n".join(example.text for example in written())[:LONG]


def main() -> None:
    """Print the figures as JSON."""
    threadpool_limits(1)
    examples = written()
    texts = [example.text for example in held_out()[:MESSAGES]]
    mails = [example.text for example in examples if len(example.text) in OF_LENGTH][:60]
    known = lessons(examples[:: max(1, len(examples) // 800)])
    figures = dict(child(texts[:40], known))
    taught = Taught(remembered(load(), known))
    figures |= {
        "fast_ms": typical(texts, "fast"),
        "fast_taught_ms": typical(texts, "fast", taught),
        "full_400_ms": typical(mails, "full", taught),
        "fast_100kb_ms": typical([long_text()] * 5, "fast", taught),
        "full_100kb_ms": typical([long_text()] * 5, "full", taught),
        "files_mb": files_mb(),
        "lessons": len(known),
    }
    sys.stdout.write(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
