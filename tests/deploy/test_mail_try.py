"""`loket mail try`: what would become of a mail, told without keeping anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

from letterbox import ANNA, LEAK, letter


def tried(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    loket = Path(sys.executable).with_name("loket")
    env = {**os.environ, "LOKET_DATA_DIR": str(folder / "var")}
    return subprocess.run(
        [loket, "mail", "try", *arguments], capture_output=True, text=True, env=env, cwd=folder, check=False
    )


def test_mails_are_tried_without_a_loket(tmp_path: Path) -> None:
    (tmp_path / "good.eml").write_bytes(letter())
    (tmp_path / "away.eml").write_bytes(letter("Weg.", "Auto-Submitted: auto-replied"))
    (tmp_path / "bad.eml").write_bytes(letter("x" * 20_000))

    done = tried(tmp_path, "good.eml", "away.eml", "bad.eml", "--json")

    good, away, bad = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert set(good) == {"customer", "subject", "text", "thread", "reference", "rst", "why"}
    assert (good["customer"], good["subject"], good["text"]) == (f"Anna Jansen <{ANNA}>", "Lekkage", LEAK)
    assert (good["thread"], good["rst"]) == ("new", "T")
    assert (away["thread"], away["rst"]) == ("held", None)
    assert (bad["thread"], bad["customer"]) == ("quarantined", None)
    assert "No Loket runs here" in done.stderr


def test_people_get_words(tmp_path: Path) -> None:
    (tmp_path / "good.eml").write_bytes(letter())

    said = tried(tmp_path, "good.eml").stdout

    assert "becomes  new" in said
    assert "It names no ticket" in said


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = tried(tmp_path, "none.eml")

    assert done.returncode == 2
    assert "none.eml" in done.stderr
