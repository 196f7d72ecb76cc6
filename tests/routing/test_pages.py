"""The desk in a browser without JavaScript."""

import re
from html import unescape
from uuid import uuid4

import pytest

from browsing import Desk, browser_of
from bureau import Bureau, Colleague, submitted
from common.vocabulary import HandlingClass, Language


@pytest.fixture
async def desk(bureau: Bureau) -> Desk:
    return Desk(await browser_of(bureau, "frontoffice"))


async def test_the_desk_shows_my_work_and_the_queues(bureau: Bureau, desk: Desk) -> None:
    await bureau.accept(submitted(), submitted(None), submitted(HandlingClass.TECHNICAL))
    page = await desk.open("/desk")
    assert "Je hebt niets onder handen" in page
    assert "Er wachten 2 tickets in je wachtrijen" in page
    assert re.findall(r'class="count">(\d+)<', page) == ["1", "1", "0", "1", "0"]


async def test_from_taking_to_resolving_without_a_script(bureau: Bureau, desk: Desk) -> None:
    await bureau.accept(submitted(subject="De gaskraan lekt"))
    await desk.open("/desk")

    page = await desk.send("/desk/next")
    assert "De gaskraan lekt" in page
    assert "klant ziet dit niet" in page
    page = await desk.send(desk.page.url.path, mode="note", body="Collega <b>gebeld</b>.")
    assert "Collega &lt;b&gt;gebeld&lt;/b&gt;." in page
    page = await desk.send(desk.page.url.path, mode="reply", body="We komen eraan.")
    assert "Je antwoord is onderweg." in page
    page = await desk.act("resolve", outcome="solved", body="Opgelost vandaag.")
    assert desk.page.url.path == "/desk"
    assert "Opgelost. De klant krijgt bericht." in page
    assert await bureau.scalar("SELECT state FROM ticket") == "resolved"


@pytest.mark.parametrize(
    ("act", "fields", "state"),
    [
        ("escalate", {"reason": "It needs more knowledge", "note": "Zie boven."}, "queued"),
        ("transfer", {"queue": "field"}, "queued"),
        ("reclassify", {"class": "technical", "reason": "Er lekt iets.", "topic": "repair"}, "queued"),
        ("task", {"queue": "back-office", "question": "Mag dit?"}, "waiting_internal"),
        ("wait", {"for": "customer", "days": "3"}, "waiting_customer"),
        ("release", {}, "queued"),
        ("void", {"reason": "spam"}, "void"),
    ],
)
async def test_every_form_does_what_it_says(
    bureau: Bureau, desk: Desk, act: str, fields: dict[str, str], state: str
) -> None:
    await bureau.accept(submitted())
    await desk.open("/desk")
    page = await desk.send("/desk/next")
    assert f'value="{act}"' in page

    page = await desk.act(act, **fields)

    assert desk.page.status_code == 200
    assert 'class="toast"' in page
    assert await bureau.scalar("SELECT state FROM ticket") == state


async def test_when_the_customer_wrote_meanwhile_the_typed_answer_is_kept(bureau: Bureau, desk: Desk) -> None:
    [ticket_id] = await bureau.accept(submitted())
    await desk.open("/desk")
    await desk.send("/desk/next")
    await bureau.customer_writes(ticket_id, "Nog iets: het is urgent.")

    page = await desk.send(desk.page.url.path, mode="reply", body="Mijn mooie antwoord")

    assert desk.page.status_code == 409
    assert "De klant heeft opnieuw geschreven" in page
    assert "Nog iets: het is urgent." in page
    assert "Mijn mooie antwoord</textarea>" in page
    page = await desk.send(desk.page.url.path, mode="reply", body="Mijn mooie antwoord")
    assert desk.page.status_code == 200


