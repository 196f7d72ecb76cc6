"""`loket simulate` as typed: one object a policy, the same for the same seed, and a clear word about a wrong policy."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from common.settings import BadSetting
from embedded.simulating import simulate

app = typer.Typer()
app.command()(simulate)

CONTRACT = {
    "attainment",
    "cost_per_ticket",
    "wait_p50_minutes",
    "wait_p95_minutes",
    "specialist_minutes_on_routine",
    "utilisation",
    "seconds",
}
SMALL = ("--tickets", "120", "--agents", "8", "--seed", "5")
OTHER = """
[[rule]]
name = "The front office tries first"
when = { class = "specialist" }
then = { queue = "back-office", front_office_first = true }
[[rule]]
name = "Technical work to the field"
when = { class = "technical" }
then = { queue = "field" }
[[rule]]
name = "Everything else"
then = { queue = "front-office" }
"""


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, [*SMALL, *words])


def told(*words: str) -> list[dict[str, Any]]:
    result = typed("--json", *words)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_policy_is_one_object_with_everything_in_it() -> None:
    [once] = told("--runs", "1")
    [again] = told("--runs", "1")

    assert set(once) >= CONTRACT
    assert {k: v for k, v in once.items() if k != "seconds"} == {k: v for k, v in again.items() if k != "seconds"}


def test_two_policies_and_the_ways_of_others_stand_side_by_side(tmp_path: Path) -> None:
    file = tmp_path / "front-first.toml"
    file.write_text(OTHER)
    first, second, *others = told("--compare", str(file), "--baselines")

    assert [first["policy"], second["policy"]] == ["default", "front-first"]
    assert [each["policy"] for each in others] == ["round robin", "least loaded", "weighted assignment"]
    assert set(second["difference"]["cost_per_ticket"]) == {"mean", "low", "high"}


def test_people_get_a_table() -> None:
    result = typed("--runs", "2")

    assert result.exit_code == 0
    assert "within the promise" in result.output


def test_a_policy_that_is_wrong_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(OTHER.replace('"field"', '"attic"'))
    result = typed("--policy", str(file))

    assert isinstance(result.exception, BadSetting)
    assert "line 9" in str(result.exception)
    assert "attic" in str(result.exception)


@pytest.mark.parametrize("words", [("--tickets", "0"), ("--agents", "1"), ("--policy", "nowhere.toml")])
def test_what_cannot_be_played_is_refused(words: tuple[str, str]) -> None:
    assert typed(*words).exit_code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--history", "monday"), "Give two days in their order"),
        (("--history", "2026-03-06..2026-03-02"), "Give two days in their order"),
        (("--history", "2026-02-30"), "Give two days in their order"),
        (("--staff", __file__), "--staff goes with --history"),
    ],
)
def test_days_that_cannot_be_are_refused_with_how_to_write_them(words: tuple[str, ...], says: str) -> None:
    result = typed(*words)
    assert isinstance(result.exception, BadSetting)
    assert says in str(result.exception)
