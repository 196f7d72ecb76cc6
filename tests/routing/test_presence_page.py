"""Being there, on the pages: said with a button, kept by using a page, and left after seeing what goes back."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from browsing import Desk
from bureau import PASSWORD, Bureau, Colleague, submitted
from common.clock import now
from routing.hearing import AT_MOST_EVERY, Hearing
from routing.presence import SILENCE
from routing.pushing import hand_out


async def desk_of(bureau: Bureau, username: str) -> Desk:
    browser = bureau.browser()
    await browser.post("/login", data={"username": username, "password": PASSWORD})
    return Desk(browser)


@pytest.fixture
async def desk(bureau: Bureau) -> Desk:
    bureau.service.app.state.hearing = Hearing(bureau.database)
    return await desk_of(bureau, "frontoffice")


async def state(bureau: Bureau) -> object:
    return await bureau.scalar("SELECT state FROM presence JOIN agent USING (agent_id) WHERE username = 'frontoffice'")


async def nearly_silent(bureau: Bureau) -> None:
    """Nothing was heard of anybody for almost too long."""
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE presence SET silent_at = now() + interval '1 second'"))


async def test_one_button_says_that_somebody_is_there_and_leads_back_to_where_they_were(
    bureau: Bureau, desk: Desk
) -> None:
    page = await desk.open("/desk/queues/triage?done=take")
    assert "Offline" in page
    page = await desk.send("/desk/presence", state="available", back="/desk/queues/triage")
    assert (await state(bureau), desk.page.url.path) == ("available", "/desk/queues/triage")
    assert 'presence-available" aria-hidden="true"></span> <span class="presence-word">' in page


async def test_the_way_back_forgets_what_was_just_done(desk: Desk) -> None:
    page = await desk.open("/desk/queues/triage?done=take")
    assert 'name="back" value="/desk/queues/triage"' in page


async def test_nobody_is_sent_elsewhere_and_nothing_but_the_three_can_be_said(bureau: Bureau, desk: Desk) -> None:
    await desk.open("/desk")
    await desk.send("/desk/presence", state="busy", back="https://elsewhere.example/")
    assert (await state(bureau), desk.page.url.path) == ("busy", "/desk")
    await desk.send("/desk/presence", state="offline", back="/desk")
    assert desk.page.status_code == 422
    assert await state(bureau) == "busy"


async def test_a_form_of_another_site_says_nothing(bureau: Bureau, desk: Desk) -> None:
    await desk.browser.post("/desk/presence", data={"state": "busy"})
    assert await state(bureau) is None


async def test_who_leaves_first_reads_how_many_tickets_go_back(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    await bureau.accept(submitted(), submitted(), submitted(subject="De brug is kapot"))
    await fatima.act(await fatima.take_next(), "wait", **{"for": "customer"})
    await fatima.take_next()
    await fatima.take_next()

    page = await desk.open("/desk/presence")
    assert "2 tickets gaan terug naar hun wachtrij" in page
    assert "1 ticket dat op iemand wacht, blijft van jou." in page
    page = await desk.send("/desk/presence", state="away", returns="2", back="/desk")

    assert "Je bent weg." in page
    assert await state(bureau) == "away"
    assert await bureau.scalar("SELECT count(*) FROM ticket WHERE holder_id IS NULL") == 2


@pytest.mark.parametrize("seen", [{}, {"returns": "0"}, {"returns": "two"}])
async def test_nothing_goes_back_that_was_not_seen(
    bureau: Bureau, desk: Desk, fatima: Colleague, seen: dict[str, str]
) -> None:
    await bureau.accept(submitted())
    await fatima.take_next()
    await desk.open("/desk")

    page = await desk.send("/desk/presence", state="away", back="/desk", **seen)
    assert "1 ticket gaat terug naar de wachtrij" in page
    assert ("intussen veranderd" in page) is bool(seen)
    assert await state(bureau) == "available"
    assert await bureau.scalar("SELECT count(*) FROM ticket WHERE holder_id IS NULL") == 0


async def test_who_has_nothing_in_hand_just_leaves(bureau: Bureau, desk: Desk) -> None:
    await desk.open("/desk/questions")
    await desk.send("/desk/presence", state="away", back="/desk/questions")
    assert (await state(bureau), desk.page.url.path) == ("away", "/desk/questions")


async def test_opening_a_page_is_a_sign_of_life(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    await fatima.post("/api/session/presence", state="available")
    await nearly_silent(bureau)
    await desk.open("/desk/questions")
    await hand_out(bureau.database, now() + SILENCE - timedelta(seconds=30))
    assert await state(bureau) == "available"


async def test_a_page_that_is_open_and_not_used_is_none(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    await fatima.post("/api/session/presence", state="available")
    await nearly_silent(bureau)
    await desk.browser.get("/desk", headers={"x-loket-look": "idle"})
    await hand_out(bureau.database, now() + timedelta(seconds=2))
    assert await state(bureau) == "offline"


async def test_a_page_that_looks_again_and_is_used_is_one(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    await fatima.post("/api/session/presence", state="available")
    await nearly_silent(bureau)
    await desk.browser.get("/desk", headers={"x-loket-look": "used"})
    await hand_out(bureau.database, now() + timedelta(seconds=2))
    assert await state(bureau) == "available"


async def test_who_uses_pages_for_long_costs_one_write_a_minute(bureau: Bureau, fatima: Colleague) -> None:
    agent_id = (await fatima.get("/api/session")).json()["agent_id"]
    hearing, at = Hearing(bureau.database), now()
    heard = [await hearing.heard(agent_id, at + seconds * timedelta(seconds=1)) for seconds in range(0, 121, 5)]
    assert sum(heard) == 1 + 120 // AT_MOST_EVERY.total_seconds()


async def test_browsing_brings_nobody_back_who_went_away(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    await fatima.post("/api/session/presence", state="away")
    await desk.open("/desk")
    assert await state(bureau) == "away"


async def test_pages_of_other_services_get_the_control_alone(desk: Desk) -> None:
    asked: httpx.Response = await desk.browser.get(
        "/desk/presence/control", headers={"referer": "http://127.0.0.1:8080/mail"}
    )
    assert re.match(r"\s*<details class=\"menu presence\"", asked.text)
    assert 'name="back" value="/mail"' in asked.text


async def test_who_works_no_queue_is_not_asked_whether_they_are_there(bureau: Bureau) -> None:
    admin = await desk_of(bureau, "admin")
    assert "presence-word" not in await admin.open("/desk")
