"""Duplicates and families on the desk, in a browser without JavaScript."""

import re
from html import unescape
from uuid import UUID

import httpx
import pytest

from bureau import PASSWORD, Bureau
from common.vocabulary import Language
from neighbours import AGAIN, BUREN, wrote


async def at_the_desk(bureau: Bureau) -> httpx.AsyncClient:
    browser = bureau.browser()
    await browser.post("/login", data={"username": "frontoffice", "password": PASSWORD})
    return browser


async def press(browser: httpx.AsyncClient, page: str, button: str) -> str:
    """The page after pressing the only button with these words."""
    forms = re.findall(r'<form method="post" action="([^"]+)">((?:(?!</form>).)*)</form>', page, re.DOTALL)
    [(action, form)] = [
        (action, form) for action, form in forms if f">{button}<" in form or f"{button}</button" in form
    ]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    pressed = re.search(r'name="act" value="(\w+)"', form)
    assert pressed
    sent = {name: unescape(value) for name, value in fields.items()} | {"act": pressed[1]}
    return (await browser.post(unescape(action), data=sent, follow_redirects=True)).text


async def opened(bureau: Bureau, browser: httpx.AsyncClient, ticket_id: UUID) -> str:
    """The page of a ticket that was just taken."""
    page = (await browser.get(f"/desk/tickets/{ticket_id}")).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    version = str(await bureau.scalar("SELECT version FROM ticket WHERE ticket_id = :id", id=ticket_id))
    sent = {"csrf_token": token[1], "version": version, "act": "take"}
    return (await browser.post(f"/desk/tickets/{ticket_id}", data=sent, follow_redirects=True)).text


async def test_a_likely_duplicate_stands_beside_the_ticket_and_goes_up_in_it_with_one_click(bureau: Bureau) -> None:
    double, mine = await bureau.accept(wrote(**AGAIN), wrote())
    browser = await at_the_desk(bureau)
    page = await opened(bureau, browser, mine)
    assert "Al eerder gemeld?" in page

    page = await press(browser, page, "Opnemen in dit ticket")

    assert "Al eerder gemeld?" not in page
    assert "In dit ticket opgenomen" in page
    assert AGAIN["body"] in page
    assert "Fatima de Wit heeft " in page
    gone = (await browser.get(f"/desk/tickets/{double}")).text
    assert "Dit ticket is opgenomen in een ander; nieuwe berichten komen daar aan." in gone


async def test_a_neighbour_is_answered_together_and_can_be_taken_apart(bureau: Bureau) -> None:
    _, mine = await bureau.accept(wrote(BUREN), wrote())
    browser = await at_the_desk(bureau)
    page = await press(browser, await opened(bureau, browser, mine), "Samen beantwoorden")
    assert "krijgen deze klanten hetzelfde te horen" in page
    page = await press(browser, page, "Losmaken")
    assert "krijgen deze klanten hetzelfde te horen" not in page


@pytest.mark.parametrize("language", list(Language))
async def test_the_words_are_there_in_four_languages(bureau: Bureau, language: Language) -> None:
    _, neighbour, mine = await bureau.accept(wrote(**AGAIN), wrote(BUREN), wrote())
    browser = await at_the_desk(bureau)
    await opened(bureau, browser, mine)
    page = await browser.get(f"/desk/tickets/{mine}?lang={language}")
    assert page.status_code == 200
    assert str(neighbour) in page.text
