"""What is written of an error: enough to find it, nothing of whom it was about."""

import json
import subprocess
import sys

import pytest

CANARY = "jan.jansen@example.org"
PROGRAM = """
import logging, sys
from common import log

def fall_over():
    raise LookupError(sys.argv[2])

log.configure()
try:
    fall_over()
except LookupError:
    (logging.getLogger("lib") if sys.argv[1] == "library" else log.logger("ours")).exception("it failed")
"""


@pytest.mark.parametrize("writer", ["ours", "library"])
def test_an_error_is_written_without_its_text(writer: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, writer, CANARY], capture_output=True, text=True, check=True, timeout=60
    ).stderr

    line = json.loads(said)
    assert CANARY not in said
    assert line["error"] == "LookupError"
    assert line["frames"][-1].endswith("fall_over")
