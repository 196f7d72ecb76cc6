"""A notice that did not arrive is seen by whoever works on the ticket, at the desk and over the API."""

from uuid import uuid4

from browsing import Desk
from bureau import PASSWORD, Bureau, Colleague, submitted
from common.clock import now


async def test_an_agent_is_told_that_a_notice_did_not_arrive(bureau: Bureau, fatima: Colleague) -> None:
    [ticket_id] = await bureau.accept(submitted())
    await bureau.delivery_recorded(ticket_id, uuid4(), "failed", now())
    desk = Desk(bureau.browser())
    await desk.browser.post("/login", data={"username": "frontoffice", "password": PASSWORD})

    page = await desk.open(f"/desk/tickets/{ticket_id}?lang=en")

    assert "not delivered" in page
    assert [each["state"] for each in (await fatima.look_at(ticket_id))["deliveries"]] == ["failed"]
