"""As whom PostgreSQL runs: it refuses root, so root hands it to an account without rights."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from embedded.binaries import PostgresError

CANDIDATES = ("nobody", "postgres", "daemon")
# Bits of Linux capabilities that let a process enter directories that are closed to its account, weakest first.
SEARCH_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}


@dataclass(frozen=True)
class Account:
    """The user and group that the server's files belong to."""

    uid: int
    gid: int
    is_ours: bool  # nothing to hand over: we are that account ourselves

    def own(self, path: Path, mode: int) -> None:
        """The path belongs to this account and has this mode."""
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)


def account_for(cluster: Path) -> Account:
    """Ourselves; for root the account that owns the cluster already, or else one without rights."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_ours=True)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, is_ours=False)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in CANDIDATES:
        if entry := known.get(name):
            return Account(entry.pw_uid, entry.pw_gid, is_ours=False)
    raise PostgresError("PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as.")


def spawn(command: list[str], account: Account, *, reads: list[Path], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """The command, started as the account in a session of its own so that Ctrl-C reaches only us.

    `reads` are the paths it has to reach. Raises PostgresError when a directory above them is closed to the account.
    """
    shut = next((parent for path in reads if (parent := closed_parent(path, account))), None)
    if shut:
        command = _with_search_right(command, account, shut)
    hand_over = not account.is_ours and not shut
    return subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        user=account.uid if hand_over else None,
        group=account.gid if hand_over else None,
        extra_groups=[] if hand_over else None,
        start_new_session=True,
        env=_environment(),
    )


def closed_parent(path: Path, account: Account) -> Path | None:
    """The topmost directory on the way to the path that the account may not enter."""
    if account.is_ours:
        return None
    return next((parent for parent in reversed(path.resolve().parents) if not _may_enter(parent, account)), None)


def _may_enter(directory: Path, account: Account) -> bool:
    seen = directory.stat()
    if seen.st_uid == account.uid:
        return bool(seen.st_mode & stat.S_IXUSR)
    if seen.st_gid == account.gid:
        return bool(seen.st_mode & stat.S_IXGRP)
    return bool(seen.st_mode & stat.S_IXOTH)


def _with_search_right(command: list[str], account: Account, shut: Path) -> list[str]:
    """The command under setpriv, with the one right to pass closed directories (a clone under /root, say)."""
    effective = _effective_capabilities()
    right = next((name for name, bit in SEARCH_CAPABILITIES.items() if effective >> bit & 1), None)
    setpriv = shutil.which("setpriv")
    if not (setpriv and right):
        raise PostgresError(
            f"PostgreSQL does not run as root, and {shut} is closed to the user it would run as. "
            "Move Loket to another directory, or start it as an ordinary user."
        )
    who = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    rights = [f"--inh-caps=-all,+{right}", f"--ambient-caps=-all,+{right}", f"--bounding-set=-all,+{right}"]
    # Without the fix-up access(2) would ask again without the right, and initdb would not find its neighbours.
    return [setpriv, *who, *rights, "--securebits=+no_setuid_fixup", "--no-new-privs", *command]


def _effective_capabilities() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
    return int(lines.get("CapEff", "0"), 16)


def _environment() -> dict[str, str]:
    """Ours without PG* variables (they would steer the server) and with English messages to read errors in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C", "LANG": "C"}
