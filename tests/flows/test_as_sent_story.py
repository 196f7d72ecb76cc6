"""From the door for mail to the frame on the desk: an agent sees a mail as its sender made it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Page
from sqlalchemy import text

from chromium import chromium, served
from front_desk import hidden
from intake.incoming import Arrived
from intake.judging import Judge
from intake.mailroom.assembly import house_of
from intake.mailroom.listener import Store
from intake.mailroom.readers import Readers
from intake.mailroom.worker import Desk, Worker
from intake.settings import IntakeSettings
from odd_mails import attached, multipart
from town import Town

US = "help@loket.example"
LETTER = """
<div style="font-family: Georgia, serif; max-width: 560px">
<h2 style="color: #0b5a6b; border-bottom: 2px solid #0b5a6b">Onze jaarrekening</h2>
<p>Goedemiddag,</p><p>Op de rekening hieronder staat <b>twee keer</b> hetzelfde bedrag. Kunt u dat nakijken?</p>
<table border="1" cellpadding="6" style="border-collapse: collapse">
<tr bgcolor="#e3f0f2"><th>Maand</th><th>Bedrag</th></tr>
<tr><td>Januari</td><td align="right">€ 128,40</td></tr><tr><td>Januari</td><td align="right">€ 128,40</td></tr></table>
<p><img src="cid:meter" alt="Foto van de meter" width="160"></p>
<p><a href="http://elsewhere.invalid/klik">Bekijk online</a><img src="http://elsewhere.invalid/telt.gif"></p>
<script>top.ran = 1</script></div>
"""


def photo() -> bytes:
    written = BytesIO()
    Image.linear_gradient("L").resize((320, 200)).save(written, "PNG")
    return written.getvalue()


def raw() -> bytes:
    """A mail with a layout, a picture of its own, and a picture that counts who looks."""
    picture = attached(photo(), "meter.png", "image/png").replace("attachment", "inline")
    picture = f"Content-ID: <meter>\r\n{picture}"
    return multipart(f"Content-Type: text/html; charset=utf-8\r\n\r\n{LETTER}", picture, kind="related")


async def brought(town: Town, mail: bytes) -> UUID:
    """The mail comes in, is read, and everybody knows: its ticket."""
    intake = town.services["intake"]
    parts = intake.app.state.parts
    judge = Judge(most_in_full=0)
    await judge.ready()
    desk = Desk(intake.database, judge, parts.store, parts.seal, house_of(town.settings, IntakeSettings()))
    await Store(intake.database).keep(Arrived("smtp", US, "anna@example.org", mail))
    async with Readers(1) as readers:
        await Worker(desk, readers).drain()
    await judge.close()
    await town.settle()
    async with intake.database.reading() as session:
        return UUID(str(await session.scalar(text("SELECT ticket_id FROM ticket"))))


@asynccontextmanager
async def at_the_desk(town: Town, username: str, ticket_id: UUID, **looks: object) -> AsyncIterator[Page]:
    """A real browser of this agent, at this ticket."""
    own = town.browser({})
    form = hidden((await own.get("/login")).text)
    given = form | {"username": username, "password": "loket-demo"}
    answer = await own.post("/login", data=given, headers=town.same_origin)
    assert answer.status_code == 303, answer.text
    async with served(town.app) as address, chromium() as browser:
        context = await browser.new_context(**looks)  # type: ignore[arg-type]
        await context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in own.cookies.items()]
        )
        page = await context.new_page()
        await page.goto(f"{address}/desk/tickets/{ticket_id}")
        yield page


@pytest.mark.browser
async def test_an_agent_opens_the_frame_by_keyboard_and_nothing_leaves(town: Town) -> None:
    ticket_id = await brought(town, raw())
    async with at_the_desk(town, "lead", ticket_id, locale="en") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        opener = page.locator(".as-sent summary")
        await opener.focus()
        async with page.expect_response(lambda answer: "/mail/sent/" in answer.url) as answered:
            await page.keyboard.press("Enter")
        answer = await answered.value
        html = await answer.text()
        await page.wait_for_load_state("networkidle")

        assert answer.status == 200
        assert "<script" not in html
        assert '<img src="data:image/jpeg;base64,' in html
        assert {url for url in asked if "elsewhere" in url} == set()
        assert await page.evaluate("window.ran === undefined")
        assert await page.locator(".as-sent iframe").is_visible()
