"""Offers on the desk: they stand under the header with the time left, and are taken or declined without a script."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import text

from browsing import Desk
from bureau import PASSWORD, Bureau, Colleague, submitted
from chromium import chromium, served
from common.clock import now
from routing.hearing import Hearing
from routing.pushing import hand_out

WAIT_MS = 20_000


@pytest.fixture(autouse=True)
async def pushed(bureau: Bureau) -> AsyncIterator[None]:
    """The front office's queue is pushed meanwhile."""
    change = text("UPDATE queue SET mode = :mode, offer_seconds = :seconds WHERE queue_id = 'front-office'")
    async with bureau.database.transaction() as session:
        await session.execute(change, {"mode": "push", "seconds": 60})
    yield
    async with bureau.database.transaction() as session:
        await session.execute(change, {"mode": "pull", "seconds": 60})


@pytest.fixture
async def desk(bureau: Bureau, fatima: Colleague) -> Desk:
    """Fatima, who takes work."""
    bureau.service.app.state.hearing = Hearing(bureau.database)
    assert (await fatima.post("/api/session/presence", state="available")).status_code == 200
    browser = bureau.browser()
    await browser.post("/login", data={"username": "frontoffice", "password": PASSWORD})
    return Desk(browser)


async def offered(bureau: Bureau, subject: str = "De rekening klopt niet") -> str:
    """The id of an offer to the only one who is there."""
    await bureau.accept(submitted(subject=subject))
    assert await hand_out(bureau.database, now()) == 1
    return str(await bureau.scalar("SELECT offer_id FROM offer WHERE ended_at IS NULL"))


async def test_an_offer_stands_on_every_page_with_the_time_that_is_left(bureau: Bureau, desk: Desk) -> None:
    offer_id = await offered(bureau)
    for path in ("/desk", "/desk/questions"):
        page = await desk.open(path)
        assert f'data-offer="{offer_id}"' in page
        assert "De rekening klopt niet" in page
        [left] = re.findall(r'data-left="(\d+)"', page)
        assert 40 < int(left) <= 60


async def test_taking_it_leads_to_the_ticket(bureau: Bureau, desk: Desk) -> None:
    offer_id = await offered(bureau)
    await desk.open("/desk")
    page = await desk.send(f"/desk/offers/{offer_id}/accept")
    assert desk.page.url.path.startswith("/desk/tickets/")
    assert "Het ticket is van jou." in page
    assert "data-offer=" not in page


async def test_declining_keeps_the_reason_and_leads_back(bureau: Bureau, desk: Desk) -> None:
    offer_id = await offered(bureau)
    await desk.open("/desk/queues/triage")
    page = await desk.send(
        f"/desk/offers/{offer_id}/decline", reason="I know this customer", back="/desk/queues/triage"
    )
    assert desk.page.url.path == "/desk/queues/triage"
    assert "data-offer=" not in page
    assert await bureau.scalar("SELECT state || ': ' || reason FROM offer") == "declined: I know this customer"


async def test_an_offer_that_is_over_says_so(bureau: Bureau, desk: Desk) -> None:
    offer_id = await offered(bureau)
    await desk.open("/desk")
    await hand_out(bureau.database, now() + timedelta(seconds=61))
    page = await desk.send(f"/desk/offers/{offer_id}/accept")
    assert "Dit aanbod is voorbij" in page


async def test_the_api_keeps_a_reason_too_and_asks_for_none(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    del desk
    offer_id = await offered(bureau)
    assert (await fatima.post(f"/api/work/offers/{offer_id}/decline", reason="Lunch")).status_code == 204
    assert await bureau.scalar("SELECT reason FROM offer") == "Lunch"
    assert (await fatima.post(f"/api/work/offers/{offer_id}/decline", reason="")).status_code == 422


async def at_the_desk(page: Page, address: str) -> None:
    await page.goto(f"{address}/login")
    await page.fill("[name=username]", "frontoffice")
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/desk")


async def test_an_offer_appears_beside_words_being_typed_and_a_key_takes_it(
    bureau: Bureau, desk: Desk, fatima: Colleague
) -> None:
    del desk
    await bureau.accept(submitted())
    mine = await fatima.take_next()
    async with served(bureau.service.app) as address, chromium() as browser:
        page = await browser.new_page()
        await at_the_desk(page, address)
        await page.goto(f"{address}/desk/tickets/{mine['id']}")
        await page.locator("#composer-body").type("Beste mevrouw Jansen, y")
        await offered(bureau, "Er kwam iets bij")

        await expect(page.locator(".offer")).to_contain_text("Er kwam iets bij", timeout=WAIT_MS)
        await expect(page).to_have_title(re.compile("^●"))
        await expect(page.locator("#composer-body")).to_have_value("Beste mevrouw Jansen, y")
        await page.locator("#composer-body").press("y")
        await expect(page.locator(".offer")).to_be_visible()
        await page.locator("h1").first.click()
        await page.keyboard.press("y")
        await expect(page.locator("h1")).to_contain_text("Er kwam iets bij", timeout=WAIT_MS)
        await page.goto(f"{address}/desk/tickets/{mine['id']}")
        await expect(page.locator("#composer-body")).to_have_value("Beste mevrouw Jansen, yy")


async def test_an_offer_that_runs_out_while_it_is_looked_at_says_so(bureau: Bureau, desk: Desk) -> None:
    del desk
    await offered(bureau)
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE offer SET expires_at = now() + interval '4 seconds'"))
    async with served(bureau.service.app) as address, chromium() as browser:
        page = await browser.new_page()
        await at_the_desk(page, address)
        over = page.locator(".offer.is-over")
        await page.wait_for_function("document.querySelector('.offer.is-over') || !document.querySelector('.offer')")
        if await over.count():
            await expect(over).to_contain_text("verlopen")
        await expect(page.locator(".offer")).to_have_count(0, timeout=WAIT_MS)


async def test_the_keys_of_a_menu_mean_nothing_while_it_is_closed(bureau: Bureau, desk: Desk) -> None:
    del desk
    async with served(bureau.service.app) as address, chromium() as browser:
        page = await browser.new_page()
        await at_the_desk(page, address)
        await page.keyboard.press("2")
        await page.keyboard.press("a")
        await expect(page.locator(".presence")).to_have_attribute("open", "")
        assert await bureau.scalar("SELECT state FROM presence") == "available"
        await page.keyboard.press("2")
        await expect(page.locator(".presence-word")).to_contain_text("Bezig", timeout=WAIT_MS)
    assert await bureau.scalar("SELECT state FROM presence") == "busy"
