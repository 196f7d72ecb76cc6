"""The child process that makes mails harmless to look at, within limits, until standard input ends."""

import json
import sys
from collections.abc import Sequence

from intake.child_loop import serve
from intake.mail.inbound import Unreadable
from intake.showing.layout import as_sent

MEMORY_BYTES = 384 * 1024 * 1024  # a picture of twelve million dots, unpacked and drawn anew


def answer(_job: bytes, raw: bytes) -> Sequence[bytes]:
    """How the mail looks, or the reason why it cannot be shown."""
    try:
        return [as_sent(raw).model_dump_json().encode()]
    except Unreadable as error:
        return [json.dumps({"reason": error.reason}).encode()]
    except Exception as error:  # noqa: BLE001 - the child's edge: a mail that cannot be shown is said to be one
        sys.stderr.write(f"{type(error).__name__} while showing a mail\n")
        return [json.dumps({"reason": "broken"}).encode()]


if __name__ == "__main__":
    serve(answer, MEMORY_BYTES)
