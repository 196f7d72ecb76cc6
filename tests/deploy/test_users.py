"""`loket user`: accounts from the command line, and the door they open."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from common.errors import Conflict
from common.settings import BadSetting
from embedded.cli import app
from town import Town

pytestmark = pytest.mark.xdist_group("town")

PASSWORD = "a long enough one"


@pytest.fixture
def command(empty_town: Town, surroundings: dict[str, str]) -> "Command":
    assert empty_town
    return Command(surroundings)


class Command:
    """`loket user` as typed beside this town, in a thread because a command has a loop of its own."""

    def __init__(self, surroundings: dict[str, str]) -> None:
        self._surroundings = {**surroundings, "COLUMNS": "160"}

    async def __call__(self, *words: str, typed: str | None = None) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["user", *words], env=self._surroundings, input=typed)

    async def add(self, username: str, *more: str, password: str = PASSWORD) -> Result:
        given = ("--name", "Nadia Haddad", "--password-stdin", *more)
        return await self("add", username, *given, typed=f"{password}\n")


async def logged_in(town: Town, username: str, password: str = PASSWORD) -> int:
    answer = await town.browser({}).post("/api/session", json={"username": username, "password": password})
    return answer.status_code


async def test_somebody_who_is_added_can_log_in_and_works_their_team_s_queues(
    empty_town: Town, command: Command
) -> None:
    made = await command.add("Nadia", "--team", "front-office", "--language", "fr")

    assert made.exit_code == 0, made.output
    assert made.output == "nadia can log in as agent.\n"
    answer = await empty_town.browser({}).post("/api/session", json={"username": "NADIA", "password": PASSWORD})
    assert answer.status_code == 200
    token = answer.json()["token"]
    queues = await empty_town.browser({"authorization": f"Bearer {token}"}).get("/api/queues")
    assert {queue["id"] for queue in queues.json() if queue["is_mine"]} == {"front-office", "triage"}
    assert await logged_in(empty_town, "nadia", "another password") == 401


async def test_queues_can_be_named_and_the_list_shows_them(command: Command) -> None:
    made = await command.add("els", "--team", "back-office", "--queues", "back-office, triage", "--clearance")
    listed = await command("list")

    assert made.exit_code == 0, made.output
    [line] = [line for line in listed.output.splitlines() if " els " in line]
    assert "back-office" in line
    assert "yes" in line


async def test_a_name_that_is_taken_is_refused_whatever_its_case(command: Command) -> None:
    refused = await command.add("FrontOffice", "--team", "front-office")

    assert isinstance(refused.exception, Conflict)
    assert str(refused.exception) == "The user name frontoffice is taken."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--team", "moon"], "--team: There is no team 'moon'"),
        ([], "--team: A team is missing"),
        (["--team", "field", "--queues", "field,moon"], "There is no queue 'moon'"),
        (["--team", "partner"], "Partners, and nobody else"),
        (["--team", "field", "--role", "partner"], "Partners, and nobody else"),
        (["--team", "partner", "--role", "partner", "--clearance"], "cannot have clearance"),
        (["--team", "partner", "--role", "partner", "--queues", "triage"], "of their own team only"),
        (["--team", "field", "--name", " "], "--name: Give the name that customers read"),
        (["--team", "field", "--capacity", "-1"], "--capacity: Capacity is between 0 and 100 units, not -1."),
        (["--team", "field", "--cost", "free"], "--cost: 'free' is no amount"),
        (["--team", "field", "--skills", "gas:9"], "--skills: The level of a skill is 1, 2 or 3, not 9."),
        (["--team", "field", "--hours", "always"], "--hours: Write hours as in"),
        (["--team", "field", "--languages", "nl,es"], "--languages: There is no language 'es'"),
        (["--team", "field", "--zone", "Europe/Atlantis"], "--zone: There is no time zone"),
    ],
)
async def test_what_does_not_fit_is_refused_in_a_sentence(
    command: Command, given: Sequence[str], sentence: str
) -> None:
    refused = await command.add("newcomer", *given)

    assert isinstance(refused.exception, BadSetting)
    assert sentence in str(refused.exception)


async def test_a_name_with_strange_characters_is_refused(command: Command) -> None:
    refused = await command.add("a b", "--team", "field")

    assert isinstance(refused.exception, BadSetting)
    assert "no user name" in str(refused.exception)


async def test_a_short_password_makes_no_account(empty_town: Town, command: Command) -> None:
    refused = await command.add("hasty", "--team", "field", password="too short")

    assert isinstance(refused.exception, BadSetting)
    assert "10 to 200 characters" in str(refused.exception)
    assert await logged_in(empty_town, "hasty", "too short") == 401


async def test_without_a_terminal_the_password_must_be_handed_in(command: Command) -> None:
    refused = await command("add", "silent", "--name", "Sil", "--team", "field")

    assert isinstance(refused.exception, BadSetting)
    assert "--password-stdin" in str(refused.exception)


async def test_everything_an_account_has_can_be_given_and_is_written_out_again(command: Command) -> None:
    given = ("--skills", "gas:3, billing:1", "--languages", "nl,fr", "--cost", "0,85", "--capacity", "7.5")
    made = await command.add("piet", "--team", "field", "--role", "technician", *given, "--hours", "ma-vr 7-15:30")
    written = await command("export")

    assert made.exit_code == 0, made.output
    [line] = [line for line in written.output.splitlines() if line.startswith("piet;")]
    assert line == (
        "piet;Nadia Haddad;technician;field;field;nl;fr, nl;billing:1, gas:3;no;0,85;7,5;"
        "mo-fr 07:00-15:30;Europe/Amsterdam;;yes"
    )


async def test_a_list_first_shows_and_then_makes_accounts_that_get_their_password_later(
    empty_town: Town, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_bytes("gebruikersnaam;naam;team;capaciteit\r\nzoë1;Zoë;field;3\r\n".replace("ë1", "e1").encode("cp1252"))

    shown = await command("import", str(file), "--dry-run")
    before = await command("export")
    made = await command("import", str(file))
    again = await command("import", str(file))
    locked = await logged_in(empty_town, "zoe1")
    password = await command("password", "Zoe1", "--password-stdin", typed=f"{PASSWORD}\n")

    assert shown.output.endswith("1 would be new, 0 would be changed, 0 stay the same.\n")
    assert "zoe1" not in before.output
    assert made.output.endswith("1 are new, 0 are changed, 0 stay the same.\n")
    assert again.output.endswith("0 are new, 0 are changed, 1 stay the same.\n")
    assert (locked, password.output) == (401, "zoe1 has a new password.\n")
    assert await logged_in(empty_town, "zoe1") == 200


async def test_a_list_with_something_wrong_makes_nothing_and_says_where(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("username;name;team;capacity\nyan;Yan;field;\nyun;Yun;field;-4\n", "utf-8")

    refused = await command("import", str(file))

    assert refused.exit_code == 1
    assert "staff.csv, line 3, capacity: Capacity is between 0 and 100 units, not -4." in refused.output
    assert "Nothing was changed." in refused.output
    assert "yan" not in (await command("export")).output
