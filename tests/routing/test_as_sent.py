"""The way from the desk to a mail as it was sent: for whoever may read its words, and for nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx
import pytest

from bureau import PASSWORD, Bureau, submitted
from common.clock import now
from common.events import MessageReceived
from common.vocabulary import Channel, Sensitivity
from routing import replies

REASON = "The customer is on the phone about this."


@asynccontextmanager
async def browser_of(bureau: Bureau, username: str) -> AsyncIterator[httpx.AsyncClient]:
    async with bureau.browser() as browser:
        answer = await browser.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield browser


async def mailed(bureau: Bureau, sensitivity: Sensitivity = Sensitivity.NORMAL) -> tuple[UUID, UUID]:
    """A ticket that came in as mail: its id, and its message's."""
    event = submitted(channel=Channel.EMAIL, sensitivity=sensitivity)
    [ticket_id] = await bureau.accept(event)
    return ticket_id, event.message_id


def path(ticket_id: UUID, message_id: UUID) -> str:
    return f"/desk/tickets/{ticket_id}/messages/{message_id}/sent"


async def test_an_agent_is_sent_on_to_the_mail_with_a_link_of_their_own(bureau: Bureau) -> None:
    ticket_id, message_id = await mailed(bureau)
    async with browser_of(bureau, "frontoffice") as browser:
        answer = await browser.get(path(ticket_id, message_id))
        page = (await browser.get(f"/desk/tickets/{ticket_id}")).text

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/mail/sent/{message_id}?until=")
    assert f'<iframe src="{path(ticket_id, message_id)}"' in page
    assert " sandbox " in page


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API, Channel.SMS])
async def test_only_mail_has_a_look_of_its_own(bureau: Bureau, channel: Channel) -> None:
    event = submitted(channel=channel)
    [ticket_id] = await bureau.accept(event)
    async with browser_of(bureau, "frontoffice") as browser:
        assert (await browser.get(path(ticket_id, event.message_id))).status_code == 404
        assert "as-sent" not in (await browser.get(f"/desk/tickets/{ticket_id}")).text


async def test_a_message_of_another_ticket_is_not_there(bureau: Bureau) -> None:
    ticket_id, _ = await mailed(bureau)
    _, other = await mailed(bureau)
    async with browser_of(bureau, "frontoffice") as browser:
        assert [(await browser.get(path(ticket_id, each))).status_code for each in (other, uuid4())] == [404, 404]


async def test_a_later_mail_on_the_ticket_is_there_too(bureau: Bureau) -> None:
    ticket_id, _ = await mailed(bureau)
    later = MessageReceived(
        ticket_id=ticket_id,
        message_id=uuid4(),
        author_name="Anna",
        body="Nog iets",
        channel=Channel.EMAIL,
        received_at=now(),
    )
    async with bureau.database.transaction() as session:
        await replies.receive(session, later, now())
    async with browser_of(bureau, "frontoffice") as browser:
        assert (await browser.get(path(ticket_id, later.message_id))).status_code == 303


async def test_nobody_without_a_session_is_sent_on(bureau: Bureau) -> None:
    ticket_id, message_id = await mailed(bureau)
    async with bureau.browser() as browser:
        answer = await browser.get(path(ticket_id, message_id))

    assert "/mail/sent" not in answer.headers.get("location", "")
    assert answer.status_code != 200


async def test_a_confidential_mail_is_seen_by_whoever_may_read_its_text_and_by_no_other(bureau: Bureau) -> None:
    ticket_id, message_id = await mailed(bureau, sensitivity=Sensitivity.CONFIDENTIAL)
    queue = await bureau.scalar("SELECT queue_id FROM ticket WHERE ticket_id = :id", id=ticket_id)
    async with bureau.database.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE ticket SET queue_id = 'partner' WHERE ticket_id = '{ticket_id}'")  # noqa: S608
    assert queue

    async with browser_of(bureau, "partner") as partner, browser_of(bureau, "lead") as lead:
        masked = (await partner.get(f"/desk/tickets/{ticket_id}")).text
        before = (await partner.get(path(ticket_id, message_id))).status_code
        token = masked.split('name="csrf_token" value="')[1].split('"')[0]
        await partner.post(f"/desk/tickets/{ticket_id}/open", data={"csrf_token": token, "reason": REASON})
        after = (await partner.get(path(ticket_id, message_id))).status_code

        assert "as-sent" not in masked
        assert (before, after) == (404, 303)
        assert (await lead.get(path(ticket_id, message_id))).status_code == 303
