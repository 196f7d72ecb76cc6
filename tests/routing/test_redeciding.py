"""A change of facts re-decides, by what happened or by a timer: every fact that may change, and who gets the work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.assemble import wakeups_for
from common.clock import now
from common.vocabulary import HandlingClass, Role
from routing import publishing, staffing
from routing.accounts import account_of
from routing.alarm import CHANNEL
from routing.passwords import Passwords
from routing.person import Person
from routing.pushing import hand_out, run_matching
from routing.staffing import By, hire
from routing.timers import run_timers
from waiting import becomes

Json = dict[str, Any]
KARIN = By("Karin Smit")
SECONDS = 10.0  # a busy machine; the loops look at once when they are told, and else once a second


@pytest.fixture(autouse=True)
async def pushed(bureau: Bureau) -> AsyncIterator[None]:
    """The front office's queue is pushed meanwhile."""
    change = "UPDATE queue SET mode = :mode WHERE queue_id = 'front-office'"
    async with bureau.database.transaction() as session:
        await session.execute(text(change), {"mode": "push"})
    yield
    async with bureau.database.transaction() as session:
        await session.execute(text(change), {"mode": "pull"})


@asynccontextmanager
async def at_work(bureau: Bureau) -> AsyncIterator[None]:
    """The loops of matching and of timers run, as in the service."""
    wakeups = wakeups_for(bureau.database, CHANNEL, publishing.CHANNEL)
    loops = (wakeups.run(), run_matching(bureau.database, wakeups), run_timers(bureau.database, wakeups))
    tasks = [asyncio.create_task(each) for each in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def says(who: Colleague, state: str, **more: object) -> None:
    response = await who.post("/api/session/presence", state=state, **more)
    assert response.status_code == 200, response.text


async def change(bureau: Bureau, sql: str, **values: object) -> None:
    async with bureau.database.transaction() as session:
        await session.execute(text(sql), values)


async def offered(who: Colleague) -> list[str]:
    return [each["ticket"]["id"] for each in (await who.get("/api/work/offers")).json()]


def is_offered(who: Colleague, ticket_id: object) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return str(ticket_id) in await offered(who)

    return asked


def is_in(who: Colleague, ticket_id: object, state: str) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return str((await who.look_at(ticket_id))["ticket"]["state"]) == state

    return asked


async def states(bureau: Bureau) -> object:
    return await bureau.scalar("SELECT string_agg(state, ' ' ORDER BY offered_at, state) FROM offer")


async def test_reclassified_work_is_offered_anew_by_what_it_is_now(
    bureau: Bureau, joris: Colleague, sofie: Colleague, fatima: Colleague
) -> None:
    """Joris is cheaper; Fatima alone knows contracts, which the ticket asks for once it is judged anew."""
    await says(fatima, "available")
    await says(joris, "available")
    [ticket_id] = await bureau.accept(submitted())
    rule = '[[rule]]\nname = "Contracts"\nwhen = { topic = "contract" }\n'
    rule += 'then = { queue = "front-office", skills = ["contracts"] }\n\n'
    try:
        async with at_work(bureau):
            await becomes(is_offered(joris, ticket_id), SECONDS)
            async with bureau.database.transaction() as session:
                seen = await publishing.in_force(session)
                wording = publishing.Wording(rule + publishing.text_of(seen), seen.version)
                await publishing.publish(session, wording, publishing.Author("Karin Smit"), now())
            ticket = (await sofie.look_at(ticket_id))["ticket"]
            await sofie.act(ticket, "reclassify", **{"class": "routine", "topic": "contract", "reason": "Contract"})
            await becomes(is_offered(fatima, ticket_id), SECONDS)
        assert await offered(joris) == []
        assert await states(bureau) == "withdrawn offered"
    finally:
        await change(bureau, "DELETE FROM decision")
        await change(bureau, "DELETE FROM policy WHERE version > 1")


async def test_a_customer_who_replies_brings_the_work_back_and_to_a_colleague_when_its_holder_is_away(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await says(fatima, "available")
    [ticket_id] = await bureau.accept(submitted())
    async with at_work(bureau):
        await becomes(is_offered(fatima, ticket_id), SECONDS)
        taken = await fatima.act((await fatima.look_at(ticket_id))["ticket"], "take")
        await fatima.act(taken, "wait", **{"for": "customer"})
        await bureau.customer_writes(ticket_id, "Hier is mijn meterstand.")
        await becomes(is_in(fatima, ticket_id, "in_progress"), SECONDS)

        await fatima.act((await fatima.look_at(ticket_id))["ticket"], "wait", **{"for": "customer"})
        await says(fatima, "away")
        await says(joris, "available")
        await bureau.customer_writes(ticket_id, "En nog een.")
        await becomes(is_offered(joris, ticket_id), SECONDS)


@pytest.mark.parametrize("how", ["away", "busy", "silent"])
async def test_what_is_offered_to_who_leaves_is_offered_to_who_is_there(
    bureau: Bureau, fatima: Colleague, joris: Colleague, how: str
) -> None:
    await says(joris, "available")
    [ticket_id] = await bureau.accept(submitted())
    async with at_work(bureau):
        await becomes(is_offered(joris, ticket_id), SECONDS)
        await says(fatima, "available")
        if how == "silent":
            of_joris = "agent_id = (SELECT agent_id FROM agent WHERE username = 'frontoffice2')"
            await change(bureau, f"UPDATE presence SET silent_at = :now WHERE {of_joris}", now=now())  # noqa: S608
        else:
            await says(joris, how)
        await becomes(is_offered(fatima, ticket_id), SECONDS)
    assert await states(bureau) == "withdrawn offered"


async def test_what_somebody_holds_who_leaves_with_reassignment_is_offered_to_who_is_there(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    [ticket_id] = await bureau.accept(submitted())
    await fatima.act((await fatima.look_at(ticket_id))["ticket"], "take")
    await says(joris, "available")
    async with at_work(bureau):
        await says(fatima, "away", reassign=True)
        await becomes(is_offered(joris, ticket_id), SECONDS)


async def test_the_work_of_an_account_that_is_closed_goes_on_in_other_hands_and_says_why(
    bureau: Bureau, joris: Colleague
) -> None:
    held, hanging = await bureau.accept(submitted(), submitted())
    nina = Person(f"nina-{uuid4().hex[:8]}", "Nina Weg", Role.AGENT, "front-office", ("front-office",))
    async with bureau.database.transaction() as session:
        agent_id = (await hire(session, KARIN, nina, Passwords().hashed("loket-demo"), now())).agent_id
    who = await bureau.log_in(nina.username)
    await who.act((await who.look_at(held))["ticket"], "take")
    await says(who, "available")
    async with at_work(bureau):
        await becomes(is_offered(who, hanging), SECONDS)
        await says(joris, "available")
        async with bureau.database.transaction() as session:
            account = await account_of(session, agent_id)
            gone = replace(account.person, is_active=False)
            await staffing.change(session, KARIN, (agent_id, account.version), gone, now())
        await becomes(is_offered(joris, held), SECONDS)
        await becomes(is_offered(joris, hanging), SECONDS)
    why = await bureau.scalar("SELECT cause FROM audit WHERE ticket_id = :id AND act = 'release'", id=held)
    assert why == "Nina Weg left"


async def test_a_skill_that_is_held_out_for_relaxes_by_itself(bureau: Bureau, joris: Colleague) -> None:
    """Nobody who is there speaks it; when the time is up whoever is there will do."""
    await says(joris, "available")
    [ticket_id] = await bureau.accept(submitted())
    soon = now() + timedelta(seconds=2)
    await change(
        bureau,
        "UPDATE ticket SET optional_skills = jsonb_build_object('contracts', cast(:until AS text))",
        until=soon.isoformat(),
    )
    assert await hand_out(bureau.database, now()) == 0
    async with at_work(bureau):
        await becomes(is_offered(joris, ticket_id), SECONDS)
    assert await bureau.scalar("SELECT min(offered_at) >= :soon FROM offer", soon=soon) is True


async def test_a_clock_that_warns_puts_its_ticket_before_others(bureau: Bureau, joris: Colleague) -> None:
    first, second = await bureau.accept(submitted(), submitted())
    await change(
        bureau,
        "INSERT INTO queue_time (queue_id, calendar_id, warn_percent, warn_raises, warn_tells, breach_raises, "
        "breach_tells) VALUES ('front-office', 'always', 75, true, false, true, false)",
    )
    await change(bureau, "UPDATE ticket SET due_at = due_at + interval '1 hour' WHERE ticket_id = :id", id=second)
    await change(
        bureau,
        "UPDATE clock SET calendar = 'always', started_at = :then, counted_at = :then, spent = '0', "
        "allowed = '100 minutes', next_stage = 'warn', next_at = :now "
        "WHERE ticket_id = :id AND kind = 'first_response'",
        then=now() - timedelta(minutes=80),
        now=now(),
        id=second,
    )
    async with at_work(bureau):

        async def is_raised() -> bool:
            return await bureau.scalar("SELECT priority FROM ticket WHERE ticket_id = :id", id=second) == 2

        await becomes(is_raised, SECONDS)
        one = "UPDATE agent SET capacity = :room, version = version + 1 WHERE username = 'frontoffice2'"
        await change(bureau, one, room=1.0)  # so that the order shows
        try:
            await says(joris, "available")
            await becomes(is_offered(joris, second), SECONDS)
            assert str(first) not in await offered(joris)
        finally:
            await change(bureau, one, room=6.0)


async def test_technical_work_that_is_found_routine_reaches_the_front_office(
    bureau: Bureau, joris: Colleague, bram: Colleague
) -> None:
    await says(joris, "available")
    [ticket_id] = await bureau.accept(submitted(HandlingClass.TECHNICAL))
    taken = await bram.act((await bram.look_at(ticket_id))["ticket"], "take")
    async with at_work(bureau):
        await bram.act(taken, "reclassify", **{"class": "routine", "reason": "Alleen een vraag"})
        await becomes(is_offered(joris, ticket_id), SECONDS)
