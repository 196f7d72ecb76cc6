"""The proxy's table of paths says the same as the services' own."""

import re
from pathlib import Path

import pytest

from common.paths import PREFIXES, service_for
from embedded.proxy import paths_conf

FILE = Path(__file__).parents[2] / "deploy" / "docker" / "paths.conf"
RULES = re.findall(r"^\s+~(\S+) (\w+);$", paths_conf(), re.MULTILINE)


def sent_to(path: str) -> str:
    """Where the proxy sends the path: the first expression that matches, as nginx reads its map."""
    return next((service for expression, service in RULES if re.search(expression, path)), PREFIXES["/"])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_proxy_sends_a_path_where_the_table_says(prefix: str) -> None:
    for path in (prefix, f"{prefix.rstrip('/')}/more", f"{prefix}more"):
        assert sent_to(path) == service_for(path), path


def test_the_file_that_the_proxy_reads_is_up_to_date() -> None:
    assert FILE.read_text() == paths_conf(), f"write it anew: python -m embedded.proxy >{FILE.name}"
