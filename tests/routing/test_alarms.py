"""Leads hear of alarms by mail: each once, many together, in their language, and never of what mends itself."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.events import AlarmsRaised
from common.vocabulary import Language
from routing.alarms import QUIET, STANDS, tell
from routing.pushing import look_for_unstaffed

MAIL = "sofie.janssens@loket.example"
A_MOMENT = timedelta(seconds=1)


async def address(bureau: Bureau, username: str, email: str | None, language: str = "nl") -> None:
    change = text("UPDATE agent SET email = :email, language = :language WHERE username = :username")
    async with bureau.database.transaction() as session:
        await session.execute(change, {"email": email, "language": language, "username": username})


@pytest.fixture(autouse=True)
async def reachable(bureau: Bureau) -> AsyncIterator[None]:
    """Only the lead of the demo has an address, and reads French."""
    await address(bureau, "lead", MAIL, "fr")
    yield
    await address(bureau, "lead", MAIL)
    await address(bureau, "admin", None)


async def notices(bureau: Bureau) -> list[AlarmsRaised]:
    return [event for event in await bureau.events("alarms.raised") if isinstance(event, AlarmsRaised)]


async def undoable(bureau: Bureau, skill: str) -> datetime:
    """A ticket that asks what nobody can; until when that has stood for long enough to be told."""
    [ticket_id] = await bureau.accept(submitted())
    async with bureau.database.transaction() as session:
        asks = text("UPDATE ticket SET skills = jsonb_build_object(cast(:skill AS text), 2) WHERE ticket_id = :id")
        await session.execute(asks, {"skill": skill, "id": ticket_id})
    await look_for_unstaffed(bureau.database, now())
    return now() + STANDS + A_MOMENT


async def test_work_that_nobody_may_do_is_told_once_in_the_lead_s_language(bureau: Bureau) -> None:
    at = await undoable(bureau, "flying")
    assert await tell(bureau.database, at) == 1
    assert await tell(bureau.database, at + QUIET + QUIET) == 0

    [notice] = await notices(bureau)
    assert (notice.name, notice.email, notice.language) == ("Sofie Janssens", MAIL, Language.FR)
    [alarm] = notice.alarms
    assert (alarm.kind, alarm.queue, alarm.tickets) == ("unstaffed", "Front-office", 1)


async def test_what_mends_itself_within_a_minute_is_not_told(bureau: Bureau) -> None:
    await undoable(bureau, "flying")
    assert await tell(bureau.database, now() + STANDS / 2) == 0
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE ticket SET skills = '{}'"))
    await look_for_unstaffed(bureau.database, now())
    assert await tell(bureau.database, now() + STANDS + A_MOMENT) == 0


async def test_what_is_raised_soon_after_comes_together_later(bureau: Bureau) -> None:
    first = await undoable(bureau, "flying")
    assert await tell(bureau.database, first) == 1
    await undoable(bureau, "juggling")
    await undoable(bureau, "diving")
    assert await tell(bureau.database, first + QUIET - A_MOMENT) == 0
    assert await tell(bureau.database, first + QUIET + A_MOMENT) == 1
    assert [len(notice.alarms) for notice in await notices(bureau)] == [1, 2]


async def test_a_rule_that_fails_is_told_to_every_lead(bureau: Bureau) -> None:
    async with bureau.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO policy (version, document, source, published_at, published_by)"
                " SELECT version + 1, jsonb_set(document, '{rule}', jsonb_build_array(jsonb_build_object("
                "'name', 'To the moon', 'when', jsonb_build_object('class', 'routine'), 'then',"
                " jsonb_build_object('queue', 'moon'))) || (document -> 'rule')), '', now(), 'Test'"
                " FROM policy ORDER BY version DESC LIMIT 1"
            )
        )
    try:
        assert await tell(bureau.database, now()) == 1
        [notice] = await notices(bureau)
        assert [(alarm.kind, alarm.rule) for alarm in notice.alarms] == [("rule_broken", "To the moon")]
    finally:
        async with bureau.database.transaction() as session:
            await session.execute(text("DELETE FROM policy WHERE published_by = 'Test'"))


async def test_a_department_that_answers_late_is_told_with_the_ticket(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "task", queue="back-office", question="Mag dit?")
    due = (await fatima.look_at(ticket["id"]))["tasks"][0]["due_at"]
    due_at = datetime.fromisoformat(due)

    assert await tell(bureau.database, due_at) == 0
    assert await tell(bureau.database, due_at + STANDS + A_MOMENT) == 1
    [notice] = await notices(bureau)
    [alarm] = notice.alarms
    assert (alarm.kind, alarm.reference, alarm.due_at) == ("department_late", ticket["reference"], due_at)


async def test_admins_hear_what_no_lead_can(bureau: Bureau) -> None:
    await address(bureau, "lead", None)
    await address(bureau, "admin", "karin@loket.example")
    assert await tell(bureau.database, await undoable(bureau, "flying")) == 1
    assert [notice.email for notice in await notices(bureau)] == ["karin@loket.example"]


async def test_who_gave_no_address_is_told_once_they_do(bureau: Bureau) -> None:
    await address(bureau, "lead", None)
    at = await undoable(bureau, "flying")
    assert await tell(bureau.database, at) == 0
    await address(bureau, "lead", MAIL)
    assert await tell(bureau.database, at) == 1


async def test_what_is_remembered_is_forgotten_some_day(bureau: Bureau) -> None:
    await tell(bureau.database, await undoable(bureau, "flying"))
    await tell(bureau.database, now() + timedelta(days=91))
    assert await bureau.scalar("SELECT min(told_at) > now() + interval '90 days' FROM told_alarm")
