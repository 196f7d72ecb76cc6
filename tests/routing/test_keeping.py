"""What decisions went by is kept for a while: then it is thinned in batches, and whoever asks is told so."""

from datetime import timedelta

from sqlalchemy import text

from bureau import Bureau, Colleague, Json, submitted
from common.clock import now
from routing.keeping import thin
from routing.pushing import hand_out
from routing.rehearsal import past_decisions
from routing.replaying import Replayed, replayed

A_YEAR = timedelta(days=365)


async def closed(bureau: Bureau, fatima: Colleague) -> Json:
    """A ticket that somebody took and discarded."""
    await bureau.accept(submitted())
    taken = await fatima.take_next()
    return await fatima.act(taken, "void", reason="spam")


async def in_a_year(bureau: Bureau, most: int = 500) -> int:
    """What is thinned a year and a day from now, when a year is kept."""
    at = now() + A_YEAR + timedelta(days=1)
    return await thin(bureau.database, at - A_YEAR, at, most)


async def of(bureau: Bureau, ticket: Json) -> list[Replayed]:
    async with bureau.database.reading() as session:
        return list(await replayed(session, ticket["reference"]))


async def test_what_a_closed_ticket_was_decided_by_goes_and_what_was_decided_stays(
    bureau: Bureau, fatima: Colleague
) -> None:
    ticket = await closed(bureau, fatima)
    assert [each.thinned_at for each in await of(bureau, ticket)] == [None, None]

    assert await in_a_year(bureau) == 2

    where, who = await of(bureau, ticket)
    assert where.thinned_at
    assert who.thinned_at
    assert where.stored["queue_id"] == "front-office"
    assert who.stored.keys() == {"ticket_id", "agent_id"}
    assert await bureau.scalar("SELECT inputs::text || candidates::text FROM choice") == "{}[]"
    assert await in_a_year(bureau) == 0


async def test_nothing_of_an_open_ticket_and_nothing_young_is_touched(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    await fatima.take_next()
    assert await in_a_year(bureau) == 0

    await closed(bureau, fatima)
    assert await thin(bureau.database, now() - timedelta(days=1), now()) == 0


async def test_many_go_a_batch_at_a_time(bureau: Bureau, fatima: Colleague) -> None:
    for _ in range(3):
        await closed(bureau, fatima)
    done = []
    while thinned := await in_a_year(bureau, most=2):
        done.append(thinned)
    assert done == [4, 2]


async def test_a_round_goes_when_the_last_choice_made_from_it_is_thinned(bureau: Bureau, fatima: Colleague) -> None:
    change = text("UPDATE queue SET mode = :mode WHERE queue_id = 'front-office'")
    async with bureau.database.transaction() as session:
        await session.execute(change, {"mode": "push"})
    await fatima.post("/api/session/presence", state="available")
    await bureau.accept(submitted(), submitted())
    await hand_out(bureau.database, now())
    async with bureau.database.transaction() as session:
        await session.execute(change, {"mode": "pull"})
    offers = (await fatima.get("/api/work/offers")).json()
    first, second = [(await fatima.post(f"/api/work/offers/{each['id']}/accept")).json() for each in offers]

    await fatima.act(first, "void", reason="spam")
    await in_a_year(bureau)
    assert await bureau.scalar("SELECT count(*) FROM matching_round") == 1
    await fatima.act(second, "void", reason="spam")
    await in_a_year(bureau)
    assert await bureau.scalar("SELECT count(*) FROM matching_round") == 0


async def test_the_page_of_such_a_ticket_still_opens_and_says_which_rule_it_was(
    bureau: Bureau, fatima: Colleague
) -> None:
    ticket = await closed(bureau, fatima)
    await in_a_year(bureau)
    seen = await fatima.look_at(ticket["id"])
    assert seen["decision"]["inputs"] == {}
    browser = bureau.browser()
    await browser.post("/login", data={"username": "frontoffice", "password": "loket-demo"})
    page = (await browser.get(f"/desk/tickets/{ticket['id']}")).text
    assert "wat we er toen van wisten, bewaren we niet zo lang" in page


async def test_a_policy_is_tried_on_what_is_still_known(bureau: Bureau, fatima: Colleague) -> None:
    await closed(bureau, fatima)
    await in_a_year(bureau)
    await bureau.accept(submitted())
    async with bureau.database.reading() as session:
        past, is_more = await past_decisions(session, now() - timedelta(hours=1))
    assert (len(past), is_more) == (1, False)