async def test_when_somebody_else_holds_it_the_page_says_who_and_keeps_the_text(
    bureau: Bureau, desk: Desk, sofie: Colleague, joris: Colleague
) -> None:
    await bureau.accept(submitted())
    await desk.open("/desk")
    await desk.send("/desk/next")
    ticket = (await sofie.look_at(desk.page.url.path.rsplit("/", 1)[1]))["ticket"]
    await sofie.act(ticket, "release")
    await joris.take_next()

    page = await desk.send(desk.page.url.path, mode="reply", body="Te laat getypt")

    assert desk.page.status_code == 423
    assert "Joris Bakker werkt aan dit ticket." in unescape(page)
    assert "Te laat getypt" in page
    assert 'class="composer"' not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"mode": "reply"}, "Schrijf eerst iets"),
        ({"act": "escalate"}, "Zeg waarom"),
        ({"act": "transfer"}, "Kies een wachtrij"),
        ({"act": "dance"}, "Dat kan hier niet"),
        ({"act": "reclassify", "reason": "x"}, "Kies een soort werk"),
    ],
)
async def test_a_form_that_is_not_filled_in_says_what_is_missing(
    bureau: Bureau, desk: Desk, fields: dict[str, str], sentence: str
) -> None:
    await bureau.accept(submitted())
    await desk.open("/desk")
    await desk.send("/desk/next")
    page = await desk.send(desk.page.url.path, **fields)
    assert desk.page.status_code == 422
    assert sentence in page


async def test_a_form_without_its_token_changes_nothing(bureau: Bureau, desk: Desk) -> None:
    [ticket_id] = await bureau.accept(submitted())
    sent = await desk.browser.post(f"/desk/tickets/{ticket_id}", data={"act": "take", "version": "1"})
    assert sent.status_code == 403
    assert await bureau.scalar("SELECT version FROM ticket") == 1


@pytest.mark.parametrize("path", ["/desk/tickets/{}", "/desk/queues/attic", "/desk/nowhere"])
async def test_what_is_not_there_is_a_page_with_a_way_on(bureau: Bureau, desk: Desk, path: str) -> None:  # noqa: ARG001
    page = await desk.open(path.format(uuid4()))
    assert desk.page.status_code == 404
    assert 'href="/desk"' in page


async def test_a_long_queue_is_shown_page_by_page(bureau: Bureau, desk: Desk) -> None:
    await bureau.accept(*(submitted() for _ in range(60)))
    page = await desk.open("/desk/queues/front-office")
    assert len(re.findall(r'<a class="row', page)) == 50
    more = re.search(r'href="(/desk/queues/front-office\?after=[^"]+)"', page)
    assert more
    assert len(re.findall(r'<a class="row', await desk.open(unescape(more[1])))) == 10


async def test_looking_changes_nothing(bureau: Bureau, desk: Desk) -> None:
    [ticket_id] = await bureau.accept(submitted())
    for path in ("/desk", f"/desk/tickets/{ticket_id}", "/desk/queues/front-office", "/desk/search?q=anna", "/logout"):
        await desk.open(path)
    assert await bureau.scalar("SELECT version FROM ticket") == 1
    assert (await desk.browser.get("/desk/next")).status_code in {404, 405}


@pytest.mark.parametrize("language", Language)
async def test_the_desk_speaks_four_languages(bureau: Bureau, desk: Desk, language: Language) -> None:
    await bureau.accept(submitted())
    await desk.open(f"/desk?lang={language}")
    page = await desk.send("/desk/next")
    said = {
        Language.NL: "Waarom is het hier?",
        Language.EN: "Why is it here?",
        Language.FR: "Pourquoi est-il ici ?",
        Language.DE: "Warum ist es hier?",
    }
    assert f'<html lang="{language}">' in page
    assert said[language] in unescape(page)


async def test_attachments_are_links_that_were_made_for_this_viewer(bureau: Bureau, desk: Desk) -> None:
    attachment = {
        "attachment_id": uuid4(),
        "name": "lek.jpg",
        "media_type": "image/jpeg",
        "size_bytes": 12345,
        "sha256": "0" * 64,
    }
    [ticket_id] = await bureau.accept(submitted(attachments=(attachment,)))
    page = await desk.open(f"/desk/tickets/{ticket_id}")
    assert "lek.jpg" in page
    assert f"/t/files/{attachment['attachment_id']}?until=" in page


async def test_an_escalated_ticket_says_why_it_is_here(bureau: Bureau, desk: Desk, sofie: Colleague) -> None:
    [ticket_id] = await bureau.accept(submitted())
    page = await desk.open(f"/desk/tickets/{ticket_id}")
    assert "Ingeschat als routine (90% zeker)" in page
    await desk.open("/desk")
    await desk.send("/desk/next")
    await desk.act("escalate", reason="It needs more knowledge")
    page = await desk.open(f"/desk/tickets/{ticket_id}")
    assert "Fatima de Wit van de frontoffice heeft het doorgezet: Het vraagt meer kennis." in page
    assert (await sofie.look_at(ticket_id))["ticket"]["queue"] == "back-office"
