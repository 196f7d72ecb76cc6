"""The proxy's table of paths says the same as the services' own."""

import re
from pathlib import Path

import pytest

from common.paths import PREFIXES, service_for
from embedded.proxy import paths_conf

DOCKER = Path(__file__).parents[2] / "deploy" / "docker"
FILE = DOCKER / "paths.conf"
LOCATION = re.compile(r"location ~ (\S+) \{\s+(.+?);", re.DOTALL)
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


def answered_by(path: str) -> str:
    """What the first expression that matches the path does, as nginx reads its locations."""
    locations = LOCATION.findall((DOCKER / "nginx.conf").read_text())
    return next((act for expression, act in locations if re.search(expression.replace("?<", "?P<"), path)), "")


@pytest.mark.parametrize("service", ["", "/intake", "/routing", "/notifications"])
@pytest.mark.parametrize("end", ["", "/", "/more"])
def test_figures_are_not_for_those_outside(service: str, end: str) -> None:
    assert answered_by(f"{service}/metrics{end}") == "return 404"


def test_operators_still_ask_one_service_how_it_is() -> None:
    assert answered_by("/routing/readyz").startswith("proxy_pass")
    assert answered_by("/desk") == ""


def test_services_are_reached_through_the_proxy_alone_and_believe_only_it() -> None:
    compose = (DOCKER / "compose.yaml").read_text()
    assert ":8000" not in re.sub(r"--port.*", "", compose), "no port of a service is open to the outside"
    assert "FORWARDED_ALLOW_IPS" not in compose
    assert "LOKET_TRUSTED_PROXIES:" in compose
    assert "X-Forwarded-For $remote_addr;" in (DOCKER / "nginx.conf").read_text(), "what a visitor claims is dropped"
