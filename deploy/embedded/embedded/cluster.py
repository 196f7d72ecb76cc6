"""The files of one PostgreSQL server: made once, guarded by a lock, and cleared of what a crash left running."""

import fcntl
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psutil

from embedded.account import Account, account_for, spawn
from embedded.binaries import Binaries, PostgresError

PORT = 5432  # only names the socket file: the server listens on no network address
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes on Linux and 103 on macOS
FIRST_BUILTIN_LOCALE = 17
# First the server itself, which takes its backends along; then whoever is left of one that was killed.
EVICTION = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 10.0))


@dataclass(frozen=True)
class Cluster:
    """Where the server's files are and whom they belong to."""

    root: Path
    account: Account

    @property
    def data(self) -> Path:
        """The data directory in PostgreSQL's own sense."""
        return self.root / "cluster"

    @property
    def log(self) -> Path:
        """What the server said, newest last."""
        return self.root / "server.log"

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's account of the running server."""
        return self.data / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        """The directory of the socket: beside the data, or a short one when that path is too long for a socket."""
        if len(str(self.data / f".s.PGSQL.{PORT}").encode()) <= LONGEST_SOCKET_PATH:
            return self.data
        mark = sha256(str(self.root).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"loket-{self.account.uid}-{mark}"

    def password(self) -> str:
        """The superuser's password."""
        try:
            return (self.root / "password").read_text().strip()
        except OSError as error:
            raise PostgresError(f"The database password in {self.root} cannot be read: {error.strerror}.") from error


def open_cluster(root: Path) -> Cluster:
    """The cluster in this directory, which is made when it is missing."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        root = root.resolve()
        cluster = Cluster(root, account_for(root / "cluster"))
        cluster.account.own(root, 0o700)
        if (cluster.data / "PG_VERSION").exists():
            return cluster
        _write_password(cluster)
    except OSError as error:
        raise PostgresError(f"The database directory {root} cannot be used: {error.strerror}.") from error
    return cluster


def _write_password(cluster: Cluster) -> None:
    path = cluster.root / "password"
    if not path.exists() or not path.read_text().strip():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24) + "\n")
    cluster.account.own(path, 0o600)


@contextmanager
def locked(cluster: Cluster) -> Iterator[None]:
    """Keeps the directory ours until the block ends or we die; a second Loket on it is refused."""
    with (cluster.root / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PostgresError(f"Another Loket is already running on {cluster.root}. Stop that one first.") from error
        yield


def initialise(cluster: Cluster, binaries: Binaries) -> None:
    """The cluster exists: made now, completely or not at all, or found to be of this version."""
    version = cluster.data / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != str(binaries.major):
            raise PostgresError(f"{cluster.root} was made by PostgreSQL {found}; this is {binaries.major}.")
        return
    fresh = cluster.root / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _initdb(cluster, binaries, fresh)
    fresh.rename(cluster.data)


def _initdb(cluster: Cluster, binaries: Binaries, target: Path) -> None:
    locale = ["--locale=C.UTF-8"]
    if binaries.major >= FIRST_BUILTIN_LOCALE:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    password = f"--pwfile={cluster.root / 'password'}"
    options = ["--username=postgres", password, "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", *locale]
    command = [binaries.path("initdb"), f"--pgdata={target}", "--no-instructions", *options]
    with tempfile.TemporaryFile() as said:
        if spawn(command, cluster.account, reads=[binaries.directory, target], output=said).wait():
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines() or ["initdb said nothing"]
            raise PostgresError(f"The database could not be made in {cluster.root}: {lines[-1]}.")


def make_socket_directory(cluster: Cluster) -> None:
    """The socket's directory exists and belongs to the server's account, and to nobody else's trap."""
    directory = cluster.sockets
    if directory == cluster.data:
        return
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid not in {cluster.account.uid, 0}:
        raise PostgresError(f"{directory} belongs to someone else; remove it, or choose a shorter data directory.")
    cluster.account.own(directory, 0o700)


def evict(cluster: Cluster) -> None:
    """No process of an earlier server works in this cluster any more, and its lock files are gone.

    A supervisor that was killed leaves its server running, a server that was killed leaves backends that linger.
    The lock files must go too: after a reboot their process number may belong to anything.
    """
    for ask, patience_seconds in EVICTION:
        left = _processes_in(cluster.data)
        asked = [process for process in left if ask is not signal.SIGINT or process.pid == _postmaster(cluster)]
        for process in asked:
            _send(process, ask)
        if asked:
            _await_none(cluster.data, patience_seconds)
    cluster.pid_file.unlink(missing_ok=True)
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (cluster.sockets / name).unlink(missing_ok=True)


def _postmaster(cluster: Cluster) -> int | None:
    try:
        return int(cluster.pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _await_none(data: Path, patience_seconds: float) -> None:
    until = time.monotonic() + patience_seconds
    while _processes_in(data) and time.monotonic() < until:
        time.sleep(0.05)


def _processes_in(data: Path) -> list[psutil.Process]:
    """PostgreSQL processes that work in this data directory."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd", "status"])
        if process.info["name"] == "postgres"
        and process.info["cwd"] == str(data)
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def _send(process: psutil.Process, ask: signal.Signals) -> None:
    try:
        process.send_signal(ask)
    except psutil.NoSuchProcess:
        return
