"""The policy page in a browser without JavaScript."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from sqlalchemy import text

from bureau import PASSWORD, Bureau, submitted
from common.vocabulary import Language
from routing.policy import default_source

BILLS = '[[rule]]\nname = "Bills"\nwhen = { topic = "billing" }\nthen = { queue = "back-office" }\n\n'


class Page:
    """The page as somebody has it before them: what they type goes along with what it hides."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser
        self.answer = httpx.Response(200)

    async def open(self, path: str = "/admin/policy") -> str:
        self.answer = await self.browser.get(path, follow_redirects=True)
        return unescape(self.answer.text)

    async def send(self, act: str, typed: str, **fields: str) -> str:
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self._form("policy")))
        data = hidden | {"act": act, "text": typed, "days": "14"} | fields
        self.answer = await self.browser.post("/admin/policy", data=data, follow_redirects=True)
        return unescape(self.answer.text)

    async def restore(self, **fields: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]*)"', self.answer.text)
        assert token
        data = {"csrf_token": token[1], **fields}
        self.answer = await self.browser.post("/admin/policy/restore", data=data, follow_redirects=True)
        return unescape(self.answer.text)

    def _form(self, name: str) -> str:
        found = re.search(rf'<form id="{name}".*?</form>', self.answer.text, re.DOTALL)
        assert found
        return found[0]


async def page_of(bureau: Bureau, username: str) -> Page:
    browser = bureau.browser()
    await browser.post("/login", data={"username": username, "password": PASSWORD})
    return Page(browser)


@pytest.fixture
async def page(bureau: Bureau) -> AsyncIterator[Page]:
    """Of the admin; afterwards Loket has its first policy again."""
    yield await page_of(bureau, "admin")
    async with bureau.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM policy WHERE version > 1"))


async def test_from_seeing_what_would_change_to_publishing_it_and_one_step_back(bureau: Bureau, page: Page) -> None:
    await bureau.accept(submitted(), submitted(topic=None))
    shown = await page.open()
    assert "Versie 1 geldt: Loket" in shown
    assert 'name = "Everything else"' in shown
    assert ">Publiceren<" not in shown

    shown = await page.send("preview", BILLS + default_source())
    assert "2 van de 2 tickets waren naar een andere wachtrij gegaan." in shown
    assert "Routine work to the front office → Bills" in shown
    assert "Er is nog niets gepubliceerd." in shown
    assert await bureau.scalar("SELECT max(version) FROM policy") == 1

    shown = await page.send("publish", BILLS + default_source())
    assert page.answer.url.params["done"] == "published"
    assert "Versie 2 geldt: Karin Smit" in shown
    assert await bureau.scalar("SELECT source LIKE '%Bills%' FROM policy WHERE version = 2") is True

    shown = await page.restore(version="2")
    assert "Het eerdere beleid geldt weer." in shown
    assert "zet versie 1 terug" in shown


async def test_nothing_is_published_that_nobody_saw_the_effect_of(bureau: Bureau, page: Page) -> None:
    await page.open()
    await page.send("preview", BILLS + default_source())
    shown = await page.send("publish", BILLS.replace("back-office", "field") + default_source())
    assert page.answer.status_code == 409
    assert "Kijk eerst hiernaar en publiceer dan." in shown
    assert await bureau.scalar("SELECT max(version) FROM policy") == 1


async def test_what_is_wrong_is_listed_beside_its_line_and_the_text_is_kept(bureau: Bureau, page: Page) -> None:  # noqa: ARG001
    await page.open()
    shown = await page.send("preview", BILLS.replace("billing", "biling") + default_source())
    assert page.answer.status_code == 422
    assert "Eén ding klopt nog niet" in shown
    assert "Er is geen onderwerp “biling”. Bedoel je “billing”?" in shown
    assert '<code>when = { topic = "biling" }</code>' in shown
    assert 'data-line="3"' in shown
    assert 'topic = "biling" }\nthen' in shown


async def test_words_of_the_policy_are_shown_as_words(bureau: Bureau, page: Page) -> None:  # noqa: ARG001
    await page.open()
    await page.send("preview", BILLS.replace("Bills", "</textarea><script>alert(1)</script>") + default_source())
    assert "<script>alert" not in page.answer.text


async def test_somebody_who_was_slower_sees_who_was_first(bureau: Bureau, page: Page) -> None:
    other = await page_of(bureau, "lead")
    for each in (page, other):
        await each.open()
        await each.send("preview", BILLS + default_source())
    await page.send("publish", BILLS + default_source())
    shown = await other.send("publish", BILLS + default_source())
    assert other.answer.status_code == 409
    assert "Karin Smit heeft intussen versie 2 gepubliceerd; bekijk die eerst." in shown
    assert (await other.restore(version="1")).count("Karin Smit heeft intussen versie 2") == 1


async def test_an_earlier_version_can_be_opened_and_brought_back(bureau: Bureau, page: Page) -> None:
    await page.open()
    await page.send("preview", BILLS + default_source())
    await page.send("publish", BILLS + default_source())
    shown = await page.open("/admin/policy?version=1")
    assert "Dit is versie 1. Die geldt pas als je hem publiceert." in shown
    assert 'name = "Bills"' not in shown
    await page.restore(version="2", restores="1")
    assert await bureau.scalar("SELECT restores FROM policy WHERE version = 3") == 1
    await page.open("/admin/policy?version=9")
    assert page.answer.status_code == 404


@pytest.mark.parametrize(
    "fields", [{"version": "x"}, {"version": ""}, {"version": "1", "restores": "-1"}, {"version": "9" * 30}]
)
async def test_a_form_that_was_changed_by_hand_is_refused(page: Page, fields: dict[str, str]) -> None:
    await page.open()
    await page.restore(**fields)
    assert page.answer.status_code == 422


@pytest.mark.parametrize("username", ["frontoffice", "technician", "partner"])
async def test_the_page_is_for_leads(bureau: Bureau, username: str) -> None:
    page = await page_of(bureau, username)
    await page.open()
    assert page.answer.status_code == 403
    assert "/admin/policy" not in (await page.open("/desk"))
    assert (await page.browser.post("/admin/policy", data={"act": "publish"})).status_code == 403


async def test_everybody_sees_that_a_rule_fails(bureau: Bureau, page: Page) -> None:
    await page.open()
    await page.send("preview", BILLS + default_source())
    await page.send("publish", BILLS + default_source())
    broken = "UPDATE policy SET document = replace(document::text, '\"billing\"', '\"bills\"')::jsonb"
    async with bureau.database.engine.begin() as connection:
        await connection.execute(text(f"{broken}, published_at = now() WHERE version = 2"))

    for username in ("frontoffice", "lead"):
        shown = await (await page_of(bureau, username)).open("/desk")
        assert "De beleidsregel “Bills” kan niet gevolgd worden en wordt overgeslagen." in shown


@pytest.mark.parametrize("language", Language)
async def test_the_page_speaks_four_languages(bureau: Bureau, page: Page, language: Language) -> None:
    await bureau.accept(submitted())
    await page.open(f"/admin/policy?lang={language}")
    shown = await page.send("preview", BILLS + default_source())
    said = {
        Language.NL: "Wat er verandert",
        Language.EN: "What would change",
        Language.FR: "Ce qui changerait",
        Language.DE: "Was sich ändern würde",
    }
    assert said[language] in shown
