"""The proxy's table of paths says the same as the services' own."""

import re
from pathlib import Path

import pytest

from common.paths import PREFIXES, service_for

DOCKER = Path(__file__).parents[2] / "deploy" / "docker"
RULES = re.findall(r"^\s+~(\S+) (\w+);$", (DOCKER / "paths.conf").read_text(), re.MULTILINE)


def sent_to(path: str) -> str:
    """Where the proxy sends the path: the first expression that matches, as nginx reads its map."""
    return next((service for expression, service in RULES if re.search(expression, path)), "intake")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_proxy_sends_a_path_where_the_table_says(prefix: str) -> None:
    for path in (prefix, f"{prefix.rstrip('/')}/more", f"{prefix}more"):
        assert sent_to(path) == service_for(path), path


def test_the_proxy_knows_no_path_that_the_table_does_not() -> None:
    known = {re.sub(r"\(/\|\$\)$", "", expression.removeprefix("^")) for expression, _ in RULES}

    assert known == set(PREFIXES) - {"/"}
