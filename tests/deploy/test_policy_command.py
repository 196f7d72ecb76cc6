"""`loket policy`: a policy checked, tried, published and brought back from the command line."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from common.settings import BadSetting
from embedded.cli import app
from routing.policy import default_source
from town import Town

pytestmark = pytest.mark.xdist_group("town")

BILLS = '[[rule]]\nname = "Bills"\nwhen = { topic = "billing" }\nthen = { queue = "back-office" }\n\n'


class Command:
    """`loket policy` as typed beside this town, in a thread because a command has a loop of its own."""

    def __init__(self, surroundings: dict[str, str], folder: Path) -> None:
        self._surroundings = {**surroundings, "COLUMNS": "160"}
        self._folder = folder

    async def __call__(self, *words: str, given: str | None = None) -> Result:
        if given is not None:
            file = self._folder / "policy.toml"
            file.write_text(given, "utf-8")
            words = (*words, str(file))
        return await asyncio.to_thread(CliRunner().invoke, app, ["policy", *words], env=self._surroundings)


@pytest.fixture
def command(empty_town: Town, surroundings: dict[str, str], tmp_path: Path) -> Command:
    assert empty_town
    return Command(surroundings, tmp_path)


async def test_check_names_each_line_and_says_so_with_its_exit_code(command: Command) -> None:
    good = await command("check", given=default_source())
    assert (good.exit_code, good.stdout.rpartition(": ")[2]) == (0, "4 rules, nothing wrong.\n")

    bad = await command("check", given=BILLS.replace("back-office", "attic") + default_source())
    assert bad.exit_code == 1
    assert "policy.toml, line 4: There is no queue “attic”" in bad.stdout


async def test_a_file_that_cannot_be_read_is_a_sentence(command: Command, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xe9")
    for file, said in ((tmp_path / "nowhere", "cannot be read"), (tmp_path / "latin", "no text in UTF-8")):
        refused = await command("check", str(file))
        assert isinstance(refused.exception, BadSetting)
        assert said in str(refused.exception)


async def test_diff_publish_and_rollback(empty_town: Town, command: Command) -> None:
    source = BILLS + default_source()

    tried = await command("diff", "--json", given=source)
    assert tried.exit_code == 0, tried.output
    assert json.loads(tried.stdout)["moved"] == 0

    published = await command("publish", "--yes", given=source)
    assert published.exit_code == 0, published.output
    assert "Version 2 is in force." in published.stdout
    assert (await command("show")).stdout == source

    refused = await command("publish", given=source.replace("billing", "biling"))
    assert refused.exit_code == 1
    assert "line 3: There is no topic “biling”" in refused.stdout

    back = await command("rollback")
    assert "Version 3 is in force; it restores version 1." in back.stdout
    listed = (await command("history")).stdout
    assert "command line" in listed
    database = empty_town.services["routing"].database
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM policy WHERE version > 1"))
