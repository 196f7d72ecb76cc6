"""`loket simulate --history`: days of this very town played again, beside another policy and with other people."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from common.clock import now
from common.settings import BadSetting
from embedded.cli import app
from town import Agent, Customer, Town

pytestmark = pytest.mark.xdist_group("town")

INVOICE_COPY = "Kunt u mij de factuur van februari nog een keer mailen?"
ALL_BACK = '[[rule]]\nname = "Everything"\nthen = { queue = "back-office" }\n'
STAFF = (
    *("team", "queue", "agent", "agent_queue", "agent_skill", "agent_language", "skill", "shift", "policy"),
    "calendar",
)


def days() -> str:
    return f"{(now() - timedelta(days=1)).date()}..{(now() + timedelta(days=1)).date()}"


async def typed(surroundings: dict[str, str], *words: str) -> Result:
    """The command in a thread, because it has a loop of its own."""
    return await asyncio.to_thread(
        CliRunner().invoke, app, ["simulate", *words], env={**surroundings, "COLUMNS": "160"}
    )


async def test_history_is_played_with_the_policy_in_force_and_beside_another(
    empty_town: Town, surroundings: dict[str, str], tmp_path: Path
) -> None:
    other, people = tmp_path / "all-back.toml", tmp_path / "people.csv"
    other.write_text(ALL_BACK)
    people.write_text("username;hours;queues\nbackoffice;ma-zo 00:00-24:00;back-office,front-office,triage,field\n")
    try:
        for n in range(3):
            await Customer(empty_town, f"klant{n}@example.org").submit(INVOICE_COPY)
        await empty_town.settle()
        front = await Agent(empty_town, "frontoffice").log_in()
        ticket = await front.take_next()
        assert ticket
        await front.act("resolve", ticket, outcome="solved", body="Gestuurd.")
        asked = ("--history", days(), "--json", "--runs", "3")
        result = await typed(surroundings, *asked, "--compare", str(other))
        again = await typed(surroundings, *asked)
        alone = await typed(surroundings, *asked, "--staff", str(people))
        table = await typed(surroundings, "--history", days())
    finally:
        await empty_town.forget(keep=STAFF)

    assert result.exit_code == 0, result.output
    one, beside = (json.loads(line) for line in result.stdout.splitlines())
    assert (one["policy"], beside["policy"]) == ("version 1, in force", "all-back")
    assert (one["history"]["tickets"], one["history"]["done"]) == (3, 1)
    assert set(beside["difference"]["cost_per_ticket"]) == {"mean", "low", "high"}
    assert _same(json.loads(again.stdout), one)
    assert alone.exit_code == 0, alone.output or alone.exception
    assert json.loads(alone.stdout)["history"]["people"] == 1
    assert "It really went" in table.output


def _same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return all(a[name] == b[name] for name in a if name != "seconds")


async def test_days_on_which_nothing_came_in_are_refused(empty_town: Town, surroundings: dict[str, str]) -> None:
    assert empty_town
    result = await typed(surroundings, "--history", "2001-01-01..2001-01-05")
    assert isinstance(result.exception, BadSetting)
    assert "Nothing came in" in str(result.exception)


async def test_a_list_of_staff_that_is_wrong_is_named_line_by_line(
    empty_town: Town, surroundings: dict[str, str], tmp_path: Path
) -> None:
    assert empty_town
    people = tmp_path / "people.csv"
    people.write_text("username;hours\nbackoffice;altijd\n")
    result = await typed(surroundings, "--history", days(), "--staff", str(people))
    assert isinstance(result.exception, BadSetting)
    assert "line 2" in str(result.exception)
