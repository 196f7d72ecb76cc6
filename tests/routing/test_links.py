"""Duplicates that are seen, tickets that go up in others, and families that are answered together."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.events import Address, TicketClosed, TicketMerged, TicketResolved, TicketSubmitted
from common.vocabulary import HandlingClass, Sensitivity
from neighbours import AGAIN, ANNA, BUREN, LEAK, wrote

Json = dict[str, Any]


async def held(bureau: Bureau, who: Colleague, event: TicketSubmitted) -> Json:
    """The ticket of this event in somebody's hands."""
    await bureau.accept(event)
    seen = (await who.look_at(event.ticket_id))["ticket"]
    return await who.act(seen, "take")


async def duplicates(who: Colleague, ticket_id: object) -> list[Json]:
    response = await who.get(f"/api/work/{ticket_id}/duplicates")
    assert response.status_code == 200, response.text
    found: list[Json] = response.json()
    return found


async def family(who: Colleague, ticket_id: object) -> Mapping[str, Any]:
    response = await who.get(f"/api/work/{ticket_id}/family")
    assert response.status_code == 200, response.text
    found: Mapping[str, Any] = response.json()
    return found


async def test_the_same_words_of_the_same_person_or_address_are_seen(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote(**AGAIN))
    same, neighbour, other_words, elsewhere, old = await bureau.accept(
        wrote(),
        wrote(BUREN),
        wrote(subject="Factuur", body="Ik wil graag een kopie van mijn jaarrekening ontvangen."),
        wrote(BUREN, address=Address(postcode="9999 ZZ", house_number="1", city="Elders")),
        wrote(submitted_at=now() - timedelta(days=15)),
    )

    found = {UUID(each["ticket"]["id"]): each for each in await duplicates(fatima, ticket["id"])}

    assert set(found) == {same, neighbour}
    assert (found[same]["same_person"], found[neighbour]["same_person"]) == (True, False)
    assert 0.3 <= found[same]["alike"] <= 1
    assert {other_words, elsewhere, old}.isdisjoint(found)


async def test_an_address_is_the_same_however_it_is_written(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote(address=Address(postcode="3511AB", house_number="12a", city="Utrecht")))
    [other] = await bureau.accept(wrote(BUREN, address=Address(postcode="3511 ab", house_number="12A", city="Utrecht")))
    assert [each["ticket"]["id"] for each in await duplicates(fatima, ticket["id"])] == [str(other)]


async def test_what_one_may_not_see_is_no_duplicate_to_them(
    bureau: Bureau, sofie: Colleague, pieter: Colleague
) -> None:
    mine, secret, elsewhere = await bureau.accept(wrote(), wrote(sensitivity=Sensitivity.CONFIDENTIAL), wrote())
    for ticket_id in (mine, secret):
        await sofie.act((await sofie.look_at(ticket_id))["ticket"], "transfer", queue="partner")
    assert {each["ticket"]["id"] for each in await duplicates(sofie, mine)} == {str(secret), str(elsewhere)}
    assert await duplicates(pieter, mine) == []


