"""A private PostgreSQL server: started, kept running and stopped with us, reached through a socket in its directory."""

import atexit
import hmac
import os
import re
import signal
import subprocess
import threading
import time
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import structlog

from embedded.account import spawn
from embedded.binaries import PostgresError, find_binaries
from embedded.cluster import PORT, Cluster, evict, initialise, locked, make_socket_directory, open_cluster

__all__ = ["PostgresError", "Server"]

log = structlog.get_logger()

READY_SECONDS = 60.0  # a crash recovery may take its time
STOP_SECONDS = 20.0
BIGGEST_LOG_BYTES = 10_000_000
RESTART_PAUSES_SECONDS = (0.0, 0.5, 2.0, 10.0)
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "15s",  # queue tables turn over quickly
    "jit": "off",
    "password_encryption": "scram-sha-256",
    # Statements and the details of errors hold what customers wrote.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """One server over one directory; `durable=False` is for tests, whose data may die with the machine."""

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory.absolute()
        self._settings = SETTINGS | (DURABLE if durable else FORGETFUL)
        self._held = ExitStack()
        self._cluster: Cluster | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._binaries = find_binaries()
        self._stopping = threading.Event()
        self._launching = threading.Lock()

    def __enter__(self) -> Self:
        """The running server."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stops the server."""
        self.stop()

    @property
    def pid(self) -> int:
        """The process number of the server itself, for signals in tests."""
        return self._running().pid

    @property
    def sockets(self) -> Path:
        """The directory of the server's socket, as libpq's host."""
        return self._open().sockets

    def start(self) -> None:
        """The server accepts connections; what an earlier one left behind is cleared away first.

        Raises PostgresError, with a sentence, when it cannot run here.
        """
        self._cluster = open_cluster(self.directory)
        self._stopping.clear()
        try:
            self._held.enter_context(locked(self._cluster))
            initialise(self._cluster, self._binaries)
            self._process = self._launch()
        except BaseException:
            self._held.close()
            raise
        atexit.register(self.stop)
        threading.Thread(target=self._keep_running, name="postgres", daemon=True).start()

    def attach(self) -> Self:
        """The addresses of a server that another process runs over this directory; nothing is started."""
        self._cluster = open_cluster(self.directory)
        return self

    def stop(self) -> None:
        """The server has ended its sessions and written everything down; stopping twice is harmless."""
        self._stopping.set()
        atexit.unregister(self.stop)
        with self._launching:
            if self._process:
                _end(self._process)
                self._process = None
        self._held.close()

    def ensure_database(self, name: str) -> str:
        """The address of a database of this name, made if missing, owned by a role of the same name."""
        if not NAME.fullmatch(name):
            raise PostgresError(f"{name!r} cannot name a database: lower-case letters, digits and underscores only.")
        script = files("embedded").joinpath("database.sql").read_text()
        self.psql(f"\\set name {name}\n\\set password {self._password(name)}\n{script}")
        return self.url(name)

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database, with its own role."""
        query = urlencode({"host": self.sockets, "port": PORT}, safe="/")
        return f"postgresql+asyncpg://{name}:{self._password(name)}@/{name}?{query}"

    def environment(self, name: str | None = None) -> dict[str, str]:
        """The PG* variables for psql, pgbench and pg_dump: as the database's role, or as superuser without a name."""
        user, password = (name, self._password(name)) if name else ("postgres", self._open().password())
        host, database = str(self.sockets), name or "postgres"
        return {"PGHOST": host, "PGPORT": str(PORT), "PGUSER": user, "PGPASSWORD": password, "PGDATABASE": database}

    def psql(self, script: str, database: str = "postgres") -> str:
        """What psql prints for this script, run by the superuser; it stops at the first error."""
        command = [self._binaries.path("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        variables = os.environ | self.environment() | {"PGDATABASE": database, "PGCLIENTENCODING": "UTF8"}
        done = subprocess.run(  # noqa: S603
            command, input=script, env=variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PostgresError(f"The database refused: {done.stderr.strip()}")
        return done.stdout

    def _password(self, name: str) -> str:
        return hmac.digest(self._open().password().encode(), name.encode(), "sha256").hex()

    def _open(self) -> Cluster:
        if not self._cluster:
            raise PostgresError("The database server has not been started.")
        return self._cluster

    def _running(self) -> subprocess.Popen[bytes]:
        if not self._process:
            raise PostgresError("The database server is not running.")
        return self._process

    def _launch(self) -> subprocess.Popen[bytes]:
        cluster = self._open()
        evict(cluster)
        make_socket_directory(cluster)
        settings = self._settings | {"unix_socket_directories": str(cluster.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [self._binaries.path("postgres"), "-D", str(cluster.data), *options]
        if cluster.log.exists() and cluster.log.stat().st_size > BIGGEST_LOG_BYTES:
            cluster.log.rename(cluster.log.with_suffix(".log.1"))
        with cluster.log.open("ab") as said:
            reads = [self._binaries.directory, cluster.data]
            process = spawn(command, cluster.account, reads=reads, output=said)
        _await_ready(process, cluster)
        return process

    def _keep_running(self) -> None:
        """Starts the server again whenever it dies without having been asked to."""
        while not self._stopping.is_set() and (process := self._process):
            code = process.wait()
            for pause in RESTART_PAUSES_SECONDS:
                if self._stopping.wait(pause) or self._restart(code):
                    break

    def _restart(self, code: int) -> bool:
        with self._launching:
            if self._stopping.is_set():
                return False
            try:
                self._process = self._launch()
            except PostgresError as error:
                log.error("postgres_restart_failed", code=code, reason=str(error))  # noqa: TRY400
                return False
        log.warning("postgres_restarted", code=code)
        return True


def _await_ready(process: subprocess.Popen[bytes], cluster: Cluster) -> None:
    """Returns when the server says in its pid file that it is ready."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise PostgresError(f"PostgreSQL stopped while starting: {_last_words(cluster)}")
        if _says_ready(process.pid, cluster):
            return
        time.sleep(0.01)
    process.kill()
    process.wait()
    raise PostgresError(f"PostgreSQL was not ready within {READY_SECONDS:.0f} s: {_last_words(cluster)}")


def _says_ready(pid: int, cluster: Cluster) -> bool:
    try:
        lines = cluster.pid_file.read_text().splitlines()
    except OSError:
        return False
    status_line = 7  # the eighth line, as pg_ctl reads it
    return len(lines) > status_line and lines[0] == str(pid) and lines[status_line].strip() == "ready"


def _last_words(cluster: Cluster) -> str:
    lines = cluster.log.read_text(errors="replace").splitlines()[-20:]
    fatal = [line.split("FATAL:")[-1].strip() for line in lines if "FATAL:" in line]
    return f"{fatal[-1] if fatal else 'it gave no reason'} (see {cluster.log})."


def _end(process: subprocess.Popen[bytes]) -> None:
    """Fast stop; when that takes too long, an immediate one, which the next start recovers from."""
    for ask in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(ask)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return
