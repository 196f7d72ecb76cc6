"""`loket dead`: what nobody could handle, listed, replayed and discarded by a person."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from common import parked
from common.bus import Delivery
from common.clock import now
from common.db import Database
from common.errors import Conflict, NotFound
from common.events import INTAKE_TICKETS
from embedded.cli import app
from plumbing import feedback, record
from town import Town

pytestmark = pytest.mark.xdist_group("town")


@pytest.fixture
async def routing(empty_town: Town) -> Database:
    """The database of one of the services, without letters."""
    database = empty_town.database("routing")
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM parked_event"))
    return database


async def loket(surroundings: dict[str, str], *words: str) -> Result:
    env = {**surroundings, "COLUMNS": "200"}
    return await asyncio.to_thread(CliRunner().invoke, app, ["dead", *words], env=env)


async def bury(database: Database, delivery: Delivery) -> parked.DeadLetter:
    async with database.transaction() as session:
        await parked.bury(session, delivery, "feedback.given does not fit its schema: score: int_parsing", now())
    async with database.reading() as session:
        [letter] = await parked.dead_letters(session)
    return letter


async def test_no_letters_is_said_and_is_success(routing: Database, surroundings: dict[str, str]) -> None:
    assert routing
    listed = await loket(surroundings, "list")

    assert (listed.exit_code, listed.output) == (0, "No dead letters.\n")


async def test_a_letter_is_listed_with_its_service_and_its_fault(
    routing: Database, surroundings: dict[str, str]
) -> None:
    letter = await bury(routing, Delivery(INTAKE_TICKETS, 0, 7, record(feedback(), 1)))

    listed = await loket(surroundings, "list")

    assert listed.exit_code == 1
    assert all(word in listed.output for word in ("routing", str(letter.parked_id), letter.fingerprint, "int_parsing"))


async def test_a_replayed_letter_waits_to_be_handled_again(routing: Database, surroundings: dict[str, str]) -> None:
    letter = await bury(routing, Delivery(INTAKE_TICKETS, 0, 7, record(feedback(), 1)))

    replayed = await loket(surroundings, "replay", str(letter.event_id))

    assert replayed.exit_code == 0
    assert (await loket(surroundings, "list")).exit_code == 0


async def test_what_never_was_an_event_can_only_be_discarded(routing: Database, surroundings: dict[str, str]) -> None:
    letter = await bury(routing, Delivery(INTAKE_TICKETS, 0, 8, None, b"\xff", "no CloudEvent"))

    refused = await loket(surroundings, "replay", str(letter.parked_id))
    discarded = await loket(surroundings, "discard", str(letter.parked_id))

    assert isinstance(refused.exception, Conflict)
    assert discarded.exit_code == 0
    async with routing.reading() as session:
        kept = text("SELECT discarded_by FROM discarded_event WHERE parked_id = :id")
        assert "command line" in str(await session.scalar(kept, {"id": letter.parked_id}))


async def test_a_letter_that_does_not_exist_is_not_found(routing: Database, surroundings: dict[str, str]) -> None:
    assert routing
    answer = await loket(surroundings, "discard", str(uuid4()))

    assert isinstance(answer.exception, NotFound)
