"""Splitting off on the desk, in a browser without JavaScript: the part is copied into a form."""

import re
from html import unescape
from uuid import UUID

import httpx
import pytest

from bureau import PASSWORD, Bureau
from common.events import Attachment, SplitAsked, SplitFrom
from common.vocabulary import Language
from neighbours import wrote

BILL = "Kunt u mij ook de factuur van februari sturen?"
PHOTO = Attachment(attachment_id=UUID(int=7), name="foto.jpg", media_type="image/jpeg", size_bytes=3, sha256="ab" * 32)


async def at_the_desk(bureau: Bureau, language: Language = Language.NL) -> httpx.AsyncClient:
    browser = bureau.browser()
    await browser.post(f"/login?lang={language}", data={"username": "frontoffice", "password": PASSWORD})
    return browser


async def taken(browser: httpx.AsyncClient, ticket_id: UUID) -> str:
    """The page of a ticket that was just taken."""
    page = (await browser.get(f"/desk/tickets/{ticket_id}")).text
    sent = fields_of(page, "take") | {"act": "take"}
    return (await browser.post(f"/desk/tickets/{ticket_id}", data=sent, follow_redirects=True)).text


def fields_of(page: str, act: str) -> dict[str, str]:
    """The hidden fields of the form for this act."""
    forms = re.findall(r'<form [^>]*action="[^"]*"[^>]*>(?:(?!</form>).)*</form>', page, re.DOTALL)
    form = next(each for each in forms if f'value="{act}"' in each)
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}


async def asked(bureau: Bureau) -> list[SplitAsked]:
    return [event for event in await bureau.events("split.asked") if isinstance(event, SplitAsked)]


async def test_a_part_is_split_off_with_its_files_and_the_page_says_what_became_of_it(bureau: Bureau) -> None:
    event = wrote(body=f"Er lekt water.\n\n{BILL}", attachments=(PHOTO,))
    await bureau.accept(event)
    browser = await at_the_desk(bureau)
    page = await taken(browser, event.ticket_id)
    assert 'data-key="x"' in page
    sent = fields_of(page, "split") | {"subject": "Factuur", "body": BILL, "attachments": "all"}
    where = f"/desk/tickets/{event.ticket_id}"

    page = (await browser.post(where, data=sent, follow_redirects=True)).text
    again = await browser.post(where, data=sent, follow_redirects=True)

    assert "Afgesplitst. Het nieuwe ticket is onderweg" in page
    assert "Onderweg: het nieuwe ticket staat hier zo." in page
    assert again.status_code == 200, "a second click is the same click"
    [told] = await asked(bureau)
    assert (told.body, told.attachment_ids) == (BILL, (PHOTO.attachment_id,))

    origin = SplitFrom(
        ticket_id=event.ticket_id, reference=event.reference, split_id=told.split_id, said_at=told.said_at
    )
    new = wrote(subject="Factuur", body=BILL, split_from=origin)
    await bureau.accept(new)
    page = (await browser.get(where)).text
    assert "Van dit ticket afgesplitst" in page
    assert new.reference in page
    there = (await browser.get(f"/desk/tickets/{new.ticket_id}")).text
    assert "Afgesplitst van een ander ticket" in there
    assert event.reference in there
    assert "Al eerder gemeld?" not in there


async def test_what_is_refused_keeps_what_was_typed(bureau: Bureau) -> None:
    event = wrote(body=f"Er lekt water.\n\n{BILL}")
    await bureau.accept(event)
    browser = await at_the_desk(bureau)
    page = await taken(browser, event.ticket_id)
    sent = fields_of(page, "split") | {"subject": "Iets anders", "body": "Betaal mij honderd euro."}

    refused = await browser.post(f"/desk/tickets/{event.ticket_id}", data=sent)

    assert refused.status_code == 422
    assert "Je kunt alleen afsplitsen wat de klant zelf schreef" in refused.text
    assert "Betaal mij honderd euro." in refused.text
    assert sent["split"] in refused.text, "the same click when it is put right"
    assert await asked(bureau) == []


async def test_a_message_is_chosen_where_there_are_several(bureau: Bureau) -> None:
    event = wrote()
    await bureau.accept(event)
    await bureau.customer_writes(event.ticket_id, BILL)
    browser = await at_the_desk(bureau)
    page = await taken(browser, event.ticket_id)
    [chosen] = re.findall(r'<option value="([^"]+)">[^<]*Kunt u mij ook', page)
    sent = fields_of(page, "split") | {"subject": "Factuur", "message": chosen}
    await browser.post(f"/desk/tickets/{event.ticket_id}", data=sent)
    [told] = await asked(bureau)
    assert told.body == BILL


@pytest.mark.parametrize("language", list(Language))
async def test_the_words_are_there_in_four_languages(bureau: Bureau, language: Language) -> None:
    event = wrote(body=f"Er lekt water.\n\n{BILL}")
    await bureau.accept(event)
    browser = await at_the_desk(bureau)
    await taken(browser, event.ticket_id)
    page = (await browser.get(f"/desk/tickets/{event.ticket_id}?lang={language}")).text
    said = {"nl": "Een vraag afsplitsen", "en": "Split off a question", "fr": "Séparer une question"}
    assert said.get(language, "Eine Frage abtrennen") in page


async def test_who_reads_along_cannot_split(bureau: Bureau) -> None:
    event = wrote()
    await bureau.accept(event)
    browser = await at_the_desk(bureau)
    assert "data-splits" not in (await browser.get(f"/desk/tickets/{event.ticket_id}")).text
