"""What an agent splits off becomes a ticket with a reference of its own, once, whatever dies on the way."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from breaking import refusing
from common.clock import now
from common.errors import Unavailable
from common.events import SplitAsked, TicketSubmitted
from front_desk import ANNA, Loket, bearer
from intake import splitting
from intake.drafts import Draft, Judged
from intake.judging import Judge
from intake.splitter import Splitter

BILL = "Kunt u mij ook de factuur van februari nog een keer sturen?"
BOTH = f"{ANNA['body']}\n\n{BILL}"


class AwayJudge(Judge):
    """A judge that cannot be reached."""

    async def judge(self, drafts: Sequence[Draft]) -> list[Judged]:
        raise Unavailable("Not now; %(number)s wait.", number=len(drafts))


def splitter(loket: Loket) -> Splitter:
    found: Splitter = loket.service.app.state.splitter
    return found


async def message_of(loket: Loket, ticket_id: str) -> UUID:
    async with loket.database.reading() as session:
        found = await session.scalar(text("SELECT message_id FROM message WHERE ticket_id = :id"), {"id": ticket_id})
    return UUID(str(found))


async def asked(loket: Loket, ticket_id: str, **changed: object) -> SplitAsked:
    given: dict[str, object] = {
        "ticket_id": ticket_id,
        "split_id": uuid4(),
        "message_id": await message_of(loket, ticket_id),
        "subject": "Factuur van februari",
        "body": BILL,
        "said_at": now() - timedelta(hours=2),
        "is_sender_verified": True,
        "agent_name": "Fatima de Wit",
        "asked_at": now(),
    }
    return SplitAsked.model_validate(given | changed)


async def submitted(loket: Loket) -> list[TicketSubmitted]:
    return [event for event in await loket.emitted() if isinstance(event, TicketSubmitted) and event.split_from]


async def due_now(loket: Loket) -> None:
    """The lease of what was claimed is over."""
    async with loket.database.transaction() as session:
        await session.execute(text("UPDATE split SET due_at = now() WHERE due_at IS NOT NULL"))


async def test_a_part_becomes_a_ticket_of_the_same_customer_judged_by_itself(loket: Loket) -> None:
    source = await loket.bring(body=BOTH, customer_number="K-1042")
    split = await asked(loket, source["id"])
    await loket.hear(split)
    assert await submitted(loket) == [], "judging is no part of a batch of events"

    assert await splitter(loket).drain() == 1

    [told] = await submitted(loket)
    assert told.reference != source["reference"]
    assert (told.subject, told.body, told.is_sender_verified) == ("Factuur van februari", BILL, True)
    assert (told.customer.email, told.customer.customer_number) == (ANNA["email"], "K-1042")
    assert told.judgement.handling_class == "routine"
    assert told.split_from
    assert (str(told.split_from.ticket_id), told.split_from.reference) == (source["id"], source["reference"])
    assert (told.split_from.split_id, told.split_from.said_at) == (split.split_id, split.said_at)
    async with loket.database.reading() as session:
        kept = (await session.execute(text("SELECT subject, body, ticket_id FROM split"))).one()
        people = await session.scalar(text("SELECT count(*) FROM person"))
    assert tuple(kept) == (None, None, told.ticket_id), "the words stand in the ticket alone"
    assert people == 1


async def test_the_chosen_files_go_along_and_no_others(loket: Loket) -> None:
    files = [("attachments", ("foto.txt", b"een foto")), ("attachments", ("brief.txt", b"een brief"))]
    response = await loket.program.post("/api/tickets", data=ANNA | {"body": BOTH}, files=files)
    assert response.status_code == 201, response.text
    source = response.json()
    letter = next(f for f in (await loket.status(source))["messages"][0]["attachments"] if f["name"] == "brief.txt")
    stranger = (await loket.program.post("/api/tickets", data=ANNA, files=files[:1])).json()
    foreign = (await loket.status(stranger))["messages"][0]["attachments"][0]

    await loket.hear(await asked(loket, source["id"], attachment_ids=[letter["id"], foreign["id"]]))
    await splitter(loket).drain()

    [told] = await submitted(loket)
    assert [file.name for file in told.attachments] == ["brief.txt"]
    assert str(told.attachments[0].attachment_id) != letter["id"], "the same bytes, a file of the new ticket"


async def test_the_same_split_makes_one_ticket_however_often_it_is_asked_and_made(loket: Loket) -> None:
    source = await loket.bring(body=BOTH)
    split = await asked(loket, source["id"])
    await loket.hear(split)
    async with loket.database.transaction() as session:
        claimed = await splitting.claim(session, now())
    await loket.hear(split.model_copy(update={"agent_name": "Again"}))
    await due_now(loket)  # whoever claimed it took too long, and a second one does it too
    judged = await Judge().judge([each.draft for each in claimed])

    async def make() -> object:
        async with loket.database.transaction() as session:
            return await splitting.make(session, split.split_id, judged[0], now())

    made = await asyncio.gather(make(), splitter(loket).drain(), make())

    assert len(await submitted(loket)) == 1
    assert sum(each is not None for each in (made[0], made[2])) <= 1
    assert await loket.count("ticket") == 2


async def test_who_dies_between_the_claim_and_the_ticket_loses_nothing(loket: Loket) -> None:
    source = await loket.bring(body=BOTH)
    await loket.hear(await asked(loket, source["id"]))
    async with loket.database.transaction() as session:
        assert len(await splitting.claim(session, now())) == 1  # and then the process is killed

    assert await splitter(loket).drain() == 0, "somebody may still be at it"
    await due_now(loket)
    assert await splitter(loket).drain() == 1
    assert len(await submitted(loket)) == 1


async def test_a_judge_who_is_away_delays_a_split_and_never_loses_it(loket: Loket) -> None:
    source = await loket.bring(body=BOTH)
    await loket.hear(await asked(loket, source["id"]))
    away = Splitter(loket.database, AwayJudge())
    assert await away.once() == 1
    await due_now(loket)
    assert await away.once() == 1
    async with loket.database.reading() as session:
        tried, later = (
            await session.execute(text("SELECT attempts, due_at > now() + interval '40 seconds' FROM split"))
        ).one()
    assert (tried, later) == (2, True)

    await due_now(loket)
    assert await splitter(loket).drain() == 1


async def test_a_split_that_cannot_be_made_holds_up_no_other(loket: Loket) -> None:
    source = await loket.bring(body=BOTH)
    for body in (ANNA["body"], BILL):
        await loket.hear(await asked(loket, source["id"], body=body))

    async with refusing(loket.database, "message", f"NEW.body <> '{BILL}'"):
        assert await splitter(loket).once() == 2

    assert [event.body for event in await submitted(loket)] == [BILL]
    await due_now(loket)
    assert await splitter(loket).drain() == 1


async def test_both_pages_name_each_other_in_the_customers_language(loket: Loket) -> None:
    source = await loket.bring(body=BOTH)
    await loket.hear(await asked(loket, source["id"]))
    await splitter(loket).drain()
    [told] = await submitted(loket)

    page = (await loket.open(source)).text
    seal = loket.service.app.state.parts.seal
    url = seal.status_url(loket.service.app.state.parts.base_url, told.reference)
    new = (await loket.browser.get(url, follow_redirects=True)).text

    assert f"Een ervan behandelen wij apart, onder {told.reference}" in page
    assert f"Dit was een deel van uw bericht {source['reference']}" in new
    assert BILL in new
    assert (await loket.program.get(f"/api/tickets/{told.reference}", headers=bearer(source))).status_code in {401, 404}


@pytest.mark.parametrize("language", ["en", "fr", "de"])
async def test_the_pages_say_so_in_every_language(loket: Loket, language: str) -> None:
    source = await loket.bring(body=BOTH)
    await loket.hear(await asked(loket, source["id"]))
    await splitter(loket).drain()
    [told] = await submitted(loket)
    await loket.open(source)
    page = await loket.browser.get(f"/t/{source['reference']}?lang={language}")
    assert told.reference in page.text
    assert "Een ervan behandelen wij apart" not in page.text
