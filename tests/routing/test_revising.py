"""A new policy and the open tickets: a promise may get better and never worse, places follow where a rule says so."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from tomllib import loads
from typing import Any

import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.assemble import wakeups_for
from common.clock import now
from common.events import PromiseImproved, TicketRouted, TicketSubmitted
from common.vocabulary import HandlingClass
from routing import publishing
from routing.policy import default_source
from routing.publishing import CHANNEL, Author, Wording
from routing.revisions import revise_next, run_revisions
from routing.tables import PolicyRevision
from waiting import becomes

Json = dict[str, Any]
HOUR = timedelta(hours=1)


def bills(then: str) -> str:
    """The default policy under a rule for bills."""
    return f'[[rule]]\nname = "Bills"\nwhen = {{ topic = "billing" }}\nthen = {{ {then} }}\n\n' + default_source()


@pytest.fixture
async def office(bureau: Bureau) -> AsyncIterator[Bureau]:
    """A bureau whose policy is the first one again afterwards."""
    yield bureau
    async with bureau.database.engine.begin() as connection:
        for table in ("policy_revision", "decision"):
            await connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
        await connection.execute(text("DELETE FROM policy WHERE version > 1"))


async def publish(bureau: Bureau, source: str) -> int:
    """The version of this policy, in force; open tickets are not looked at yet."""
    async with bureau.database.transaction() as session:
        seen = (await publishing.in_force(session)).version
        made = await publishing.publish(session, Wording(source, seen), Author("Karin Smit"), now())
        return made.version


async def published(bureau: Bureau, source: str) -> PolicyRevision:
    """The policy in force, and every open ticket looked at."""
    version = await publish(bureau, source)
    while await revise_next(bureau.database):
        pass
    async with bureau.database.reading() as session:
        return await session.get_one(PolicyRevision, version)


async def come_in(bureau: Bureau, source: str, *events: TicketSubmitted) -> None:
    """These tickets, decided by this policy."""
    if source != default_source():
        await published(bureau, source)
    await bureau.accept(*events)


async def promised(who: Colleague, ticket_id: object) -> tuple[datetime, datetime]:
    seen = (await who.look_at(ticket_id))["ticket"]
    return datetime.fromisoformat(seen["answer_by"]), datetime.fromisoformat(seen["solve_by"])


async def clock(bureau: Bureau, event: TicketSubmitted, kind: str = "first_response") -> Json:
    async with bureau.database.reading() as session:
        found = await session.execute(
            text("SELECT * FROM clock WHERE ticket_id = :id AND kind = :kind"), {"id": event.ticket_id, "kind": kind}
        )
        return dict(found.mappings().one())


async def improvements(bureau: Bureau) -> list[PromiseImproved]:
    return [event for event in await bureau.events("promise.improved") if isinstance(event, PromiseImproved)]


async def test_a_better_promise_applies_to_what_is_open_and_the_customers_page_hears_of_it(
    office: Bureau, sofie: Colleague
) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'), event)
    before, was = await promised(sofie, event.ticket_id), await clock(office, event)

    done = await published(office, bills('queue = "front-office", promise = { within = "20h", solve = "40h" }'))

    after, is_now = await promised(sofie, event.ticket_id), await clock(office, event)
    assert (done.looked_at, done.sooner, done.moved, done.failed) == (1, 1, 0, 0)
    assert after[0] < before[0]
    assert after[1] < before[1]
    assert (is_now["epoch"], is_now["started_at"]) == (was["epoch"] + 1, was["started_at"])
    assert is_now["due_at"] == after[0]
    assert is_now["next_at"] < was["next_at"]
    [told] = await improvements(office)
    assert (told.ticket_id, told.promise.answer_by, told.promise.solve_by) == (event.ticket_id, *after)
    seen = await sofie.look_at(event.ticket_id)
    assert seen["ticket"]["version"] == 1, "whoever writes an answer is not disturbed"
    by = await office.scalar(
        "SELECT actor_name FROM audit WHERE act = 'revise' AND ticket_id = :id", id=event.ticket_id
    )
    assert by == "Karin Smit"


async def test_a_worse_promise_changes_nothing_for_who_was_promised_more(office: Bureau, sofie: Colleague) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = "10h"'), event)
    before = await promised(sofie, event.ticket_id)

    done = await published(office, bills('queue = "front-office", promise = "40h"'))

    assert await promised(sofie, event.ticket_id) == before
    assert done.sooner == 0
    assert await improvements(office) == []


async def test_versions_in_a_row_never_take_anything_back(office: Bureau, sofie: Colleague) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'), event)
    found = [await promised(sofie, event.ticket_id)]
    for then in ('{ within = "20h", solve = "90h" }', '{ within = "25h", solve = "50h" }', '"40h"', '"19h"'):
        await published(office, bills(f'queue = "front-office", promise = {then}'))
        found.append(await promised(sofie, event.ticket_id))
    answers, solutions = zip(*found, strict=True)
    assert list(answers) == sorted(answers, reverse=True)
    assert list(solutions) == sorted(solutions, reverse=True)
    assert len(set(answers)) == 3


async def test_what_cannot_be_kept_any_more_is_not_promised(office: Bureau, sofie: Colleague) -> None:
    event = submitted(submitted_at=now() - timedelta(days=20))
    await come_in(office, bills('queue = "front-office", promise = "900h"'), event)
    before = await promised(sofie, event.ticket_id)
    done = await published(office, bills('queue = "front-office", promise = "1h"'))
    assert (done.sooner, await promised(sofie, event.ticket_id)) == (0, before)


async def test_who_was_told_of_a_delay_is_not_told_otherwise(office: Bureau, sofie: Colleague) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'), event)
    before = await promised(sofie, event.ticket_id)
    async with office.database.transaction() as session:
        await session.execute(
            text("""
                INSERT INTO delay (ticket_id, promised_at, clock_id, promised_by, expected_by, told_at)
                SELECT ticket_id, promised_at, clock_id, due_at, due_at + interval '1 day', :now
                FROM clock WHERE ticket_id = :id
                ORDER BY kind LIMIT 1
            """),
            {"id": event.ticket_id, "now": now()},
        )
    await published(office, bills('queue = "front-office", promise = { within = "20h", solve = "60h" }'))
    assert (await promised(sofie, event.ticket_id))[0] == before[0]


async def test_a_clock_that_stands_still_gets_less_time_and_stands_on(office: Bureau, fatima: Colleague) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'), event)
    ticket = await fatima.take_next()
    await fatima.act(ticket, "wait", **{"for": "customer"})
    was = await clock(office, event, "resolution")
    await published(office, bills('queue = "front-office", promise = { within = "20h", solve = "40h" }'))
    is_now = await clock(office, event, "resolution")
    assert is_now["state"] == was["state"] == "paused"
    assert is_now["left_minutes"] < was["left_minutes"]
    assert is_now["next_at"] is None


async def test_what_was_answered_may_be_promised_solved_before_its_answer_was_due(
    office: Bureau, fatima: Colleague
) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "40h", solve = "60h" }'), event)
    ticket = await fatima.take_next()
    await fatima.act(ticket, "reply", body="Ik zoek het voor u uit.")
    before = await promised(fatima, event.ticket_id)
    await published(office, bills('queue = "front-office", promise = { within = "10h", solve = "20h" }'))
    answer_by, solve_by = await promised(fatima, event.ticket_id)
    assert answer_by == solve_by < before[0]


async def test_a_question_to_another_department_is_due_sooner_with_the_promise(
    office: Bureau, fatima: Colleague
) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "300h", solve = "600h" }'), event)
    ticket = await fatima.take_next()
    await fatima.act(ticket, "task", queue="back-office", question="Klopt dit tarief?")
    was = await clock(office, event, "internal")

    await published(office, bills('queue = "front-office", promise = { within = "50h", solve = "100h" }'))

    is_now = await clock(office, event, "internal")
    assert is_now["due_at"] < was["due_at"]
    assert is_now["epoch"] == was["epoch"] + 1
    assert is_now["due_at"] == await office.scalar("SELECT due_at FROM internal_task")


async def test_what_waits_moves_only_where_a_rule_says_so(office: Bureau, sofie: Colleague) -> None:
    event = submitted()
    await come_in(office, default_source(), event)
    stays = await published(office, bills('queue = "back-office", priority = 2'))
    assert stays.moved == 0
    assert (await sofie.look_at(event.ticket_id))["ticket"]["queue"] == "front-office"
    before = await promised(sofie, event.ticket_id)

    done = await published(office, bills('queue = "back-office", priority = 2, open_too = true'))

    seen = (await sofie.look_at(event.ticket_id))["ticket"]
    assert done.moved == 1
    assert (seen["queue"], seen["priority"], seen["state"], seen["version"]) == ("back-office", 2, "queued", 2)
    assert await promised(sofie, event.ticket_id) == before
    routed = [each for each in await office.events("ticket.routed") if isinstance(each, TicketRouted)]
    assert (routed[-1].queue_id, routed[-1].cause) == ("back-office", "transferred")
    assert await office.scalar("SELECT count(*) FROM decision WHERE cause = 'policy'") == 1


async def test_what_people_decided_stays_decided(office: Bureau, sofie: Colleague, fatima: Colleague) -> None:
    in_hand, put_there, free = submitted(), submitted(), submitted()
    await come_in(office, default_source(), in_hand, put_there, free)
    await fatima.act((await fatima.look_at(in_hand.ticket_id))["ticket"], "take")
    await sofie.act((await sofie.look_at(put_there.ticket_id))["ticket"], "transfer", queue="partner")
    source = bills('queue = "back-office", open_too = true')

    shown = (await sofie.post("/api/policy/diff", **_document(source))).json()["open"]
    done = await published(office, source)

    assert done.moved == 1
    queues = [(await sofie.look_at(each.ticket_id))["ticket"]["queue"] for each in (in_hand, put_there, free)]
    assert queues == ["front-office", "partner", "back-office"]
    assert (shown["looked_at"], shown["moved"], shown["in_hand"]) == (3, 1, 2)
    assert shown["ways"] == [{"from_queue": "front-office", "to_queue": "back-office", "count": 1}]


async def test_what_is_shown_before_is_what_happens(office: Bureau, sofie: Colleague) -> None:
    old = bills('queue = "front-office", promise = { within = "20h", solve = "60h" }')
    await come_in(office, old, *(submitted() for _ in range(3)), submitted(HandlingClass.TECHNICAL))
    source = bills('queue = "front-office", promise = { within = "15h", solve = "70h" }')
    shown = (await sofie.post("/api/policy/diff", **_document(source))).json()["open"]
    done = await published(office, source)
    assert (shown["sooner"], shown["kept"]) == (done.sooner, 4) == (4, 4)


async def test_a_batch_done_twice_changes_nothing_and_a_new_version_replaces_an_unfinished_one(
    office: Bureau, sofie: Colleague
) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'), event)
    version = await publish(office, bills('queue = "front-office", promise = { within = "20h", solve = "40h" }'))
    assert await revise_next(office.database) == 1
    after = await promised(sofie, event.ticket_id)
    async with office.database.transaction() as session:  # killed before it wrote down how far it had come
        await session.execute(text("UPDATE policy_revision SET after_id = NULL WHERE version = :v"), {"v": version})
    assert await revise_next(office.database) == 1
    assert await promised(sofie, event.ticket_id) == after
    assert len(await improvements(office)) == 1

    await publish(office, bills('queue = "front-office", promise = { within = "18h", solve = "36h" }'))
    while await revise_next(office.database):
        pass
    assert await office.scalar("SELECT count(*) FROM policy_revision WHERE done_at IS NULL") == 0
    assert (await promised(sofie, event.ticket_id))[0] < after[0]


async def test_a_step_back_looks_at_open_tickets_too(office: Bureau, sofie: Colleague) -> None:
    event = submitted()
    await published(office, bills('queue = "front-office", promise = { within = "2h", solve = "19h" }'))
    await published(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'))
    await office.accept(event)
    before = await promised(sofie, event.ticket_id)
    async with office.database.transaction() as session:
        seen = (await publishing.in_force(session)).version
        await publishing.step_back(session, seen, Author("Karin Smit"), now())
    while await revise_next(office.database):
        pass
    assert (await promised(sofie, event.ticket_id))[0] < before[0]


async def test_the_loop_begins_within_a_second_of_publishing(office: Bureau, sofie: Colleague) -> None:
    event = submitted()
    await come_in(office, bills('queue = "front-office", promise = { within = "30h", solve = "60h" }'), event)
    before = await promised(sofie, event.ticket_id)

    async def is_sooner() -> bool:
        return (await promised(sofie, event.ticket_id))[0] < before[0]

    wakeups = wakeups_for(office.database, CHANNEL)
    tasks = [asyncio.create_task(each) for each in (wakeups.run(), run_revisions(office.database, wakeups))]
    try:
        await publish(office, bills('queue = "front-office", promise = { within = "20h", solve = "40h" }'))
        await becomes(is_sooner)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
async def test_the_page_says_what_it_means_for_open_tickets(office: Bureau, language: str) -> None:
    await come_in(office, default_source(), submitted())
    browser = office.browser()
    await browser.post("/login", data={"username": "lead", "password": "loket-demo"})
    page = (await browser.get("/admin/policy")).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    seen = page.split('name="version" value="')[1].split('"')[0]
    sent = {
        "csrf_token": token,
        "version": seen,
        "days": "14",
        "act": "preview",
        "text": bills('queue = "back-office", open_too = true, promise = "1h"'),
    }
    shown = (await browser.post(f"/admin/policy?lang={language}", data=sent)).text
    said = {"nl": "gaat van", "en": "moves from", "fr": "passe de", "de": "kommt von"}
    assert said[language] in shown


def _document(source: str) -> Json:
    """The policy as the API takes it."""
    return loads(source)
