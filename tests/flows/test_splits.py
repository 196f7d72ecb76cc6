"""A customer asks two things in one mail: each is answered by itself, and they know which is which."""

from typing import Any
from uuid import uuid4

from town import Agent, Customer, Posted, Town

LEAK = "Er druppelt al de hele ochtend water door het plafond van de badkamer, kan er iemand komen?"
INVOICE_COPY = "Kunt u mij de factuur van februari nog een keer mailen?"


async def in_hand(town: Town, customer: Customer, who: Agent) -> tuple[Posted, dict[str, Any], str]:
    """A mail with two questions in an agent's hands: what the customer holds, the ticket, and the message."""
    posted = await customer.submit(f"{LEAK}\n\n{INVOICE_COPY}", postcode="3511 AB", house_number="12", city="Utrecht")
    await town.settle()
    ticket = await who.take_next()
    assert ticket
    assert ticket["reference"] == posted.reference
    return posted, ticket, (await who.see(ticket["id"]))["messages"][0]["id"]


async def test_each_of_two_questions_is_answered_by_itself_and_the_customer_knows_both_numbers(
    town: Town, customer: Customer, technician: Agent, front: Agent
) -> None:
    posted, ticket, message = await in_hand(town, customer, technician)

    ticket = await technician.act("split", ticket, message=message, subject="Factuur van februari", body=INVOICE_COPY)
    await town.settle()

    new = await front.take_next()
    assert new, "the part is judged by itself and goes to those who settle invoices"
    assert (new["subject"], new["class"]) == ("Factuur van februari", "routine")
    assert new["reference"] != posted.reference
    first, second = town.mail_to(customer.email)
    assert posted.reference in first.as_string()
    told = second.get_body(("plain",))
    assert told
    assert posted.reference in told.get_content()
    assert new["reference"] in told.get_content()
    assert new["reference"] in await customer.status(posted)

    await front.act("resolve", new, outcome="solved", body="De factuur van februari staat in uw postvak.")
    await technician.act("resolve", ticket, outcome="repaired", body="De leiding is vervangen.")
    await town.settle()

    mails = [mail.as_string() for mail in town.mail_to(customer.email)[2:]]
    assert len(mails) == 2, "one answer to each question"
    assert "De leiding is vervangen." in await customer.status(posted)
    assert "De factuur van februari" not in await customer.status(posted)


async def test_a_click_that_is_repeated_and_events_that_come_again_make_one_ticket(
    town: Town, customer: Customer, technician: Agent, front: Agent
) -> None:
    _, ticket, message = await in_hand(town, customer, technician)
    part = {"split": str(uuid4()), "message": message, "subject": "Factuur", "body": INVOICE_COPY}

    answers = [await technician.try_to("split", ticket, **part)]
    await town.settle(without=["intake"])  # intake is down while the agent clicks again
    answers.append(await technician.try_to("split", ticket, **part))
    await town.settle()
    answers.append(await technician.try_to("split", ticket, **part))
    await town.settle()

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert await front.take_next()
    assert await front.take_next() is None
    assert len(town.mail_to(customer.email)) == 2, "an acknowledgement for each of the two tickets"


async def test_what_the_customer_writes_goes_where_they_write_it(
    town: Town, customer: Customer, technician: Agent, front: Agent
) -> None:
    posted, ticket, message = await in_hand(town, customer, technician)
    await technician.act("split", ticket, message=message, subject="Factuur", body=INVOICE_COPY)
    await town.settle()
    new = await front.take_next()
    assert new

    await customer.say(posted, "Het lekt nu ook in de gang.")
    await town.settle()

    assert "in de gang" in str((await technician.see(ticket["id"]))["messages"])
    assert "in de gang" not in str((await front.see(new["id"]))["messages"])
