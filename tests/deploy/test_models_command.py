"""`loket model` and `loket train --corrections`: versions of the classifier from the command line."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from common.clock import now
from common.db import Database
from embedded.cli import app
from intake import models
from intake.classify.candidates import Candidate
from intake.models import By
from running import empty
from town import Town

pytestmark = pytest.mark.xdist_group("town")

FIGURES = {
    "fast": {
        "shipped": {"macro_f1": 0.97, "technical_recall": 0.98},
        "candidate": {"macro_f1": 0.972, "technical_recall": 0.975},
        "shipped_on_corrections": 0.2,
        "candidate_on_unseen_corrections": 0.78,
    }
}


@pytest.fixture
async def intake(empty_town: Town) -> Database:
    """A town that has learned nothing yet."""
    database = empty_town.database("intake")
    await empty(database, names=("shadow_judgement", "teaching", "model_act", "model_version"))
    return database


async def loket(surroundings: dict[str, str], *words: str) -> Result:
    env = {**surroundings, "COLUMNS": "240"}
    return await asyncio.to_thread(CliRunner().invoke, app, [*words], env=env)


async def offered(intake: Database, name: str, *shortfalls: str) -> None:
    made = Candidate(f"full-1+{name}", "full-1", b"x", FIGURES, shortfalls, 212, 6)
    async with intake.transaction() as session:
        await models.offer(session, made, By("nightly", now()))


async def test_without_versions_the_shipped_model_judges(intake: Database, surroundings: dict[str, str]) -> None:
    assert intake
    listed = await loket(surroundings, "model", "list")

    assert (listed.exit_code, listed.output) == (0, "No version yet: the shipped model judges.\n")


async def test_a_version_is_promoted_and_rolled_back_and_who_did_so_is_kept(
    intake: Database, surroundings: dict[str, str]
) -> None:
    await offered(intake, "aaaa1111")

    promoted = await loket(surroundings, "model", "promote", "aaaa1111", "--reason", "Looks good")
    listed = await loket(surroundings, "model", "list")
    back = await loket(surroundings, "model", "rollback")
    shadowed = await loket(surroundings, "model", "shadow", "aaaa1111")

    assert "It judges from now on" in promoted.output
    assert all(word in listed.output for word in ("0.970 → 0.972", "judges", "Looks good", "command line ("))
    assert "The shipped model judges again" in back.output
    assert "It looks on from now on" in shadowed.output


async def test_what_falls_short_is_not_promoted(intake: Database, surroundings: dict[str, str]) -> None:
    await offered(intake, "bbbb2222", "fast.macro_f1")

    assert isinstance((await loket(surroundings, "model", "promote", "bbbb2222")).exception, models.NotPromotable)
    assert isinstance((await loket(surroundings, "model", "promote", "cccc")).exception, models.NoSuchModel)
    assert isinstance((await loket(surroundings, "model", "rollback")).exception, models.NothingBefore)
    assert "falls short: fast.macro_f1" in (await loket(surroundings, "model", "list")).output


async def test_too_few_corrections_are_said(intake: Database, surroundings: dict[str, str]) -> None:
    assert intake
    learned = await loket(surroundings, "train", "--corrections")

    assert (learned.exit_code, learned.output) == (1, "There are too few corrections to learn from.\n")
