"""A real Kafka broker for tests: in a container when an engine answers, else from Maven on this machine's Java."""

import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import docker
import psutil
from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

IMAGE = "apache/kafka:4"
RUN = Path(__file__).parents[1] / "deploy" / "kafka" / "run"
STARTED = "Kafka Server started"
START_SECONDS = 120.0
FETCH_SECONDS = 600.0

# One node that is broker and controller. The complete set: the image drops its own defaults once one is given.
NODE = {
    "node.id": "1",
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
}


class NoKafka(Exception):
    """No broker can be had here; the message says what was tried."""


@dataclass(frozen=True)
class Broker:
    """A running broker and how to stop it, from whichever process."""

    address: str
    container: str | None
    pid: int | None

    def stop(self) -> None:
        """Ends the broker and throws its data away."""
        if self.container:
            client = docker.from_env()
            client.containers.get(self.container).remove(force=True, v=True)
            client.close()
        if self.pid and _runs(self.pid):
            os.kill(self.pid, signal.SIGTERM)


@contextmanager
def shared_broker(directory: Path) -> Iterator[Broker]:
    """The one broker of all who name this directory: the first starts it, the last stops it."""
    directory.mkdir(parents=True, exist_ok=True)
    state = directory / "broker.json"
    with ExitStack() as held:
        users = held.enter_context((directory / "users").open("a"))
        with _locked(directory / "lock"):
            if not state.exists():
                state.write_text(json.dumps(asdict(start_broker(directory))))
            fcntl.flock(users, fcntl.LOCK_SH)
            broker = Broker(**json.loads(state.read_text()))
        held.callback(_leave, directory, broker, users.fileno())
        yield broker


def _leave(directory: Path, broker: Broker, users: int) -> None:
    """Stops the broker when nobody else holds it; a worker that crashed no longer does."""
    with _locked(directory / "lock"):
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        (directory / "broker.json").unlink(missing_ok=True)
        broker.stop()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start_broker(directory: Path) -> Broker:
    """A broker of one's own. Raises NoKafka when neither way works here."""
    try:
        return _in_container()
    except (DockerException, OSError) as error:
        container_says = _last_line(str(error))
    try:
        return _as_process(directory)
    except NoKafka as error:
        raise NoKafka(f"No Kafka for the tests. Docker: {container_says} Without Docker: {error}") from error


def _ask_engine() -> None:
    """Returns when a Docker engine listens; asked first because the library leaks its socket when none does."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        return
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(host.removeprefix("unix://")):
            raise DockerException(f"no engine listens at {host}.")


def _in_container() -> Broker:
    _ask_engine()
    # Its reaper would end the broker with the worker that started it, while others still use it.
    testcontainers_config.ryuk_disabled = True
    port = _free_port()
    settings = NODE | {
        "controller.quorum.voters": "1@localhost:9093",
        "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093,EXTERNAL://:9094",
        "advertised.listeners": f"PLAINTEXT://localhost:9092,EXTERNAL://127.0.0.1:{port}",
    }
    container = DockerContainer(IMAGE).with_bind_ports(9094, port)
    container.with_envs(**{"KAFKA_" + name.upper().replace(".", "_"): value for name, value in settings.items()})
    container.waiting_for(LogMessageWaitStrategy(STARTED).with_startup_timeout(int(START_SECONDS)))
    try:
        container.start()
    except BaseException:
        container.stop()
        raise
    broker = Broker(f"127.0.0.1:{port}", container.get_container_id(), None)
    container.get_docker_client().client.close()
    return broker


def _as_process(directory: Path) -> Broker:
    _fetch()
    port, controller = _free_port(), _free_port()
    settings = NODE | {
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "log.dirs": str(directory / "data"),
    }
    properties, log = directory / "broker.properties", directory / "broker.log"
    properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    # A shell starts it and leaves: the broker outlives the worker that asked first.
    leave = ["sh", "-c", '"$0" "$1" >"$2" 2>&1 & echo $!', str(RUN), str(properties), str(log)]
    pid = int(subprocess.run(leave, stdout=subprocess.PIPE, check=True, start_new_session=True).stdout)
    until = time.monotonic() + START_SECONDS
    while STARTED not in (words := log.read_text(errors="replace") if log.exists() else ""):
        if not _runs(pid) or time.monotonic() > until:
            raise NoKafka(_last_line(words))
        time.sleep(0.05)
    return Broker(f"127.0.0.1:{port}", None, pid)


def _fetch() -> None:
    try:
        done = subprocess.run([RUN, "--fetch"], capture_output=True, text=True, check=False, timeout=FETCH_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise NoKafka("Maven took longer than ten minutes to fetch Kafka.") from error
    if done.returncode:
        raise NoKafka(_last_line(done.stderr))


def _last_line(words: str) -> str:
    lines = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", words).splitlines() if line.strip()]
    return lines[-1] if lines else "it stopped without a word."


def _runs(pid: int) -> bool:
    return bool(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
