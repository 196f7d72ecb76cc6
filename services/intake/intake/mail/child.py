"""The child process that reads mails: one after another from standard input, within limits, until it is closed.

A job is the envelope's sender as JSON and the bytes of the mail; an answer is JSON and the bytes of the files. Each
piece comes after its length. What costs too much ends the process; whoever started it then knows which mail it was.
"""

import json
import math
import resource
import sys

from intake.mail.inbound import Unreadable
from intake.mail.reading import read
from intake.pieces import read_piece, write_pieces

CPU_SECONDS = 5
MEMORY_BYTES = 256 * 1024 * 1024


def answer(job: bytes, raw: bytes) -> list[bytes]:
    """The pieces that answer one job: what the mail says and its files, or the reason it cannot be read."""
    try:
        mail, files = read(raw, json.loads(job)["envelope_sender"])
    except Unreadable as error:
        return [json.dumps({"reason": error.reason}).encode()]
    except Exception as error:  # noqa: BLE001 - the child's edge: a mail we cannot read is set aside, never a crash
        sys.stderr.write(f"{type(error).__name__} while reading a mail\n")
        return [json.dumps({"reason": "broken"}).encode()]
    return [mail.model_dump_json().encode(), *files]


def main() -> None:
    """Answer until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    while (job := read_piece(jobs)) is not None and (raw := read_piece(jobs)) is not None:
        spent = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(spent) + CPU_SECONDS, resource.RLIM_INFINITY))
        write_pieces(answers, answer(job, raw))


if __name__ == "__main__":
    main()
