"""`loket decide --replay`: every decision about a ticket, made again from the command line beside the stored one."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bureau import Bureau, submitted
from common.clock import now
from common.migrate import migrate_log, migrate_service
from common.settings import Settings
from common.vocabulary import Role
from embedded.cli import app
from embedded.postgres import Server
from routing import finishing, staff, work
from routing.acting import Intent
from routing.app import build
from routing.finishing import VoidReason
from routing.keeping import thin
from routing.person import Person
from routing.staffing import By, hire

SECRET = "only for these tests, never elsewhere!"
Decide = Callable[..., Awaitable[Result]]


@pytest.fixture(scope="module")
async def office(postgres: Server) -> AsyncIterator[tuple[Bureau, dict[str, str]]]:
    """Routing without the demo, and the environment in which a command finds it."""
    urls = {name: postgres.ensure_database(f"decide_{name}") for name in ("routing", "log")}
    await migrate_service(urls["routing"], "routing")
    await migrate_log(urls["log"])
    named = {f"{name}_database_url": url for name, url in urls.items()}
    service = build(Settings(secret_key=SecretStr(SECRET), **named))  # type: ignore[arg-type]
    await service.prepare()
    async with service.database.transaction() as session:
        person = Person("nadia", "Nadia Haddad", Role.AGENT, "front-office", ("front-office",))
        await hire(session, By("Loket"), person, "", now())
    around = {f"LOKET_{name.upper()}": url for name, url in named.items()}
    bureau = Bureau(service, None)  # type: ignore[arg-type]  # nobody visits a page
    yield bureau, around | {"LOKET_SECRET_KEY": SECRET, "LOKET_DEMO": "false"}
    await service.close()


@pytest.fixture
def decide(office: tuple[Bureau, dict[str, str]]) -> Decide:
    async def command(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["decide", *words], env=office[1])

    return command


@pytest.fixture
async def reference(office: tuple[Bureau, dict[str, str]]) -> str:
    """Of a ticket that came in, was taken by Nadia and discarded."""
    bureau, event = office[0], submitted()
    await bureau.accept(event)
    async with bureau.database.transaction() as session:
        account = await staff.account(session, "nadia")
        assert account
        viewer = await staff.log_in(session, account.agent_id, now())
        await session.flush()
        taken = await work.take_next(session, viewer, None, now())
        assert taken
        await finishing.discard(session, Intent(viewer, taken.ticket_id, taken.version, now()), VoidReason.SPAM, None)
    return event.reference


async def test_what_was_decided_comes_out_the_same(decide: Decide, reference: str) -> None:
    said = await decide("--replay", f"{reference[:5]}-{reference[5:].lower()}")
    assert said.exit_code == 0, said.output
    where, _, _, who, *_ = said.output.splitlines()
    assert where.startswith("where (accepted)")
    assert who.startswith("who (pulled)")
    assert where.endswith(": the same")
    assert who.endswith(": the same")


async def test_machines_read_one_object_a_decision(decide: Decide, reference: str) -> None:
    said = await decide("--replay", reference, "--json")
    told = [json.loads(line) for line in said.output.splitlines()]
    assert [each["same"] for each in told] == [True, True]
    assert told[0]["stored"] == told[0]["computed"]


async def test_what_was_tampered_with_comes_out_different(
    office: tuple[Bureau, dict[str, str]], decide: Decide, reference: str
) -> None:
    tampered = (
        "UPDATE decision SET priority = 1 FROM ticket WHERE ticket.ticket_id = decision.ticket_id AND reference = :r"
    )
    async with office[0].database.transaction() as session:
        await session.execute(text(tampered), {"r": reference})
    said = await decide("--replay", reference)
    assert said.exit_code == 1
    assert "DIFFERENT" in said.output


async def test_what_is_kept_no_longer_is_said_in_a_sentence(
    office: tuple[Bureau, dict[str, str]], decide: Decide, reference: str
) -> None:
    while await thin(office[0].database, now() + timedelta(seconds=1), now()):
        pass
    said = await decide("--replay", reference)
    assert said.exit_code == 0, said.output
    assert said.output.count("what it went by was removed on") == 2
    assert "so it cannot be made again." in said.output
    told = [json.loads(line) for line in (await decide("--replay", reference, "--json")).output.splitlines()]
    assert [(each["same"], each["thinned_at"] is not None) for each in told] == [(None, True), (None, True)]


async def test_a_ticket_that_is_not_there_is_one_sentence(decide: Decide) -> None:
    said = await decide("--replay", "L-00000-0000")
    assert said.exit_code != 0
    assert "There is no ticket L-00000-0000." in said.output + str(said.exception or "")


async def test_help_says_what_it_does(decide: Decide) -> None:
    said = await decide("--help")
    assert said.exit_code == 0
    assert "Make every decision about a ticket again" in said.output
