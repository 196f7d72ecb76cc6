"""Why a ticket has the agent it has, on its page: a sentence for everybody, all candidates for leads, alarms on top."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from bureau import PASSWORD, Bureau, Colleague, submitted
from common.clock import now
from common.texts import words
from common.vocabulary import Language
from routing.matching import Why
from routing.pushing import look_for_unstaffed
from routing.tables import Unstaffed
from routing.web.choices import _WHY, alarm


@pytest.fixture
async def browsers(bureau: Bureau) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """An agent and a lead, each with a browser of their own."""
    opened = {name: bureau.browser() for name in ("frontoffice", "lead")}
    for name, browser in opened.items():
        await browser.post("/login", data={"username": name, "password": PASSWORD})
    yield opened
    for browser in opened.values():
        await browser.aclose()


async def page(browser: httpx.AsyncClient, path: str) -> str:
    response = await browser.get(path, headers={"cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())})
    assert response.status_code == 200, response.text
    return response.text


async def test_an_agent_reads_a_sentence_and_a_lead_reads_everybody(
    bureau: Bureau, fatima: Colleague, browsers: dict[str, httpx.AsyncClient]
) -> None:
    await bureau.accept(submitted())
    taken = await fatima.take_next()
    path = f"/desk/tickets/{taken['id']}?lang=en"

    for_agent, for_lead = await page(browsers["frontoffice"], path), await page(browsers["lead"], path)
    assert "Fatima de Wit asked for work, and this came first." in for_agent
    assert "Who else could have done it?" not in for_agent
    assert "Who else could have done it?" in for_lead
    assert "Joris Bakker</strong> is not there" in for_lead


async def test_what_colleagues_cost_is_for_leads_alone(bureau: Bureau, fatima: Colleague, sofie: Colleague) -> None:
    await bureau.accept(submitted())
    taken = await fatima.take_next()

    assert (await fatima.look_at(taken["id"]))["choice"] is None
    assert (await sofie.look_at(taken["id"]))["choice"]["candidates"]


async def test_work_that_nobody_may_do_stands_on_every_page(
    bureau: Bureau, browsers: dict[str, httpx.AsyncClient]
) -> None:
    await bureau.accept(submitted())
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE ticket SET skills = '{\"diving\": 1}'"))
    await look_for_unstaffed(bureau.database, now())

    shown = await page(browsers["frontoffice"], "/desk?lang=en")
    assert "Nobody can do 1 ticket in the queue Front office (lacks the skill diving" in shown


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_has_words_in_every_language(language: Language) -> None:
    said = words("routing", language)

    assert set(_WHY) == set(Why)
    row = Unstaffed(queue_id="field", asks="{}", lacks=["lacks_language:de"], tickets=2, oldest_at=now(), since=now())
    assert "2" in alarm(row, said)
    row.lacks = []
    assert "2" in alarm(row, said)
