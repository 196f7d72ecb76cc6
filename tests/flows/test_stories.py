"""The main job from end to end, through the doors people use."""

import asyncio
import re

import httpx
import pytest

from town import Agent, Customer, Town

LEAK = "Er druppelt al de hele ochtend water door het plafond van de badkamer, kan er iemand komen?"
INVOICE_COPY = "Kunt u mij de factuur van februari nog een keer mailen?"
DISPUTE = "U rekent veertien maanden voorschot in een jaar en weigert dat te corrigeren. Ik betwist deze rekening."


async def test_a_leak_reaches_a_technician_and_the_answer_reaches_the_customer(
    town: Town, customer: Customer, technician: Agent
) -> None:
    posted = await customer.submit(LEAK, postcode="3511 AB", house_number="12", city="Utrecht")
    await town.settle()

    ticket = await technician.take_next()
    assert ticket
    assert ticket["reference"] == posted.reference
    assert ticket["class"] == "technical"
    ticket = await technician.act("reply", ticket, body="Ik kom vanmiddag om drie uur bij u langs.")
    await technician.act("resolve", ticket, outcome="fixed", body="De leiding is vervangen.")
    await town.settle()

    received, answered, resolved = town.mail_to(customer.email)
    assert posted.reference in received.as_string()
    assert "Ik kom vanmiddag om drie uur" in answered.as_string()
    assert resolved["references"], "mail programs show the ticket as one conversation"
    page = await customer.status(posted)
    assert "Ik kom vanmiddag om drie uur bij u langs." in page
    assert "De leiding is vervangen." in page


@pytest.mark.parametrize(
    ("words", "username", "kind"),
    [
        (INVOICE_COPY, "frontoffice", "routine"),
        (DISPUTE, "backoffice", "specialist"),
        (LEAK, "technician", "technical"),
    ],
)
async def test_each_kind_of_work_reaches_its_own_people(
    town: Town, customer: Customer, words: str, username: str, kind: str
) -> None:
    posted = await customer.submit(words)
    await town.settle()

    ticket = await (await Agent(town, username).log_in()).take_next()

    assert ticket
    assert (ticket["reference"], ticket["class"]) == (posted.reference, kind)


async def test_the_same_key_brings_the_same_ticket(town: Town, front: Agent) -> None:
    api = town.browser({"idempotency-key": "order-17"})
    body = {"name": "Jan", "email": "jan@example.org", "subject": "Factuur", "body": INVOICE_COPY, "channel": "api"}

    answers = await asyncio.gather(*(api.post("/api/tickets", json=body) for _ in range(8)))
    other = await api.post("/api/tickets", json=body | {"body": DISPUTE})
    await town.settle()

    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.json()["reference"] for a in answers}) == 1
    assert other.status_code == 422
    assert await front.take_next()
    assert await front.take_next() is None
    assert len(town.mail_to("jan@example.org")) == 1


async def test_the_front_office_escalates_and_gets_it_back_with_a_reason(
    town: Town, customer: Customer, front: Agent, back: Agent
) -> None:
    posted = await customer.submit(INVOICE_COPY)
    await town.settle()
    ticket = await front.take_next()
    assert ticket

    await front.act("escalate", ticket, reason="needs_knowledge", note="Klant noemt ook een oude schuld.")
    await town.settle()
    escalated = await back.take_next()
    assert escalated
    assert escalated["reference"] == posted.reference
    await back.act("return", escalated, reason="routine", note="Gewoon de factuur sturen.")
    await town.settle()

    returned = await front.take_next()
    assert returned
    seen = await front.see(returned["id"])
    assert "Gewoon de factuur sturen." in str(seen)
    assert "oude schuld" not in await customer.status(posted)


async def test_a_customer_who_writes_again_is_seen_by_whoever_holds_the_ticket(
    town: Town, customer: Customer, technician: Agent
) -> None:
    posted = await customer.submit(LEAK)
    await town.settle()
    ticket = await technician.take_next()
    assert ticket
    ticket = await technician.act("wait", ticket, **{"for": "customer"})
    await town.settle()

    await customer.say(posted, "Het lekt nu ook in de gang.")
    await town.settle()

    seen = await technician.see(ticket["id"])
    assert "Het lekt nu ook in de gang." in str(seen["messages"])
    assert seen["ticket"]["state"] == "in_progress"


async def test_two_agents_who_take_at_once_get_different_tickets(town: Town, front: Agent) -> None:
    second = await Agent(town, "frontoffice2").log_in()
    for n in range(6):
        await Customer(town, f"klant{n}@example.org").submit(INVOICE_COPY)
    await town.settle()

    taken = await asyncio.gather(*(agent.take_next() for agent in (front, second) * 3))

    references = [ticket["reference"] for ticket in taken if ticket]
    assert len(references) == len(set(references)) == 6


async def test_nobody_overwrites_what_a_colleague_holds(town: Town, customer: Customer, front: Agent) -> None:
    second = await Agent(town, "frontoffice2").log_in()
    await customer.submit(INVOICE_COPY)
    await town.settle()
    ticket = await front.take_next()
    assert ticket

    held = await second.try_to("reply", ticket, body="Hallo")
    await front.act("note", ticket, body="Even bellen.")
    stale = await front.try_to("reply", ticket, body="Hallo")

    assert (held.status_code, stale.status_code) == (423, 409)
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in (held, stale))
    assert len(town.mail_to(customer.email)) == 1


@pytest.mark.parametrize("down", ["routing", "notifications"])
async def test_a_service_that_was_down_catches_up(town: Town, customer: Customer, technician: Agent, down: str) -> None:
    posted = await customer.submit(LEAK)
    await town.settle(without=[down])
    assert posted.reference in await customer.status(posted)

    await town.settle()

    assert await technician.take_next()
    assert len(town.mail_to(customer.email)) == 1


async def test_a_strangers_link_shows_nothing(town: Town, customer: Customer, stranger: Customer) -> None:
    posted = await customer.submit(LEAK)
    await town.settle()

    tries = [
        f"/t/{posted.reference}",
        f"/t/{posted.reference}?key=AAAA",
        f"/t/{posted.reference}?key=",
        f"/t/{posted.reference}/received",
        "/t/L000000000",
    ]
    answers = [await stranger.browser.get(path) for path in tries]

    assert {a.status_code for a in answers} == {404}
    assert not any("plafond" in a.text or customer.email in a.text for a in answers)
    assert len({normal(a) for a in answers}) == 1, "an existing ticket looks like one that does not exist"


def normal(answer: httpx.Response) -> str:
    """A page without what differs at each look: its nonce, its own address."""
    return re.sub(r'nonce="[^"]+"|href="/t/[^"]*"|/t/[^"\s<]*', "", answer.text)


async def test_somebody_who_only_texts_is_helped_by_text(town: Town, technician: Agent) -> None:
    await town.text("+31612345678", LEAK)
    await town.settle()
    [received] = town.texts_to("+31612345678")
    assert "wij hebben uw bericht" in received
    assert "http" in received

    ticket = await technician.take_next()
    assert ticket
    assert ticket["customer"]["phone"] == "+31612345678"
    assert ticket["customer"]["email"] is None
    assert received.count(ticket["reference"]) >= 1
    ticket = await technician.act("reply", ticket, body="Ik kom om drie uur.")
    await town.settle()
    await town.text("+31612345678", "Prima, ik ben thuis.")
    await town.settle()

    assert len(town.texts_to("+31612345678")) == 2
    said = (await technician.see(ticket["id"]))["messages"][-1]
    assert said["body"] == "Prima, ik ben thuis."
    assert said["is_sender_verified"] is False
