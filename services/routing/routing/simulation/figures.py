"""What a simulation says: figures of a run, of several with their intervals, and how two policies differ."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import fmean, stdev
from typing import Any

import numpy as np
from scipy.special import stdtrit

from common.vocabulary import Tier
from routing.calendars import between
from routing.matching import MINUTE
from routing.simulation.days import Day
from routing.simulation.engine import Job, Outcome

CERTAIN = 0.975  # each side of a 95 % interval
DIGITS = 4
Numbers = Mapping[str, float]
NAMES = (
    "attainment",
    "cost_per_ticket",
    "wait_p50_minutes",
    "wait_p95_minutes",
    "specialist_minutes_on_routine",
    "utilisation",
)


@dataclass(frozen=True)
class Measured:
    """One run in figures."""

    numbers: Numbers
    queues: Mapping[str, Numbers]  # waiting, by queue
    unfinished: int  # nobody could do them before the roster ended


def measure(day: Day, outcome: Outcome) -> Measured:
    """The figures of one run.

    Waiting is open time from coming in until somebody begins; cost is the time spent at what it costs; attainment is
    the share done within the promise; utilisation is time spent of time present.
    """
    jobs = outcome.jobs
    waits = [waited(day, job, outcome.until) for job in jobs]
    by_queue: defaultdict[str, list[float]] = defaultdict(list)
    for job, wait in zip(jobs, waits, strict=True):
        by_queue[job.need.queue_id].append(wait)
    specialists = {p.candidate.agent_id for p in day.people if p.candidate.tier is not Tier.FRONT_OFFICE}
    spent = sum(worked.minutes for worked in outcome.worked.values())
    numbers = {
        "attainment": _mean([job.done_at is not None and job.done_at <= job.need.due_at for job in jobs]),
        "cost_per_ticket": _mean([job.euro for job in jobs]),
        "wait_p50_minutes": _percentile(waits, 50),
        "wait_p95_minutes": _percentile(waits, 95),
        "specialist_minutes_on_routine": sum(outcome.worked[key].routine_minutes for key in specialists),
        "utilisation": spent / max(_present(day, outcome.until), 1.0),
    }
    return Measured(
        numbers,
        {queue_id: _of_queue(waits) for queue_id, waits in sorted(by_queue.items())},
        sum(job.done_at is None for job in jobs),
    )


def summary(name: str, runs: Sequence[Measured], seconds: float) -> dict[str, Any]:
    """The means of several runs as one object, each with its 95 % interval when there are several."""
    told: dict[str, Any] = {"policy": name}
    told |= {each: round(fmean(run.numbers[each] for run in runs), DIGITS) for each in NAMES}
    told["seconds"] = round(seconds, 2)
    told["runs"] = len(runs)
    told["unfinished"] = sum(run.unfinished for run in runs)
    told["queues"] = {
        queue_id: {each: round(fmean(r.queues.get(queue_id, _NO_WAIT)[each] for r in runs), 1) for each in _NO_WAIT}
        for queue_id in sorted({queue_id for run in runs for queue_id in run.queues})
    }
    if len(runs) > 1:
        told["intervals"] = {each: interval([run.numbers[each] for run in runs]) for each in NAMES}
    return told


def difference(runs: Sequence[Measured], others: Sequence[Measured]) -> dict[str, Any]:
    """How much the second differs from the first, run by run on the same days, with 95 % intervals."""
    told = {}
    for name in NAMES:
        steps = [other.numbers[name] - run.numbers[name] for run, other in zip(runs, others, strict=True)]
        told[name] = {"mean": round(fmean(steps), DIGITS)}
        if len(steps) > 1:
            told[name]["low"], told[name]["high"] = interval(steps)
    return told


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Between what the mean lies with 95 % certainty, by Student's t."""
    half = float(stdtrit(len(values) - 1, CERTAIN)) * stdev(values) / sqrt(len(values))
    return round(fmean(values) - half, DIGITS), round(fmean(values) + half, DIGITS)


def waited(day: Day, job: Job, until: datetime) -> float:
    """Open minutes until somebody began; until the end of the simulation when nobody did."""
    return between(day.office, job.arrival.at, job.began_at or until) / MINUTE


_NO_WAIT: Numbers = {"wait_p50_minutes": 0.0, "wait_p95_minutes": 0.0, "tickets": 0.0}


def _of_queue(waits: Sequence[float]) -> Numbers:
    return {
        "wait_p50_minutes": _percentile(waits, 50),
        "wait_p95_minutes": _percentile(waits, 95),
        "tickets": float(len(waits)),
    }


def _present(day: Day, until: datetime) -> float:
    """Minutes that people were there in all."""
    spans = [span for person in day.people for span in person.spans]
    return sum((min(end, until) - begin) / MINUTE for begin, end in spans if begin < until)


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _percentile(values: Sequence[float], percent: int) -> float:
    return float(np.percentile(values, percent)) if values else 0.0
