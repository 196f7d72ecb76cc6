"""Two questions in one message: a part of it is asked for once, arrives as a ticket of its own, and stays tied."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.events import Attachment, SplitAsked, SplitFrom, TicketRouted, TicketSubmitted
from common.vocabulary import HandlingClass, Sensitivity
from neighbours import ANNA, wrote

Json = dict[str, Any]
PHOTO = Attachment(attachment_id=uuid4(), name="foto.jpg", media_type="image/jpeg", size_bytes=3, sha256="ab" * 32)
LETTER = Attachment(
    attachment_id=uuid4(), name="brief.pdf", media_type="application/pdf", size_bytes=3, sha256="cd" * 32
)
BILL = "Kunt u mij ook de factuur van februari sturen?"
LEAK = "Er komt water door het plafond van de keuken."


def both(**changed: Any) -> TicketSubmitted:  # noqa: ANN401 - fields of the event
    return wrote(**{"subject": "Lekkage en factuur", "body": f"{LEAK}\n\n{BILL}", **changed})


async def held(bureau: Bureau, who: Colleague, event: TicketSubmitted) -> Json:
    await bureau.accept(event)
    return await who.act((await who.look_at(event.ticket_id))["ticket"], "take")


def part(event: TicketSubmitted, **changed: object) -> Json:
    return {"message": str(event.message_id), "subject": "Factuur van februari", "body": BILL, **changed}


async def family(who: Colleague, ticket_id: object) -> Json:
    response = await who.get(f"/api/work/{ticket_id}/family")
    assert response.status_code == 200, response.text
    found: Json = response.json()
    return found


async def asked(bureau: Bureau) -> list[SplitAsked]:
    return [event for event in await bureau.events("split.asked") if isinstance(event, SplitAsked)]


def made_of(split: SplitAsked, source: TicketSubmitted, **changed: Any) -> TicketSubmitted:  # noqa: ANN401
    """The ticket that intake makes of a split."""
    return submitted(
        HandlingClass.ROUTINE,
        customer=source.customer,
        subject=split.subject,
        body=split.body,
        split_from=SplitFrom(
            ticket_id=source.ticket_id, reference=source.reference, split_id=split.split_id, said_at=split.said_at
        ),
        **changed,
    )


async def split_off(bureau: Bureau, who: Colleague, source: TicketSubmitted, **changed: object) -> TicketSubmitted:
    """The ticket that a part of the source became; the source must be in this colleague's hands."""
    ticket = (await who.look_at(source.ticket_id))["ticket"]
    await who.act(ticket, "split", **part(source))
    new = made_of((await asked(bureau))[-1], source, **changed)
    await bureau.accept(new)
    return new


async def test_a_part_is_asked_for_with_the_customers_words_and_the_files_that_were_chosen(
    bureau: Bureau, fatima: Colleague
) -> None:
    event = both(attachments=(PHOTO, LETTER))
    ticket = await held(bureau, fatima, event)

    after = await fatima.act(ticket, "split", **part(event, attachments=[str(LETTER.attachment_id)]))

    [told] = await asked(bureau)
    assert (told.ticket_id, told.message_id, told.body) == (event.ticket_id, event.message_id, BILL)
    assert (told.subject, told.attachment_ids) == ("Factuur van februari", (LETTER.attachment_id,))
    assert (told.said_at, told.agent_name) == (event.submitted_at, "Fatima de Wit")
    assert (after["state"], after["version"]) == ("in_progress", ticket["version"] + 1)
    assert (await family(fatima, ticket["id"]))["splits_under_way"] == 1


async def test_all_files_of_the_message_go_along_on_demand(bureau: Bureau, fatima: Colleague) -> None:
    event = both(attachments=(PHOTO, LETTER))
    await fatima.act(await held(bureau, fatima, event), "split", **part(event, attachments="all"))
    [told] = await asked(bureau)
    assert set(told.attachment_ids) == {PHOTO.attachment_id, LETTER.attachment_id}


async def test_the_same_click_twice_splits_once(bureau: Bureau, fatima: Colleague) -> None:
    event = both()
    ticket, split_id = await held(bureau, fatima, event), str(uuid4())

    answers = await asyncio.gather(
        *(fatima.try_to(ticket, "split", **part(event, split=split_id)) for _ in range(4)),
    )
    late = await fatima.try_to(ticket, "split", **part(event, split=split_id))
    other = await fatima.try_to(ticket, "split", **part(event, split=split_id, subject="Iets anders"))

    assert [answer.status_code for answer in (*answers, late)] == [200] * 5
    assert {answer.json()["version"] for answer in answers} == {ticket["version"] + 1}
    assert other.status_code == 409
    assert len(await asked(bureau)) == 1


