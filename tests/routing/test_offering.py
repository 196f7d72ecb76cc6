"""Pushed queues: offered to one person at a time, accepted, declined or run out; then it goes to the next."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.assemble import wakeups_for
from common.clock import now
from common.vocabulary import HandlingClass
from routing.pushing import hand_out, look_for_unstaffed, run_matching
from routing.replaying import replayed
from waiting import becomes

OFFER = timedelta(seconds=60)


@pytest.fixture(autouse=True)
async def pushed(bureau: Bureau) -> AsyncIterator[None]:
    """The front office's queue is pushed meanwhile."""
    change = "UPDATE queue SET mode = :mode WHERE queue_id = 'front-office'"
    async with bureau.database.transaction() as session:
        await session.execute(text(change), {"mode": "push"})
    yield
    async with bureau.database.transaction() as session:
        await session.execute(text(change), {"mode": "pull"})


async def come(*people: Colleague) -> None:
    for who in people:
        assert (await who.post("/api/session/presence", state="available")).status_code == 200


async def offers_of(who: Colleague) -> list[dict[str, Any]]:
    response = await who.get("/api/work/offers")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json()
    return found


async def answer(who: Colleague, offer: dict[str, Any], said: str) -> int:
    return (await who.post(f"/api/work/offers/{offer['id']}/{said}")).status_code


