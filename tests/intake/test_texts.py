"""Text messages that come in: tickets and messages, once, believed only when the provider signed them."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from common.auth import Staff
from common.clock import now
from common.events import DeliveryRecorded, MessageReceived, TicketResolved, TicketSubmitted
from common.signed_calls import new_secret, signed
from common.vocabulary import Channel, Role
from front_desk import Loket, hidden
from intake.context import Parts

SECRET = new_secret()
URL = "/api/callbacks/sms/message"
NUMBER = "+31612345678"
LEAK = "Er druppelt water door het plafond van de keuken."
TICKET = {
    "name": "Anna",
    "email": "anna@customer.example",
    "phone": "06 1234 5678",
    "subject": "Lekkage",
    "body": "Er druppelt water door het plafond.",
}
PIET = Staff(UUID(int=1), UUID(int=2), Role.AGENT, "piet", "en")


@pytest.fixture
def texting(loket: Loket) -> Loket:
    loket.service.app.state.sms_secret = SECRET
    return loket


async def send(loket: Loket, secret: str = SECRET, **text: str) -> int:
    body = json.dumps({"id": "text-1", "from": NUMBER, "text": "Morgen ben ik thuis."} | text).encode()
    return (await loket.program.post(URL, content=body, headers=signed(secret, "m", body, now()))).status_code


async def heard(loket: Loket) -> list[MessageReceived]:
    return [event for event in await loket.emitted() if isinstance(event, MessageReceived)]


async def made(loket: Loket) -> list[TicketSubmitted]:
    return [event for event in await loket.emitted() if isinstance(event, TicketSubmitted)]


async def texted_about(loket: Loket, ticket_id: UUID) -> None:
    """We sent this ticket's customer a text."""
    told = DeliveryRecorded(
        ticket_id=ticket_id,
        delivery_id=uuid4(),
        notice="reply",
        channel=Channel.SMS,
        state="sent",
        attempts=1,
        recorded_at=now(),
    )
    await loket.hear(told)


async def solved(loket: Loket, ticket_id: UUID, ago: timedelta) -> None:
    await loket.hear(TicketResolved(ticket_id=ticket_id, outcome="solved", agent_name="Piet", resolved_at=now() - ago))


async def test_a_text_from_an_unknown_number_is_a_ticket_of_somebody_reached_by_telephone(texting: Loket) -> None:
    assert await send(texting, text=LEAK) == 204

    [ticket] = await made(texting)
    assert ticket.customer.email is None
    assert ticket.customer.phone == NUMBER
    assert ticket.customer.name == "+31…5678"
    assert ticket.channel is Channel.SMS
    assert ticket.body == LEAK
    assert ticket.is_sender_verified is False
    assert ticket.may_be_answered


async def test_the_same_text_brought_five_times_at_once_is_one_ticket(texting: Loket) -> None:
    assert await asyncio.gather(*(send(texting, text=LEAK) for _ in range(5))) == [204] * 5
    assert await send(texting, text=LEAK) == 204

    assert len(await made(texting)) == 1
    assert await heard(texting) == []


async def test_an_id_used_for_other_words_loses_no_text(texting: Loket) -> None:
    await send(texting, text=LEAK)
    await send(texting, text="En nu staat de kelder blank.")

    assert len(await made(texting)) == 1
    assert [said.body for said in await heard(texting)] == ["En nu staat de kelder blank."]


async def test_more_texts_of_a_number_go_on_its_ticket_and_their_sender_is_not_verified(texting: Loket) -> None:
    await send(texting, text=LEAK)
    await send(texting, id="text-2")

    [ticket], [message] = await made(texting), await heard(texting)
    assert message.ticket_id == ticket.ticket_id
    assert message.channel is Channel.SMS
    assert message.is_sender_verified is False


async def test_two_texts_at_once_of_a_new_number_are_one_ticket_with_a_message(texting: Loket) -> None:
    await asyncio.gather(send(texting, text=LEAK), send(texting, id="text-2", text="Graag snel."))

    assert (len(await made(texting)), len(await heard(texting))) == (1, 1)


async def test_an_answer_to_a_text_of_ours_is_on_the_ticket(texting: Loket) -> None:
    ticket = await texting.bring(**TICKET)
    await texted_about(texting, UUID(ticket["id"]))

    assert [await send(texting) for _ in range(2)] == [204, 204]

    [message] = await heard(texting)
    assert str(message.ticket_id) == ticket["id"]
    assert message.body == "Morgen ben ik thuis."


async def test_a_number_that_somebody_only_typed_does_not_join_their_ticket(texting: Loket) -> None:
    ticket = await texting.bring(**TICKET)

    await send(texting)

    assert await heard(texting) == []
    beside = (await made(texting))[-1]
    assert str(beside.linked_to) == ticket["id"]
    assert beside.customer.email is None


