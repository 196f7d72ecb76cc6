"""The proxy's copy of the table of paths: `python -m embedded.proxy >deploy/docker/paths.conf`."""

import re
import sys

from common.paths import PREFIXES

HEAD = """\
# Which service answers which path. Written by `python -m embedded.proxy` from libs/common/common/paths.py.
map $uri $loket_service {
"""


def paths_conf() -> str:
    """An nginx map from path to service; it takes the first expression that matches, so longer prefixes come first."""
    ordered = sorted(PREFIXES, key=lambda prefix: (-len(prefix), prefix))
    lines = [f"    ~^{_expression(prefix)} {PREFIXES[prefix]};\n" for prefix in ordered if prefix != "/"]
    return f"{HEAD}    default {PREFIXES['/']};\n{''.join(lines)}}}\n"


def _expression(prefix: str) -> str:
    return re.escape(prefix) + ("" if prefix.endswith("/") else "(/|$)")


if __name__ == "__main__":
    sys.stdout.write(paths_conf())
