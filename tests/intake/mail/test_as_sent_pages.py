"""The frame in which staff see a mail as it was sent: who may, what its answer forbids, and a real browser in it."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Page, Request

from chromium import chromium, served
from common.auth import Staff
from common.clock import now
from common.events import MessageReceived, StaffSessionEnded, TicketSubmitted
from common.vocabulary import Language, Role
from hostile_markup import MARKUP
from letterbox import ANNA, Letterbox, Row, letter

PIET = Staff(UUID(int=1), UUID(int=2), Role.AGENT, "piet", "en")
HTML = "Content-Type: text/html; charset=utf-8"
GREETING = letter("<p>Het lekt <b>erg</b>.</p>", HTML)


def log_in(letterbox: Letterbox, staff: Staff = PIET) -> None:
    letterbox.loket.browser.cookies.set("session", letterbox.seal.session_token(staff))


async def message_of(letterbox: Letterbox, row: Row, at: int = 0) -> UUID:
    """The message a mail made or became, by its place on the ticket."""
    ticket = (await letterbox.loket.emitted())[at]
    assert isinstance(ticket, TicketSubmitted | MessageReceived)
    assert ticket.ticket_id == row.ticket_id
    return ticket.message_id


def link(letterbox: Letterbox, message_id: UUID, agent_id: UUID = PIET.agent_id, *, minutes: float = 1) -> str:
    return letterbox.seal.mail_link("", message_id, agent_id, now() + timedelta(minutes=minutes))


async def test_the_mail_that_made_a_ticket_and_the_one_that_joined_are_each_shown(letterbox: Letterbox) -> None:
    first = await letterbox.last(GREETING)
    to = letterbox.reply_to(first.ticket_id)
    second = await letterbox.last(letter("<p>Nog <i>meer</i>.</p>", HTML, to=to), recipient=to)
    log_in(letterbox)

    pages = [
        (await letterbox.loket.browser.get(link(letterbox, await message_of(letterbox, row, at)))).text
        for at, row in enumerate([first, second])
    ]

    assert "<p>Het lekt <b>erg</b>.</p>" in pages[0]
    assert "<p>Nog <i>meer</i>.</p>" in pages[1]


async def test_the_frame_may_run_nothing_and_load_nothing(letterbox: Letterbox) -> None:
    row = await letterbox.last(GREETING)
    log_in(letterbox)

    answer = await letterbox.loket.browser.get(link(letterbox, await message_of(letterbox, row)))

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; img-src data:;")
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_link_opens_one_mail_for_one_person_for_a_moment(letterbox: Letterbox) -> None:
    row = await letterbox.last(GREETING)
    message_id = await message_of(letterbox, row)
    get = letterbox.loket.browser.get
    good = link(letterbox, message_id)
    assert (await get(good)).status_code == 401
    log_in(letterbox)

    refused = [
        f"/mail/sent/{message_id}",
        link(letterbox, message_id, uuid4()),
        link(letterbox, message_id, minutes=-1),
        good.replace("proof=", "proof=A"),
        good.replace("until=", "until=9"),
        good.replace(str(message_id), str(uuid4())),
        letterbox.seal.file_link("", message_id, now() + timedelta(minutes=1)).replace("/t/files", "/mail/sent"),
    ]

    assert (await get(good)).status_code == 200
    assert [(await get(each)).status_code for each in refused] == [404] * len(refused)


async def test_a_session_that_ended_opens_no_link(letterbox: Letterbox) -> None:
    row = await letterbox.last(GREETING)
    good = link(letterbox, await message_of(letterbox, row))
    log_in(letterbox)
    ended = StaffSessionEnded(
        agent_id=PIET.agent_id, session_id=PIET.session_id, role=PIET.role, ended_at=now() - timedelta(seconds=1)
    )
    await letterbox.loket.hear(ended)

    assert (await letterbox.loket.browser.get(good)).status_code == 401


@pytest.mark.parametrize("language", Language)
async def test_what_is_not_kept_or_cannot_be_shown_is_said(letterbox: Letterbox, language: Language) -> None:
    log_in(letterbox, Staff(PIET.agent_id, PIET.session_id, PIET.role, "piet", language))
    heavy = await letterbox.last(letter("x" * 20_000))

    gone = await letterbox.loket.browser.get(link(letterbox, uuid4()))
    unreadable = await letterbox.loket.browser.get(f"/mail/{heavy.mail_id}/sent")

    assert ("not kept any more" in gone.text) == (language is Language.EN)
    assert ("cannot be shown safely" in unreadable.text) == (language is Language.EN)
    assert f'lang="{language}"' in gone.text


@pytest.mark.parametrize("role", [Role.PARTNER, Role.TECHNICIAN])
async def test_the_pile_is_not_for_everybody(letterbox: Letterbox, role: Role) -> None:
    row = await letterbox.last(letter("<p>Weg.</p>", HTML, "Auto-Submitted: auto-replied"))
    codes = [(await letterbox.loket.browser.get(f"/mail/{row.mail_id}/sent")).status_code]
    log_in(letterbox, Staff(uuid4(), uuid4(), role, "x", "en"))
    codes.append((await letterbox.loket.browser.get(f"/mail/{row.mail_id}/sent")).status_code)

    assert codes == [401, 403]


async def _open(page: Page, address: str) -> None:
    await page.goto(address)
    await page.locator(".as-sent summary").focus()
    await page.keyboard.press("Enter")
    await page.frame_locator(".as-sent iframe").get_by_text("Einde").wait_for()


@pytest.mark.browser
async def test_in_a_browser_nothing_runs_and_no_request_leaves(letterbox: Letterbox) -> None:
    hostile = "<p>Begin <a href='http://elsewhere.invalid/klik'>klik</a></p>" + "\r\n".join(MARKUP) + "<p>Einde</p>"
    row = await letterbox.last(letter(hostile, HTML, "Auto-Submitted: auto-replied"), envelope_sender=ANNA)
    async with served(letterbox.loket.service.app) as address, chromium() as browser:
        context = await browser.new_context()
        cookie = letterbox.seal.session_token(PIET)
        await context.add_cookies([{"name": "session", "value": cookie, "url": address}])
        page = await context.new_page()
        asked: list[Request] = []
        context.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - the library wants a function
        before = f"{address}/mail/{row.mail_id}"
        await page.goto(before)
        await page.wait_for_load_state("networkidle")
        assert not [each.url for each in asked if each.url.endswith("/sent")]  # not before somebody wants it

        await _open(page, before)
        await page.frame_locator(".as-sent iframe").get_by_text("klik").first.click(modifiers=["ControlOrMeta"])
        await page.frame_locator(".as-sent iframe").get_by_text("klik").first.click()
        await asyncio.gather(page.wait_for_load_state("networkidle"), page.keyboard.press("Escape"))

        foreign = {each.url for each in asked if not each.url.startswith((address, "data:image/"))}
        assert foreign == set()
        assert await page.evaluate("window.ran === undefined")
        # A new tab that was asked for is the browser's own word that this goes nowhere.
        assert not [each.url for each in context.pages[1:] if not each.url.startswith("chrome-error:")]
        assert page.url == before
        frame = page.frames[-1]
        assert frame.url == f"{before}/sent"