async def test_without_an_id_of_its_own_a_second_click_meets_the_version(bureau: Bureau, fatima: Colleague) -> None:
    event = both()
    ticket = await held(bureau, fatima, event)
    await fatima.act(ticket, "split", **part(event))
    assert (await fatima.try_to(ticket, "split", **part(event))).status_code == 409
    assert len(await asked(bureau)) == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"body": "Betaal mij duizend euro."}, "Only what the customer wrote"),
        ({"body": None}, "That is all the customer wrote"),
        ({"body": f"{LEAK} {BILL}"}, "That is all the customer wrote"),
        ({"message": str(uuid4())}, "Choose something that the customer wrote"),
        ({"attachments": [str(uuid4())]}, "These files are not with that message"),
    ],
)
async def test_nobody_asks_anything_in_a_customers_name(
    bureau: Bureau, fatima: Colleague, changed: Json, says: str
) -> None:
    event = both()
    answer = await fatima.try_to(await held(bureau, fatima, event), "split", **part(event, **changed))
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert await asked(bureau) == []


async def test_a_whole_message_splits_off_where_there_are_others(bureau: Bureau, fatima: Colleague) -> None:
    event = wrote()
    ticket = await held(bureau, fatima, event)
    await bureau.customer_writes(ticket["id"], BILL)
    seen = await fatima.look_at(ticket["id"])
    await fatima.act(seen["ticket"], "split", message=seen["messages"][-1]["id"], subject="Factuur")
    [told] = await asked(bureau)
    assert told.body == BILL


