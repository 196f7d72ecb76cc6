"""The production shape in containers: built, started, told a complaint, and each service killed and started again."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from waiting import until

UP = Path(__file__).parents[2] / "deploy" / "docker" / "up"
IMAGES = ("python:3.13-slim", "postgres:17", "nginx:1", "apache/kafka:4")
COMPLAINT = {
    "name": "Jan de Vries",
    "email": "jan@example.org",
    "subject": "Lekkage",
    "body": "Er druppelt water door het plafond van de badkamer.",
    "channel": "api",
}

pytestmark = [
    pytest.mark.containers,
    pytest.mark.kafka,
    pytest.mark.timeout(1200),
    pytest.mark.xdist_group("containers"),  # one set of containers, whatever the number of workers
]


def docker(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("docker") or "docker"
    return subprocess.run(
        [program, *words], env=os.environ | variables, capture_output=True, text=True, check=False, timeout=600
    )


def why_not() -> str:
    """Why containers cannot be had here; empty when they can."""
    try:
        if docker("info").returncode or docker("compose", "version").returncode:
            return "no Docker engine with its compose plugin answers"
    except FileNotFoundError:
        return "there is no docker here"
    absent = [
        name for name in IMAGES if docker("image", "inspect", name).returncode and docker("pull", name).returncode
    ]
    return f"these images cannot be had: {', '.join(absent)}" if absent else ""


class Production:
    """One set of containers of its own, beside whatever else runs here."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{port}"
        self.variables = {
            "COMPOSE_PROJECT_NAME": f"loket-test-{uuid4().hex[:8]}",
            "LOKET_ENV_FILE": str(folder / "env"),
            "LOKET_HTTP_PORT": port,
            "LOKET_VERSION": "test",
        }

    def up(self, *words: str) -> str:
        done = subprocess.run(
            [UP, *words], env=os.environ | self.variables, capture_output=True, text=True, check=False, timeout=1000
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, service: str) -> None:
        assert docker("kill", self._container(service)).returncode == 0

    def start(self, service: str) -> None:
        assert docker("start", self._container(service)).returncode == 0

    def inspect(self, service: str, what: str) -> str:
        return docker("inspect", "--format", what, self._container(service)).stdout.strip()

    def _container(self, service: str) -> str:
        return f"{self.variables['COMPOSE_PROJECT_NAME']}-{service}-1"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    if reason := why_not():
        pytest.skip(f"No containers: {reason}.")
    shape = Production(tmp_path_factory.mktemp("production"))
    try:
        said = shape.up()
        assert shape.url in said
        yield shape
    finally:
        shape.up("down", "--volumes", "--timeout", "5")


@pytest.fixture(scope="module")
def visitor(production: Production) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=production.url, timeout=10) as client:
        yield client


def submit(visitor: httpx.Client, key: str) -> dict[str, str]:
    ticket = submit_if_possible(visitor, key)
    assert ticket
    return ticket


def submit_if_possible(visitor: httpx.Client, key: str) -> dict[str, str] | None:
    """The ticket, or nothing while whoever stores it is away; then nothing is half stored."""
    answer = visitor.post("/api/tickets", json=COMPLAINT, headers={"Idempotency-Key": key})
    assert answer.status_code in {200, 201, 503}, answer.text
    return dict(answer.json()) if answer.is_success else None


def is_routed(visitor: httpx.Client, ticket: dict[str, str]) -> bool:
    """Routing heard of it from intake, and intake from routing."""
    key = ticket["status_url"].partition("key=")[2]
    answer = visitor.get(f"/api/tickets/{ticket['reference']}", headers={"Authorization": f"Bearer {key}"})
    return answer.status_code == 200 and answer.json()["promise"] is not None


def is_acknowledged(visitor: httpx.Client, ticket: dict[str, str]) -> bool:
    return ticket["reference"] in visitor.get("/dev/mail").text


def test_a_ticket_is_routed_and_its_customer_gets_mail(visitor: httpx.Client) -> None:
    ticket = submit(visitor, "first")

    assert ticket["class"] == "technical"
    until(lambda: is_routed(visitor, ticket))
    until(lambda: is_acknowledged(visitor, ticket))


def test_every_service_answers_for_its_own_paths(visitor: httpx.Client) -> None:
    for service in ("intake", "routing", "notifications"):
        assert visitor.get(f"/{service}/readyz").json()["service"] == service
    assert {visitor.get(path).status_code for path in ("/metrics", "/intake/metrics", "//routing/metrics")} == {404}
    assert visitor.get("/desk").headers["location"].startswith("/login")
    assert visitor.get("/login").status_code == 200
    assert visitor.get("/api/queues").status_code == 401


@pytest.mark.parametrize("service", ["intake", "routing", "notifications", "kafka", "postgres"])
def test_what_is_killed_and_started_again_loses_nothing(
    production: Production, visitor: httpx.Client, service: str
) -> None:
    before = submit(visitor, f"before {service}")

    production.kill(service)
    production.start(service)

    after = until(partial(submit_if_possible, visitor, f"after {service}"), 90)
    for ticket in (before, after):
        until(partial(is_routed, visitor, ticket), 90)
        until(partial(is_acknowledged, visitor, ticket), 90)


def test_while_a_service_is_away_its_paths_say_so_and_the_others_go_on(
    production: Production, visitor: httpx.Client
) -> None:
    production.kill("routing")

    away = visitor.get("/api/queues")
    assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
    assert away.headers["retry-after"]
    waiting = submit(visitor, "meanwhile")

    production.start("routing")
    until(partial(is_routed, visitor, waiting), 90)


def test_a_body_that_is_too_large_is_refused_at_the_door(visitor: httpx.Client) -> None:
    assert visitor.post("/api/tickets", content=b"x" * (26 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("service", ["intake", "routing", "notifications", "proxy"])
def test_containers_run_without_rights(production: Production, service: str) -> None:
    assert production.inspect(service, "{{.Config.User}}") == "10001:10001"
    assert production.inspect(service, "{{.HostConfig.ReadonlyRootfs}}") == "true"
    assert production.inspect(service, "{{.HostConfig.CapDrop}}") == "[ALL]"


def test_no_line_of_the_logs_names_the_customer_or_a_key(production: Production, visitor: httpx.Client) -> None:
    ticket = submit(visitor, "logged")
    visitor.get(ticket["status_url"].partition(production.url)[2])

    said = docker("compose", "--project-name", production.variables["COMPOSE_PROJECT_NAME"], "logs")

    assert said.returncode == 0
    key = ticket["status_url"].partition("key=")[2]
    assert not re.search(f"jan@example|de Vries|badkamer|{re.escape(key)}", said.stdout)
