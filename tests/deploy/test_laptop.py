"""`loket run` as a person meets it: one command, plain sentences, and nothing lost when everything is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

LOKET = str(Path(sys.executable).with_name("loket"))
TICKET = {
    "name": "Jan",
    "email": "jan@example.org",
    "subject": "",
    "body": "Er druppelt water door het plafond.",
    "channel": "api",
}
STARTED_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Laptop:
    """One data directory, and a Loket that runs on it now and then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self, **settings: str) -> subprocess.Popen[str]:
        given = {"LOKET_DATA_DIR": str(self.folder / "var"), "LOKET_HTTP_PORT": str(self.port)} | settings
        return subprocess.Popen(
            [LOKET, "run"],
            env=os.environ | given,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        process = self.command()
        try:
            self.await_ready(process)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=60)

    def await_ready(self, process: subprocess.Popen[str]) -> None:
        until = time.monotonic() + STARTED_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                raise AssertionError(process.communicate())
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                continue
        raise AssertionError("not ready in time")

    def submit(self) -> str:
        answer = httpx.post(f"{self.url}/api/tickets", json=TICKET, timeout=10)
        assert answer.status_code == 201, answer.text
        reference: str = answer.json()["reference"]
        return reference

    def next_ticket(self, token: str) -> str | None:
        answer = httpx.post(
            f"{self.url}/api/work/next", json={"queues": None}, headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code in {200, 204}, answer.text
        reference: str | None = answer.json()["reference"] if answer.status_code == 200 else None
        return reference

    def log_in(self, username: str) -> str:
        answer = httpx.post(
            f"{self.url}/api/session", json={"username": username, "password": "loket-demo"}, timeout=10
        )
        token: str = answer.json()["token"]
        return token

    def take(self, count: int) -> list[str]:
        """That many tickets, taken as they arrive in the field's queue."""
        token, taken = self.log_in("technician"), list[str]()
        until = time.monotonic() + 30
        while len(taken) < count and time.monotonic() < until:
            if reference := self.next_ticket(token):
                taken.append(reference)
        return taken


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


def test_it_says_where_everything_is_and_stops_cleanly_on_ctrl_c(laptop: Laptop) -> None:
    process = laptop.command()
    laptop.await_ready(process)
    children = psutil.Process(process.pid).children(recursive=True)
    assert httpx.get(laptop.url).status_code == 200

    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=30)

    assert process.returncode == 0, complained
    assert complained == ""
    assert all(word in said for word in (laptop.url, "/desk", "frontoffice", "loket-demo"))
    assert psutil.wait_procs(children, timeout=10)[1] == []


def test_sigterm_stops_it_too(laptop: Laptop) -> None:
    with laptop.running() as process:
        process.terminate()
        process.communicate(timeout=30)

    assert process.returncode == 0


def test_what_was_accepted_survives_kill_9_of_everything(laptop: Laptop) -> None:
    accepted = []
    with laptop.running() as process:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        accepted = [laptop.submit() for _ in range(20)]
        for member in family:
            member.kill()
        psutil.wait_procs(family, timeout=10)

    with laptop.running():
        assert sorted(laptop.take(20)) == sorted(accepted)
        assert subprocess.run(
            [LOKET, "audit"],
            env=os.environ | {"LOKET_DATA_DIR": str(laptop.folder / "var")},
            check=False,
            capture_output=True,
        ).returncode == 0  # fmt: skip


def test_a_busy_port_is_one_sentence(laptop: Laptop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", laptop.port))
        taken.listen()
        refused = laptop.command()
        _, complained = refused.communicate(timeout=30)

    assert refused.returncode == 2
    assert str(laptop.port) in complained
    assert len(complained.splitlines()) == 1


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"LOKET_DATA_DIR": "/proc/loket"}, "LOKET_DATA_DIR"),
        ({"LOKET_HTTP_PORT": "many"}, "LOKET_HTTP_PORT"),
        ({"LOKET_MAIL_URL": "pigeon"}, "LOKET_MAIL_URL"),
    ],
)
def test_a_wrong_setting_is_one_sentence(laptop: Laptop, settings: dict[str, str], word: str) -> None:
    refused = laptop.command(**settings)
    _, complained = refused.communicate(timeout=30)

    assert refused.returncode == 2
    assert word in complained
    assert len(complained.splitlines()) == 1


def test_a_second_loket_on_the_same_data_is_refused(laptop: Laptop) -> None:
    with laptop.running():
        second = laptop.command(LOKET_HTTP_PORT=str(free_port()))
        _, complained = second.communicate(timeout=30)

    assert second.returncode == 2
    assert "running" in complained
