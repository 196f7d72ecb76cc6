"""The pile of mail that waits for a person: who may see it, why each waits, and what a click does."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from httpx import Response

from common.auth import Staff
from common.clock import now
from common.events import StaffSessionEnded, TicketSubmitted
from common.vocabulary import Language, Role
from front_desk import hidden
from letterbox import ANNA, Letterbox, Row, letter

PIET = Staff(UUID(int=1), UUID(int=2), Role.AGENT, "piet", "en")


def log_in(letterbox: Letterbox, staff: Staff = PIET) -> None:
    letterbox.loket.browser.cookies.set("session", letterbox.seal.session_token(staff))


async def held(letterbox: Letterbox) -> Row:
    """An automatic reply that waits."""
    return await letterbox.last(letter("Ik ben weg.", "Auto-Submitted: auto-replied", subject="Weg <b>"))


async def press(letterbox: Letterbox, row: Row, act: str) -> Response:
    page = (await letterbox.loket.browser.get(f"/mail/{row.mail_id}")).text
    return await letterbox.loket.browser.post(f"/mail/{row.mail_id}/{act}", data=hidden(page))


async def test_the_pile_tells_why_each_mail_waits(letterbox: Letterbox) -> None:
    row = await held(letterbox)
    log_in(letterbox)

    page = (await letterbox.loket.browser.get("/mail")).text
    one = (await letterbox.loket.browser.get(f"/mail/{row.mail_id}")).text

    assert "1 mail waits for a person" in page
    assert "A program answered" in page
    assert "Weg &lt;b&gt;" in page
    assert ANNA in one


@pytest.mark.parametrize("language", Language)
async def test_the_pile_speaks_four_languages(letterbox: Letterbox, language: Language) -> None:
    await held(letterbox)
    log_in(letterbox)

    page = await letterbox.loket.browser.get(f"/mail?lang={language}")

    assert page.status_code == 200
    assert ("waits" in page.text) == (language is Language.EN)


async def test_a_mail_taken_all_the_same_becomes_a_ticket(letterbox: Letterbox) -> None:
    row = await held(letterbox)
    log_in(letterbox)

    answer = await press(letterbox, row, "release")
    await letterbox.worker.drain()

    made = (await letterbox.loket.emitted())[0]
    assert answer.status_code == 303
    assert [each.thread for each in await letterbox.rows()] == ["new"]
    assert isinstance(made, TicketSubmitted)
    assert made.may_be_answered is False


async def test_what_cannot_be_read_becomes_a_ticket_with_itself_as_its_file(letterbox: Letterbox) -> None:
    row = await letterbox.last(letter("x" * 20_000))
    log_in(letterbox)
    assert row.reason == "line_too_long"

    await press(letterbox, row, "release")
    await letterbox.worker.drain()

    assert (await letterbox.rows())[0].thread == "new"
    assert [name for name, _, _ in await letterbox.files()] == ["mail.eml"]


async def test_spam_is_thrown_away_once(letterbox: Letterbox) -> None:
    row = await held(letterbox)
    log_in(letterbox)
    form = hidden((await letterbox.loket.browser.get(f"/mail/{row.mail_id}")).text)
    address = f"/mail/{row.mail_id}/spam"

    first = await letterbox.loket.browser.post(address, data=form)
    second = await letterbox.loket.browser.post(address, data=form)

    assert (first.status_code, second.status_code) == (303, 409)
    assert [(each.state, each.reason) for each in await letterbox.rows()] == [("discarded", "spam")]
    assert "No mail waits" in (await letterbox.loket.browser.get("/mail")).text


async def test_the_bytes_are_those_that_came_and_no_browser_shows_them(letterbox: Letterbox) -> None:
    row = await held(letterbox)
    log_in(letterbox)

    answer = await letterbox.loket.browser.get(f"/mail/{row.mail_id}/raw")

    assert answer.content == letter("Ik ben weg.", "Auto-Submitted: auto-replied", subject="Weg <b>")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/mail", f"/mail/{UUID(int=0)}", f"/mail/{UUID(int=0)}/raw"])
async def test_only_staff_who_place_mail_see_it(letterbox: Letterbox, path: str) -> None:
    codes = [(await letterbox.loket.browser.get(path)).status_code]
    for role in (Role.PARTNER, Role.TECHNICIAN):
        log_in(letterbox, Staff(uuid4(), uuid4(), role, "x", "en"))
        codes.append((await letterbox.loket.browser.get(path)).status_code)

    assert codes == [401, 403, 403]


async def test_a_session_that_ended_opens_nothing(letterbox: Letterbox) -> None:
    log_in(letterbox)
    ended = StaffSessionEnded(
        agent_id=PIET.agent_id, session_id=PIET.session_id, role=PIET.role, ended_at=now() - timedelta(seconds=1)
    )
    await letterbox.loket.hear(ended)

    assert (await letterbox.loket.browser.get("/mail")).status_code == 401


@pytest.mark.parametrize("act", ["release", "spam"])
async def test_a_form_of_somebody_else_changes_nothing(letterbox: Letterbox, act: str) -> None:
    row = await held(letterbox)
    log_in(letterbox)

    answers = [
        await letterbox.loket.browser.post(f"/mail/{row.mail_id}/{act}", data={"csrf_token": token}, headers=headers)
        for token, headers in (
            ("x", {}),
            (letterbox.seal.form_token(str(PIET.session_id)), {"origin": "https://evil.example"}),
        )
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (await letterbox.rows())[0].state == "held"