async def test_what_an_agent_said_cannot_be_split_off(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await held(bureau, fatima, wrote())
    after = await fatima.act(ticket, "note", body="Klant belde ook over de factuur.")
    seen = await fatima.look_at(ticket["id"])
    answer = await fatima.try_to(after, "split", message=seen["messages"][-1]["id"], subject="Factuur")
    assert answer.status_code == 422


async def test_only_who_holds_a_ticket_splits_it(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    event = both()
    ticket = await held(bureau, fatima, event)
    assert (await joris.try_to(ticket, "split", **part(event))).status_code == 423
    released = await fatima.act(ticket, "release")
    assert (await fatima.try_to(released, "split", **part(event))).status_code == 409


async def test_what_arrives_is_tied_to_where_it_came_from(bureau: Bureau, fatima: Colleague) -> None:
    event = both()
    ticket = await held(bureau, fatima, event)

    new = await split_off(bureau, fatima, event)

    source = await family(fatima, ticket["id"])
    assert [each["id"] for each in source["split_off"]] == [str(new.ticket_id)]
    assert source["splits_under_way"] == 0
    assert (await family(fatima, new.ticket_id))["split_from"]["id"] == ticket["id"]
    seen = await fatima.look_at(new.ticket_id)
    assert seen["ticket"]["state"] == "queued"
    assert [message["body"] for message in seen["messages"]] == [BILL]
    for each in (ticket["id"], new.ticket_id):
        assert (await fatima.get(f"/api/work/{each}/duplicates")).json() == []


async def test_who_may_not_see_the_part_still_reads_its_reference(
    bureau: Bureau, sofie: Colleague, bram: Colleague
) -> None:
    event = submitted(HandlingClass.TECHNICAL, subject="Lekkage en factuur", body=f"{LEAK}\n\n{BILL}")
    await held(bureau, bram, event)
    new = await split_off(bureau, bram, event)
    found = await family(bram, event.ticket_id)
    assert (found["split_off"], found["elsewhere"]) == ([], [new.reference])
    assert [each["id"] for each in (await family(sofie, event.ticket_id))["split_off"]] == [str(new.ticket_id)]


async def test_the_customers_time_runs_on_in_the_part(bureau: Bureau, fatima: Colleague) -> None:
    written = now() - timedelta(minutes=30)
    event = both(submitted_at=written)
    await held(bureau, fatima, event)

    new = await split_off(bureau, fatima, event)

    seen = (await fatima.look_at(new.ticket_id))["ticket"]
    source = (await fatima.look_at(event.ticket_id))["ticket"]
    assert datetime.fromisoformat(seen["submitted_at"]) == written
    assert seen["answer_by"] == source["answer_by"], "the same kind of work, asked at the same moment"
    row = await bureau.scalar(
        "SELECT holder_kind || ' ' || queue_id || ' ' || (began_at = :since) FROM stretch WHERE ticket_id = :id",
        id=new.ticket_id,
        since=written,
    )
    assert row == "queue front-office true"


async def test_nobody_promises_what_is_over(bureau: Bureau, fatima: Colleague) -> None:
    event = both(submitted_at=now() - timedelta(days=30))
    await held(bureau, fatima, event)
    new = await split_off(bureau, fatima, event)
    [routed] = [
        each
        for each in await bureau.events("ticket.routed")
        if isinstance(each, TicketRouted) and each.ticket_id == new.ticket_id
    ]
    assert routed.promise.answer_by > new.submitted_at


async def test_a_part_of_a_secret_is_secret(bureau: Bureau, sofie: Colleague) -> None:
    event = both(sensitivity=Sensitivity.CONFIDENTIAL)
    await held(bureau, sofie, event)
    new = await split_off(bureau, sofie, event)
    assert (await sofie.look_at(new.ticket_id))["ticket"]["sensitivity"] == "confidential"


async def test_a_part_goes_up_again_in_its_source_and_its_words_are_told_once(
    bureau: Bureau, fatima: Colleague
) -> None:
    event = both()
    ticket = await held(bureau, fatima, event)
    new = await split_off(bureau, fatima, event)
    await bureau.customer_writes(new.ticket_id, "En die van maart.")

    await fatima.act((await fatima.look_at(ticket["id"]))["ticket"], "merge", other=str(new.ticket_id))

    seen = await fatima.look_at(ticket["id"])
    assert [message["body"] for message in seen["messages"]] == [event.body, "En die van maart."]
    found = await family(fatima, ticket["id"])
    assert [each["id"] for each in found["merged"]] == [str(new.ticket_id)]
    assert found["split_off"] == []


@pytest.mark.parametrize("act", ["merge", "adopt"])
async def test_a_source_never_hangs_below_its_part(bureau: Bureau, fatima: Colleague, act: str) -> None:
    event = both()
    ticket = await held(bureau, fatima, event)
    new = await split_off(bureau, fatima, event)
    mine = await fatima.act((await fatima.look_at(new.ticket_id))["ticket"], "take")
    grandchild = await split_twice(bureau, fatima, new)

    for below in (mine, await fatima.act((await fatima.look_at(grandchild.ticket_id))["ticket"], "take")):
        current = (await fatima.look_at(below["id"]))["ticket"]
        refused = await fatima.try_to(current, act, other=ticket["id"])
        assert refused.status_code == 409, refused.text
        assert "split off" in refused.json()["detail"]


async def split_twice(bureau: Bureau, who: Colleague, new: TicketSubmitted) -> TicketSubmitted:
    """A part of the part."""
    ticket = (await who.look_at(new.ticket_id))["ticket"]
    await who.act(ticket, "split", **part(new, body="factuur van februari"))
    deeper = made_of((await asked(bureau))[-1], new)
    await bureau.accept(deeper)
    return deeper


async def test_where_a_part_came_from_stays_true_when_its_source_goes_up_in_another(
    bureau: Bureau, fatima: Colleague
) -> None:
    event, other = both(), wrote(subject="Nog een keer")
    await held(bureau, fatima, event)
    new = await split_off(bureau, fatima, event)
    stays = await held(bureau, fatima, other)

    await fatima.act(stays, "merge", other=str(event.ticket_id))

    assert [each["id"] for each in (await family(fatima, stays["id"]))["split_off"]] == [str(new.ticket_id)]
    assert (await family(fatima, new.ticket_id))["split_from"]["id"] == stays["id"]


async def test_a_part_that_arrives_after_its_source_went_up_is_tied_to_the_one_that_stays(
    bureau: Bureau, fatima: Colleague
) -> None:
    event, other = both(), wrote(subject="Nog een keer")
    await fatima.act(await held(bureau, fatima, event), "split", **part(event))
    stays = await held(bureau, fatima, other)
    await fatima.act(stays, "merge", other=str(event.ticket_id))

    new = made_of((await asked(bureau))[0], event)
    await bureau.accept(new)

    assert (await family(fatima, new.ticket_id))["split_from"]["id"] == stays["id"]


async def test_a_split_that_nobody_here_asked_for_is_a_ticket_all_the_same(bureau: Bureau, fatima: Colleague) -> None:
    origin = SplitFrom(ticket_id=uuid4(), reference="L-7K3M9-QX2C5", split_id=uuid4(), said_at=now())
    [ticket_id] = await bureau.accept(submitted(customer=ANNA, split_from=origin))
    assert (await fatima.look_at(ticket_id))["ticket"]["state"] == "queued"
    assert (await family(fatima, ticket_id))["split_from"] is None


async def test_the_database_lets_nothing_be_split_off_itself(bureau: Bureau, fatima: Colleague) -> None:
    event = both()
    await fatima.act(await held(bureau, fatima, event), "split", **part(event))
    with pytest.raises(Exception, match="split_leads_elsewhere"):
        await _run(bureau, "UPDATE split SET new_ticket_id = ticket_id, copy_id = message_id")


async def _run(bureau: Bureau, sql: str) -> None:
    async with bureau.database.transaction() as session:
        await session.execute(text(sql))
