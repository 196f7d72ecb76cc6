"""Leads say how a queue hands out its work: on a page, audited, and taken back with one button."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from browsing import Desk
from bureau import PASSWORD, Bureau, Colleague, submitted
from common.clock import now
from routing.pushing import hand_out


@pytest.fixture
async def desk(bureau: Bureau) -> AsyncIterator[Desk]:
    """The lead's."""
    browser = bureau.browser()
    await browser.post("/login", data={"username": "lead", "password": PASSWORD})
    yield Desk(browser)
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE queue SET mode = 'pull', offer_seconds = 60"))


async def way(bureau: Bureau, queue_id: str) -> object:
    return await bureau.scalar(
        "SELECT mode || ' ' || offer_seconds FROM queue WHERE queue_id = :queue_id", queue_id=queue_id
    )


async def test_a_lead_lets_a_queue_be_pushed_and_takes_that_back(bureau: Bureau, desk: Desk) -> None:
    await desk.open("/admin/queues")
    page = await desk.send("/admin/queues/back-office", mode="push", offer_seconds="45")
    assert "Aangeboden, met 45 seconden om te antwoorden" in page
    assert await way(bureau, "back-office") == "push 45"

    await desk.send("/admin/queues/back-office", mode="pull", offer_seconds="60")
    assert await way(bureau, "back-office") == "pull 60"
    assert await bureau.scalar("SELECT count(*) FROM audit WHERE about = 'queue/back-office' AND act = 'mode'") == 2


async def test_saving_what_is_so_already_is_no_change(bureau: Bureau, desk: Desk) -> None:
    await desk.open("/admin/queues")
    await desk.send("/admin/queues/back-office", mode="pull", offer_seconds="60")
    assert await bureau.scalar("SELECT count(*) FROM audit WHERE act = 'mode'") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": "push", "offer_seconds": "4"},
        {"mode": "push", "offer_seconds": "3601"},
        {"mode": "push", "offer_seconds": "-5"},
        {"mode": "push", "offer_seconds": "٣٠"},
        {"mode": "push"},
        {"mode": "shove", "offer_seconds": "30"},
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence(
    bureau: Bureau, desk: Desk, fields: dict[str, str]
) -> None:
    await desk.open("/admin/queues")
    page = await desk.send("/admin/queues/field", **fields)
    assert desk.page.status_code == 422
    assert 'class="banner banner-bad' in page
    assert await way(bureau, "field") == "pull 60"


async def test_a_queue_that_is_none_is_not_found(desk: Desk) -> None:
    await desk.open("/admin/queues")
    await desk.send("/admin/queues/nowhere", mode="push", offer_seconds="30")
    assert desk.page.status_code == 404


async def test_agents_have_no_such_page(bureau: Bureau) -> None:
    browser = bureau.browser()
    await browser.post("/login", data={"username": "frontoffice", "password": PASSWORD})
    assert (await browser.get("/admin/queues")).status_code == 404


async def test_the_page_counts_what_became_of_offers_and_why(bureau: Bureau, desk: Desk, fatima: Colleague) -> None:
    await desk.open("/admin/queues")
    await desk.send("/admin/queues/front-office", mode="push", offer_seconds="60")
    await fatima.post("/api/session/presence", state="available")
    await bureau.accept(submitted(), submitted())
    assert await hand_out(bureau.database, now()) == 2
    offers = (await fatima.get("/api/work/offers")).json()
    await fatima.post(f"/api/work/offers/{offers[0]['id']}/accept")
    await fatima.post(f"/api/work/offers/{offers[1]['id']}/decline", reason="I know this customer")

    page = await desk.open("/admin/queues")
    assert "zijn 1 van de 2 aanbiedingen gepakt, 1 afgewezen en 0 verlopen" in page
    assert "Ik ken deze klant persoonlijk (1)" in page
