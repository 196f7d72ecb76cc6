"""`python -m intake.classify.refitting`: lessons as JSON on standard input, a candidate as JSON on standard output.

A process of its own, for it reads the whole frozen set with the encoder: a minute or two at low priority.
"""

import os
import sys
from collections.abc import Callable, Sequence

from intake.classify.adjustment import Adjustment, as_bytes, from_bytes
from intake.classify.candidates import Candidate, Order
from intake.classify.comparing import Compared, Trial, held_out, partial_refits
from intake.classify.examples import written
from intake.classify.model import load
from intake.classify.refit import refit, replayed

NICER = 10
Progress = Callable[[str], None]


def candidate_for(order: Order, progress: Progress) -> Candidate:
    """The refit asked for, tried on the frozen set and on the corrections; deterministic."""
    model, frozen = load(), held_out()
    replay = replayed(written(), frozen)
    progress(f"refit with {len(order.lessons)} lessons")
    made = from_bytes(as_bytes(refit(model, order.lessons, replay)))  # as it will be read from its file
    corrections = [lesson for lesson in order.lessons if lesson.agent]
    trial = Trial(model, frozen[: order.frozen], corrections, partial_refits(model, order.lessons, replay))
    live = _fitting(order.live, model.version)
    compared = [_told(trial.compared(made, live, stage), progress) for stage in order.stages]
    return Candidate(
        version=made.version,
        base=made.base,
        file=as_bytes(made),
        figures={one.stage: one.as_dict() for one in compared},
        shortfalls=tuple(_all_shortfalls(compared)),
        corrections=len(corrections),
        agents=len({lesson.agent for lesson in corrections}),
    )


def _fitting(file: bytes | None, base: str) -> Adjustment | None:
    """The adjustment that judges now, unless it was made for another shipped model."""
    live = from_bytes(file) if file else None
    return live if live and live.base == base else None


def _told(compared: Compared, progress: Progress) -> Compared:
    progress(f"tried in the {compared.stage} stage: {', '.join(compared.shortfalls) or 'holds'}")
    return compared


def _all_shortfalls(compared: Sequence[Compared]) -> list[str]:
    return [shortfall for one in compared for shortfall in one.shortfalls]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    os.nice(NICER)
    sys.stdout.write(candidate_for(Order.loads(sys.stdin.read()), _say).dumps())