async def test_a_duplicate_goes_up_in_the_ticket_in_hand(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    [double] = await bureau.accept(wrote(**AGAIN))

    merged = await fatima.act(ticket, "merge", other=str(double))

    assert (merged["id"], merged["state"]) == (ticket["id"], "in_progress")
    gone = await fatima.look_at(double)
    assert gone["ticket"]["state"] == "void"
    assert {clock["state"] for clock in gone["clocks"]} == {"dropped"}
    seen = await fatima.look_at(ticket["id"])
    assert [message["body"] for message in seen["messages"]] == [LEAK["body"], AGAIN["body"]]
    assert [each["id"] for each in (await family(fatima, ticket["id"]))["merged"]] == [str(double)]
    assert (await family(fatima, double))["into"]["id"] == ticket["id"]
    [told] = await bureau.events("ticket.merged")
    [closed] = await bureau.events("ticket.closed")
    assert isinstance(told, TicketMerged)
    assert isinstance(closed, TicketClosed)
    assert (told.ticket_id, told.into_reference, closed.reason) == (double, ticket["reference"], "duplicate_of")
    assert await duplicates(fatima, ticket["id"]) == []


async def test_what_is_written_on_the_duplicate_later_arrives_on_the_one_that_stays(
    bureau: Bureau, fatima: Colleague
) -> None:
    ticket = await held(bureau, fatima, wrote())
    [double] = await bureau.accept(wrote(**AGAIN))
    after = await fatima.act(ticket, "merge", other=str(double))
    await fatima.act(after, "wait", **{"for": "customer"})

    await bureau.customer_writes(double, "Het is nu erger.")

    seen = await fatima.look_at(ticket["id"])
    assert seen["ticket"]["state"] == "in_progress"
    assert seen["messages"][-1]["body"] == "Het is nu erger."
    assert (await fatima.look_at(double))["ticket"]["state"] == "void"


async def test_a_duplicate_of_a_duplicate_leads_to_the_last(bureau: Bureau, fatima: Colleague) -> None:
    first, second, third = wrote(), wrote(**AGAIN), wrote(body="Nog eens: water door het plafond van de keuken.")
    middle = await held(bureau, fatima, second)
    await bureau.accept(first)
    await fatima.act(middle, "merge", other=str(first.ticket_id))
    last = await held(bureau, fatima, third)
    await fatima.act(last, "merge", other=middle["id"])

    await bureau.customer_writes(first.ticket_id, "Hallo?")

    seen = await fatima.look_at(last["id"])
    assert seen["messages"][-1]["body"] == "Hallo?"
    assert len((await family(fatima, last["id"]))["merged"]) == 2


async def test_no_circle_of_tickets_can_be_made(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    [double] = await bureau.accept(wrote(**AGAIN))
    itself = await fatima.try_to(ticket, "merge", other=ticket["id"])
    after = await fatima.act(ticket, "merge", other=str(double))
    again = await fatima.try_to(after, "merge", other=str(double))
    back = await fatima.try_to((await fatima.look_at(double))["ticket"], "merge", other=ticket["id"])
    assert (itself.status_code, again.status_code, back.status_code) == (422, 409, 409)


async def test_two_who_merge_two_tickets_into_each_other_at_once_make_no_circle(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    one, other = await held(bureau, fatima, wrote()), await held(bureau, joris, wrote(**AGAIN))
    both = await asyncio.gather(
        fatima.try_to(one, "merge", other=other["id"]), joris.try_to(other, "merge", other=one["id"])
    )
    assert [response.status_code for response in both] == [423, 423]  # each is in the other's hands


async def test_nobody_reads_the_answers_to_somebody_else(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    [neighbour] = await bureau.accept(wrote(BUREN))
    refused = await fatima.try_to(ticket, "merge", other=str(neighbour))
    assert refused.status_code == 422
    assert refused.json()["detail"] == "This is from somebody else; answer it together with this ticket instead."


async def test_a_secret_stays_a_secret_in_the_ticket_it_goes_up_in(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    [secret] = await bureau.accept(wrote(sensitivity=Sensitivity.CONFIDENTIAL))
    assert (await fatima.act(ticket, "merge", other=str(secret)))["sensitivity"] == "confidential"


async def test_resolving_a_parent_answers_its_children(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    waiting, done = await bureau.accept(wrote(BUREN), wrote(BUREN, **AGAIN))
    for child in (waiting, done):
        ticket = await fatima.act(ticket, "adopt", other=str(child))
    mine = await joris.act((await joris.look_at(done))["ticket"], "take")
    await joris.act(mine, "resolve", outcome="solved", body="Al klaar.")

    await fatima.act(ticket, "resolve", outcome="repaired", body="Het lek is gedicht.")

    answered = [event for event in await bureau.events("ticket.resolved") if isinstance(event, TicketResolved)]
    assert {(event.ticket_id, event.body) for event in answered} == {
        (done, "Al klaar."),
        (UUID(ticket["id"]), "Het lek is gedicht."),
        (waiting, "Het lek is gedicht."),
    }
    seen = await fatima.look_at(waiting)
    assert (seen["ticket"]["state"], seen["ticket"]["holder"]) == ("resolved", None)
    assert seen["messages"][-1]["body"] == "Het lek is gedicht."
    assert seen["history"][-1]["cause"] == ticket["reference"]


async def test_a_child_that_was_taken_apart_waits_for_its_own_answer(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    [child] = await bureau.accept(wrote(BUREN))
    ticket = await fatima.act(ticket, "adopt", other=str(child))
    ticket = await fatima.act(ticket, "part", other=str(child))
    assert (await fatima.try_to(ticket, "part", other=str(child))).status_code == 404
    await fatima.act(ticket, "resolve", outcome="repaired")
    assert (await fatima.look_at(child))["ticket"]["state"] == "queued"


async def test_a_family_is_two_deep_and_has_one_parent(bureau: Bureau, fatima: Colleague) -> None:
    parent, other = await held(bureau, fatima, wrote()), await held(bureau, fatima, wrote(BUREN))
    [child] = await bureau.accept(wrote(BUREN, **AGAIN))
    parent = await fatima.act(parent, "adopt", other=str(child))

    second = await fatima.try_to(other, "adopt", other=str(child))
    above = await fatima.try_to(other, "adopt", other=parent["id"])
    below = await fatima.act((await fatima.look_at(child))["ticket"], "take")
    deeper = await fatima.try_to(below, "adopt", other=other["id"])

    assert [each.status_code for each in (second, above, deeper)] == [409, 409, 409]


async def test_children_of_a_duplicate_are_answered_by_the_one_that_stays(bureau: Bureau, fatima: Colleague) -> None:
    double = await held(bureau, fatima, wrote())
    [child] = await bureau.accept(wrote(BUREN))
    await fatima.act(double, "adopt", other=str(child))
    stays = await held(bureau, fatima, wrote(**AGAIN))
    stays = await fatima.act(stays, "merge", other=double["id"])
    await fatima.act(stays, "resolve", outcome="repaired")
    assert (await fatima.look_at(child))["ticket"]["state"] == "resolved"


async def test_a_parent_that_goes_up_in_its_child_leaves_no_circle(bureau: Bureau, fatima: Colleague) -> None:
    parent = await held(bureau, fatima, wrote())
    [child_id] = await bureau.accept(wrote(**AGAIN))
    await fatima.act(parent, "adopt", other=str(child_id))
    child = await fatima.act((await fatima.look_at(child_id))["ticket"], "take")
    await fatima.act(child, "merge", other=parent["id"])
    assert (await family(fatima, child_id))["parent"] is None
    assert await bureau.scalar("SELECT count(*) FROM link") == 1


@pytest.mark.parametrize("act", ["merge", "adopt", "part"])
async def test_only_who_holds_a_ticket_brings_others_to_it(
    bureau: Bureau, fatima: Colleague, joris: Colleague, bram: Colleague, act: str
) -> None:
    ticket = await held(bureau, fatima, wrote())
    [other] = await bureau.accept(wrote())
    assert (await joris.try_to(ticket, act, other=str(other))).status_code == 423
    assert (await bram.try_to(ticket, act, other=str(other))).status_code == 404
    assert (await fatima.try_to(ticket, act, other=str(uuid4()))).status_code == 404


async def test_a_colleague_s_ticket_is_not_taken_from_them(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    ticket, theirs = await held(bureau, fatima, wrote()), await held(bureau, joris, wrote(**AGAIN))
    assert (await fatima.try_to(ticket, "merge", other=theirs["id"])).status_code == 423


async def test_a_technical_ticket_can_be_a_duplicate_of_a_routine_one(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    [double] = await bureau.accept(submitted(HandlingClass.TECHNICAL, customer=ANNA, **AGAIN))
    await fatima.act(ticket, "merge", other=str(double))
    assert await bureau.scalar("SELECT count(*) FROM ticket WHERE state = 'void'") == 1