async def test_work_is_offered_to_who_costs_least_and_accepted_into_their_hands(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await come(fatima, joris)
    [ticket_id] = await bureau.accept(submitted())

    assert await hand_out(bureau.database, now()) == 1
    assert await hand_out(bureau.database, now()) == 0
    assert await offers_of(fatima) == []
    [offer] = await offers_of(joris)
    assert offer["ticket"]["id"] == str(ticket_id)
    assert await answer(joris, offer, "accept") == 200
    assert (await joris.look_at(ticket_id))["ticket"]["holder"]["name"] == "Joris Bakker"
    assert await offers_of(joris) == []
    assert await answer(joris, offer, "accept") == 409


async def test_who_declines_is_passed_over_and_nobody_is_asked_twice(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await come(fatima, joris)
    await bureau.accept(submitted())
    await hand_out(bureau.database, now())
    [first] = await offers_of(joris)

    assert await answer(joris, first, "decline") == 204
    await hand_out(bureau.database, now())
    [second] = await offers_of(fatima)
    assert await answer(fatima, second, "decline") == 204
    assert await hand_out(bureau.database, now()) == 0
    assert (await offers_of(fatima), await offers_of(joris)) == ([], [])


async def test_an_offer_nobody_answers_goes_to_the_next_and_who_let_it_run_out_counts_as_gone(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await come(fatima, joris)
    await bureau.accept(submitted())
    await hand_out(bureau.database, now())
    [offer] = await offers_of(joris)
    after = now() + OFFER + timedelta(seconds=1)

    assert await hand_out(bureau.database, after) == 1
    assert await bureau.scalar("SELECT state FROM offer WHERE offer_id = :id", id=UUID(offer["id"])) == "timed_out"
    assert len(await offers_of(fatima)) == 1
    await hand_out(bureau.database, after)
    assert (await joris.get("/api/session/presence")).json()["state"] == "offline"


async def test_an_offer_is_only_for_whom_it_was_made(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    await come(joris)
    await bureau.accept(submitted())
    await hand_out(bureau.database, now())
    [offer] = await offers_of(joris)

    assert await answer(fatima, offer, "accept") == 404
    assert await answer(fatima, offer, "decline") == 404


async def test_nobody_is_offered_more_than_they_can_carry(bureau: Bureau, fatima: Colleague) -> None:
    """Six units are the most; a routine ticket is one."""
    await come(fatima)
    await bureau.accept(*(submitted() for _ in range(9)))
    for _ in range(3):
        await hand_out(bureau.database, now())
    assert len(await offers_of(fatima)) == 6


async def test_what_is_offered_is_not_taken_by_who_asks_for_work(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await come(joris)
    await bureau.accept(submitted())
    await hand_out(bureau.database, now())

    assert (await fatima.post("/api/work/next", queues=None)).status_code == 204


async def test_work_that_goes_elsewhere_takes_its_offer_along(
    bureau: Bureau, joris: Colleague, sofie: Colleague
) -> None:
    await come(joris)
    [ticket_id] = await bureau.accept(submitted())
    await hand_out(bureau.database, now())
    [offer] = await offers_of(joris)
    seen = (await sofie.look_at(ticket_id))["ticket"]
    await sofie.act(seen, "reclassify", **{"class": "specialist", "reason": "needs judgement"})

    assert await offers_of(joris) == []
    assert await answer(joris, offer, "accept") == 409
    await hand_out(bureau.database, now())
    assert await bureau.scalar("SELECT state FROM offer") == "withdrawn"


async def test_offers_made_together_come_out_the_same_again(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await come(fatima, joris)
    ids = await bureau.accept(*(submitted(is_urgent=n == 2) for n in range(5)))
    assert await hand_out(bureau.database, now()) == 5

    async with bureau.database.reading() as session:
        for ticket_id in ids:
            reference = await session.scalar(
                text("SELECT reference FROM ticket WHERE ticket_id = :id"), {"id": ticket_id}
            )
            found = await replayed(session, str(reference))
            assert [each.about for each in found] == ["where (accepted)", "who (offered)"]
            assert all(each.is_same for each in found)


async def test_the_loop_offers_within_a_second_of_what_changes(bureau: Bureau, fatima: Colleague) -> None:
    wakeups = wakeups_for(bureau.database)
    listening = asyncio.create_task(wakeups.run())
    loop = asyncio.create_task(run_matching(bureau.database, wakeups))
    try:
        await bureau.accept(submitted())
        await come(fatima)

        async def is_offered() -> bool:
            return len(await offers_of(fatima)) == 1

        await becomes(is_offered)
    finally:
        for task in (listening, loop):
            task.cancel()
        await asyncio.gather(listening, loop, return_exceptions=True)


async def test_work_that_nobody_on_the_staff_may_do_is_an_alarm_until_somebody_may(
    bureau: Bureau, fatima: Colleague
) -> None:
    [ticket_id] = await bureau.accept(submitted())
    assert await look_for_unstaffed(bureau.database, now()) == 0
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE ticket SET skills = '{\"diving\": 1}'"))

    assert await look_for_unstaffed(bureau.database, now()) == 1
    assert await bureau.scalar("SELECT lacks->>0 FROM unstaffed") == "lacks_skill:diving"
    assert await bureau.scalar("SELECT tickets FROM unstaffed WHERE queue_id = 'front-office'") == 1
    assert (await fatima.post("/api/work/next", queues=None)).status_code == 204

    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE ticket SET skills = '{}' WHERE ticket_id = :id"), {"id": ticket_id})
    assert await look_for_unstaffed(bureau.database, now()) == 0
    assert await bureau.scalar("SELECT count(*) FROM unstaffed") == 0


async def test_a_lead_says_which_queue_is_pushed_and_nobody_else_does(
    bureau: Bureau, fatima: Colleague, sofie: Colleague
) -> None:
    path = "/api/queues/front-office/mode"
    assert (await fatima.post(path, mode="pull")).status_code == 403
    assert (await sofie.post("/api/queues/attic/mode", mode="pull")).status_code == 404
    assert (await sofie.post(path, mode="push", offer_seconds=1)).status_code == 422
    answer_given = await sofie.post(path, mode="push", offer_seconds=30)

    assert answer_given.json() == {"mode": "push", "offer_seconds": 30}
    assert await bureau.scalar("SELECT offer_seconds FROM queue WHERE queue_id = 'front-office'") == 30
    assert await bureau.scalar("SELECT count(*) FROM audit WHERE about = 'queue/front-office'") == 1
    assert (await sofie.post(path, mode="push")).json()["offer_seconds"] == 60


async def test_a_pulled_queue_is_left_alone(bureau: Bureau, annelies: Colleague) -> None:
    await come(annelies)
    await bureau.accept(submitted(HandlingClass.SPECIALIST))
    assert await hand_out(bureau.database, now()) == 0
