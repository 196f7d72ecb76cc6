"""What agents see of who really wrote, and of the ticket that a new one is an answer to."""

from uuid import uuid4

import httpx
import pytest

from bureau import PASSWORD, Bureau, Colleague, submitted
from common.clock import now
from common.events import MessageReceived
from common.vocabulary import Channel, HandlingClass, Language
from routing import replies

DOUBT = {
    Language.NL: "Afzender niet bevestigd",
    Language.EN: "Unverified sender",
    Language.FR: "Expéditeur non vérifié",
    Language.DE: "Absender nicht bestätigt",
}
WARNING = "The sender is not verified."
LINKED = "Answer to another ticket"


async def at_the_desk(bureau: Bureau, username: str = "frontoffice") -> httpx.AsyncClient:
    browser = bureau.browser()
    await browser.post("/login", data={"username": username, "password": PASSWORD})
    return browser


async def page_of(browser: httpx.AsyncClient, ticket_id: object, language: Language = Language.EN) -> str:
    page = await browser.get(f"/desk/tickets/{ticket_id}?lang={language}")
    assert page.status_code == 200
    return page.text


@pytest.mark.parametrize("language", list(Language))
async def test_an_unverified_sender_is_called_so_in_four_languages(bureau: Bureau, language: Language) -> None:
    doubted, sure, unsaid = await bureau.accept(
        submitted(is_sender_verified=False), submitted(is_sender_verified=True), submitted()
    )
    browser = await at_the_desk(bureau)

    assert DOUBT[language] in await page_of(browser, doubted, language)
    assert DOUBT[language] not in await page_of(browser, sure, language)
    assert DOUBT[language] not in await page_of(browser, unsaid, language)


async def test_words_added_by_an_unverified_sender_are_marked_and_the_first_are_not(
    bureau: Bureau, fatima: Colleague
) -> None:
    [ticket_id] = await bureau.accept(submitted(is_sender_verified=True))
    added = MessageReceived(
        ticket_id=ticket_id,
        message_id=uuid4(),
        author_name="Anna Jansen",
        body="En nog iets.",
        channel=Channel.SMS,
        received_at=now(),
        is_sender_verified=False,
    )
    async with bureau.database.transaction() as session:
        await replies.receive(session, added, now())

    page = await page_of(await at_the_desk(bureau), ticket_id)

    assert page.count(DOUBT[Language.EN]) == 1
    assert WARNING not in page
    messages = (await fatima.look_at(ticket_id))["messages"]
    assert [each["is_sender_verified"] for each in messages] == [True, False]


async def test_who_cannot_be_sure_of_the_customer_is_warned_beside_their_name(bureau: Bureau) -> None:
    [ticket_id] = await bureau.accept(submitted(is_sender_verified=False))

    assert WARNING in await page_of(await at_the_desk(bureau), ticket_id)


async def test_the_ticket_it_answers_stands_beside_it_with_a_link(bureau: Bureau, fatima: Colleague) -> None:
    [first] = await bureau.accept(submitted(subject="De ketel lekt"))
    second, third = await bureau.accept(submitted(linked_to=first), submitted())

    browser = await at_the_desk(bureau)
    page = await page_of(browser, second)

    assert LINKED in page
    assert f'<a href="/desk/tickets/{first}">De ketel lekt</a>' in page
    assert LINKED not in await page_of(browser, third)
    family = (await fatima.get(f"/api/work/{second}/family")).json()
    assert family["linked_to"]["id"] == str(first)
    assert (await fatima.get(f"/api/work/{third}/family")).json()["linked_to"] is None


async def test_a_linked_ticket_that_the_viewer_may_not_see_is_not_spoken_of(bureau: Bureau, bram: Colleague) -> None:
    [elsewhere] = await bureau.accept(submitted())
    second, unknown = await bureau.accept(
        submitted(HandlingClass.TECHNICAL, linked_to=elsewhere), submitted(HandlingClass.TECHNICAL, linked_to=uuid4())
    )
    assert (await bram.get(f"/api/work/{elsewhere}")).status_code == 404

    browser = await at_the_desk(bureau, "technician")

    for ticket_id in (second, unknown):
        page = await page_of(browser, ticket_id)
        assert LINKED not in page
        assert str(elsewhere) not in page
        assert (await bram.get(f"/api/work/{ticket_id}/family")).json()["linked_to"] is None
