"""What every child process of ours does: answer one job after another from standard input, within limits."""

import math
import resource
import sys
from collections.abc import Callable, Sequence

from intake.pieces import read_piece, write_pieces

CPU_SECONDS = 5  # for one job
Answer = Callable[[bytes, bytes], Sequence[bytes]]


def serve(answer: Answer, memory_bytes: int) -> None:
    """Answer jobs, each in two pieces, until standard input ends. A job over its limits ends the process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    while (job := read_piece(jobs)) is not None and (content := read_piece(jobs)) is not None:
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(spent) + CPU_SECONDS, resource.RLIM_INFINITY))
        write_pieces(answers, answer(job, content))
