"""Text messages that customers send back: onto their ticket, once, believed only when the provider signed them."""

import json

import pytest

from common.clock import now
from common.events import MessageReceived
from common.signed_calls import new_secret, signed
from front_desk import Loket

SECRET = new_secret()
URL = "/api/callbacks/sms/message"
TICKET = {
    "name": "Anna",
    "email": "anna@customer.example",
    "phone": "06 1234 5678",
    "subject": "Lekkage",
    "body": "Er druppelt water door het plafond.",
}


@pytest.fixture
def texting(loket: Loket) -> Loket:
    loket.service.app.state.sms_secret = SECRET
    return loket


async def send(loket: Loket, secret: str = SECRET, **text: str) -> int:
    body = json.dumps({"id": "text-1", "from": "+31612345678", "text": "Morgen ben ik thuis."} | text).encode()
    return (await loket.program.post(URL, content=body, headers=signed(secret, "m", body, now()))).status_code


async def heard(loket: Loket) -> list[MessageReceived]:
    return [event for event in await loket.emitted() if isinstance(event, MessageReceived)]


async def test_an_answer_by_text_is_on_the_ticket_once_and_its_sender_is_not_verified(texting: Loket) -> None:
    assert (await texting.program.post("/api/tickets", json=TICKET)).status_code == 201

    assert [await send(texting) for _ in range(2)] == [204, 204]

    [message] = await heard(texting)
    assert message.body == "Morgen ben ik thuis."
    assert message.channel == "sms"
    assert message.is_sender_verified is False


async def test_a_number_nobody_wrote_from_is_refused(texting: Loket) -> None:
    await texting.program.post("/api/tickets", json=TICKET)

    assert await send(texting, **{"from": "+31687654321"}) == 404
    assert await send(texting, **{"from": "5678"}) == 404
    assert await heard(texting) == []


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
