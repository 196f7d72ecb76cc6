"""The child process that reads mails: one after another from standard input, within limits, until it is closed.

A job is the envelope's sender as JSON and the bytes of the mail; an answer is JSON and the bytes of the files. Each
piece comes after its length. What costs too much ends the process; whoever started it then knows which mail it was.
"""

import json
import sys

from intake.child_loop import serve
from intake.mail.inbound import Unreadable
from intake.mail.reading import read

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


if __name__ == "__main__":
    serve(answer, MEMORY_BYTES)