@pytest.mark.parametrize(("days", "joins"), [(13, True), (15, False)])
async def test_a_solved_ticket_takes_texts_for_fourteen_days(texting: Loket, days: int, joins: bool) -> None:  # noqa: FBT001
    await send(texting, text=LEAK)
    [ticket] = await made(texting)
    await solved(texting, ticket.ticket_id, timedelta(days=days))

    await send(texting, id="text-2", text="Het lekt weer.")

    assert [said.ticket_id for said in await heard(texting)] == ([ticket.ticket_id] if joins else [])
    assert [each.linked_to for each in await made(texting)] == ([] if joins else [ticket.ticket_id])


async def test_an_open_ticket_is_meant_before_a_newer_one_that_was_solved_long_ago(texting: Loket) -> None:
    await send(texting, text=LEAK)
    [first] = await made(texting)
    second = await texting.bring(**TICKET)
    await texted_about(texting, UUID(second["id"]))
    await solved(texting, UUID(second["id"]), timedelta(days=20))

    await send(texting, id="text-2")

    assert [said.ticket_id for said in await heard(texting)] == [first.ticket_id]


@pytest.mark.parametrize("sender", ["5678", "Vodafone"])
async def test_what_no_answer_can_reach_waits_for_a_person(texting: Loket, sender: str) -> None:
    assert await send(texting, **{"from": sender}) == 204

    assert await texting.emitted() == []
    assert await texting.count("text_message WHERE state = 'held' AND reason = 'no_number'") == 1


async def test_a_number_without_its_plus_is_the_same_number(texting: Loket) -> None:
    await send(texting, text=LEAK, **{"from": "31612345678"})
    await send(texting, id="text-2", **{"from": "0031612345678"})

    [ticket] = await made(texting)
    assert ticket.customer.phone == NUMBER
    assert len(await heard(texting)) == 1


async def test_two_programs_that_text_each_other_stop(texting: Loket) -> None:
    for number in range(6):
        await send(texting, id=f"text-{number}", text=f"Automatisch antwoord {number}: wij bellen u terug.")

    assert len(await made(texting)) + len(await heard(texting)) == 3
    assert await texting.count("text_message WHERE state = 'held' AND reason = 'loop'") == 3


async def test_our_own_number_is_not_answered(texting: Loket) -> None:
    ours = texting.service.app.state.texting
    texting.service.app.state.texting = type(ours)(ours.database, ours.judge, "612345678", "nl")
    try:
        await send(texting)
    finally:
        texting.service.app.state.texting = ours

    assert await texting.emitted() == []
    assert await texting.count("text_message WHERE reason = 'own_number'") == 1


async def press(loket: Loket, act: str) -> int:
    """What a colleague gets for pressing the last button of this kind on the page of texts."""
    parts: Parts = loket.service.app.state.parts
    loket.browser.cookies.set("session", parts.seal.session_token(PIET))
    page = (await loket.browser.get("/mail/texts")).text
    address = page.rpartition(f"/{act}")[0].rpartition('"')[2]
    return (await loket.browser.post(f"{address}/{act}", data=hidden(page))).status_code


async def test_a_text_that_waits_is_taken_all_the_same_by_a_click(texting: Loket) -> None:
    await send(texting, text=LEAK, **{"from": "5678"})

    assert await press(texting, "release") == 303

    [ticket] = await made(texting)
    assert ticket.body == LEAK
    assert "No text waits" in (await texting.browser.get("/mail/texts")).text


async def test_a_text_that_waits_is_thrown_away_by_a_click(texting: Loket) -> None:
    await send(texting, **{"from": "5678"})

    assert await press(texting, "spam") == 303

    assert await texting.emitted() == []
    assert await texting.count("text_message WHERE state = 'discarded' AND settled_by IS NOT NULL") == 1


async def test_the_pile_of_mail_says_that_texts_wait_too(texting: Loket) -> None:
    await send(texting, **{"from": "5678"})
    parts: Parts = texting.service.app.state.parts
    texting.browser.cookies.set("session", parts.seal.session_token(PIET))

    assert "1 text message waits too." in (await texting.browser.get("/mail")).text
    page = (await texting.browser.get("/mail/texts")).text
    assert "no answer can reach it" in page
    assert "Morgen ben ik thuis." in page


@pytest.mark.parametrize("path", ["/mail/texts"])
async def test_who_is_not_logged_in_sees_no_texts(texting: Loket, path: str) -> None:
    assert (await texting.browser.get(path)).status_code == 401


async def test_a_text_that_the_provider_did_not_sign_is_not_believed(texting: Loket) -> None:
    await texting.program.post("/api/tickets", json=TICKET)

    assert await send(texting, new_secret()) == 401
    assert (await texting.program.post(URL, content=b"{}")).status_code == 401
    texting.service.app.state.sms_secret = ""
    assert await send(texting) == 404
    assert await heard(texting) == []


@pytest.mark.parametrize("text", [{"id": ""}, {"text": ""}, {"from": "x" * 50}, {"id": "a b"}])
async def test_what_is_no_text_is_refused(texting: Loket, text: dict[str, str]) -> None:
    assert await send(texting, **text) == 422
