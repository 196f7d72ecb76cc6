"""The child process that checks senders: one mail after another from standard input, within limits, until it is closed.

Its only argument is the name server to ask, empty for the machine's own.
"""

import json
import sys

from publicsuffixlist import PublicSuffixList

from intake.child_loop import serve
from intake.mail.results import Trust
from intake.senders.checking import check
from intake.senders.names import Names, names_of
from intake.senders.verdicts import Brought, Verdict

MEMORY_BYTES = 512 * 1024 * 1024


def answer(job: bytes, raw: bytes, names: Names, suffixes: PublicSuffixList) -> bytes:
    """What was found, as JSON; unknown where the check itself stumbled."""
    try:
        given = json.loads(job)
        brought = Brought(given["client"], given["hello"], given["envelope_sender"])
        found = check(raw, given["domain"], brought, names, suffixes.privatesuffix)
    except Exception as error:  # noqa: BLE001 - the child's edge: a mail that cannot be checked is an unverified one
        sys.stderr.write(f"{type(error).__name__} while checking a sender\n")
        found = Verdict(Trust.UNKNOWN, "stumbled")
    return json.dumps({"trust": found.trust, "why": found.why}).encode()


if __name__ == "__main__":
    asking, known = names_of(sys.argv[1]), PublicSuffixList()
    serve(lambda job, raw: [answer(job, raw, asking, known)], MEMORY_BYTES)
