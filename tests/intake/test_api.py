"""The public API: a ticket in, its story out, and the same thing sent twice is one thing."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from common.events import MessageReceived, Promise, ReplySent, TicketResolved, TicketRouted, TicketSubmitted
from common.vocabulary import HandlingClass, Language, Tier
from front_desk import ANNA, Loket, bearer


async def test_a_ticket_is_stored_told_to_the_others_and_answered_with_its_link(loket: Loket) -> None:
    answer = await loket.bring(phone="06 12345678", address={"postcode": "3511 AB", "house_number": "12"})

    assert answer["class"] == "technical"
    assert answer["language"] == "nl"
    assert answer["status_url"].startswith(f"http://127.0.0.1:8080/t/{answer['reference']}?key=")
    [event] = await loket.emitted()
    assert isinstance(event, TicketSubmitted)
    assert event.ticket_id == UUID(answer["id"])
    assert event.reference == answer["reference"]
    assert event.customer.email == "anna@example.org"
    assert event.customer.phone == "06 12345678"
    assert event.address
    assert event.address.postcode == "3511 AB"
    assert event.judgement.handling_class is HandlingClass.TECHNICAL
    assert event.subject == "Er druppelt water door het plafond van de keuken en het wordt erger"


async def test_the_language_asked_for_counts_more_than_the_one_written_in(loket: Loket) -> None:
    assert (await loket.bring(language="fr"))["language"] == "fr"
    [event] = await loket.emitted()
    assert isinstance(event, TicketSubmitted)
    assert event.customer.language is Language.FR
    assert event.judgement.language is Language.NL


async def test_twenty_posts_with_one_key_at_once_make_one_ticket(loket: Loket) -> None:
    posts = [loket.program.post("/api/tickets", json=ANNA, headers={"Idempotency-Key": "one"}) for _ in range(20)]
    answers = await asyncio.gather(*posts)

    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert len({answer.text for answer in answers}) == 1
    assert await loket.count("ticket") == 1
    assert len(await loket.emitted()) == 1


async def test_two_processes_that_race_with_one_key_make_one_ticket(loket: Loket) -> None:
    other = httpx.AsyncClient(transport=httpx.ASGITransport(loket.another().app), base_url="http://127.0.0.1:8080")
    headers = {"Idempotency-Key": "race"}
    posts = [client.post("/api/tickets", json=ANNA, headers=headers) for client in (loket.program, other) * 8]
    answers = await asyncio.gather(*posts)
    await other.aclose()

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await loket.count("ticket") == 1


async def test_the_same_key_with_something_else_is_refused_and_changes_nothing(loket: Loket) -> None:
    headers = {"Idempotency-Key": "k"}
    await loket.program.post("/api/tickets", json=ANNA, headers=headers)
    other = await loket.program.post("/api/tickets", json=ANNA | {"body": "Iets anders"}, headers=headers)

    assert other.status_code == 422
    assert other.headers["content-type"] == "application/problem+json"
    assert "Idempotency-Key" in other.json()["detail"]
    assert await loket.count("ticket") == 1


async def test_without_a_key_two_equal_tickets_are_two(loket: Loket) -> None:
    first, second = await loket.bring(), await loket.bring()
    assert first["id"] != second["id"]
    assert await loket.count("person") == 1


async def test_people_are_known_again_by_their_address_and_what_is_known_stays(loket: Loket) -> None:
    await loket.bring()
    await loket.bring(email="ANNA@Example.org", name="Someone else")
    await loket.bring(email="bert@example.org", name="Bert")

    async with loket.database.reading() as session:
        names = (await session.scalars(text("SELECT name FROM person ORDER BY name"))).all()
    assert names == ["Anna Jansen", "Bert"]


async def test_the_promise_the_answer_and_the_solution_can_be_read_with_the_key(loket: Loket) -> None:
    ticket = await loket.bring()
    assert (await loket.status(ticket))["promise"] is None
    moment = datetime.now(UTC)
    ticket_id, message_id = UUID(ticket["id"]), uuid4()
    await loket.hear(
        routed(ticket_id, ticket["reference"], moment),
        ReplySent(ticket_id=ticket_id, message_id=message_id, agent_name="Piet", body="Ik kom eraan.", sent_at=moment),
        TicketResolved(
            ticket_id=ticket_id,
            outcome="Gemaakt",
            body="Ik kom eraan.",
            message_id=message_id,
            agent_name="Piet",
            resolved_at=moment,
        ),
    )

    status = await loket.status(ticket)
    assert status["state"] == "resolved"
    assert status["handled_by"] == "field"
    assert datetime.fromisoformat(status["promise"]["answer_by"]) == moment + timedelta(hours=2)
    assert [message["author"] for message in status["messages"]] == ["customer", "agent"]
    assert status["messages"][1]["body"] == "Ik kom eraan."


def routed(ticket_id: UUID, reference: str, at: datetime) -> TicketRouted:
    return TicketRouted(
        ticket_id=ticket_id,
        reference=reference,
        queue_id="field",
        tier=Tier.FIELD,
        handling_class=HandlingClass.TECHNICAL,
        priority=1,
        promise=Promise(answer_by=at + timedelta(hours=2), solve_by=at + timedelta(days=1)),
        cause="accepted",
        routed_at=at,
    )


async def test_a_message_is_added_once_however_often_it_is_sent(loket: Loket) -> None:
    ticket = await loket.bring()
    path, headers = f"/api/tickets/{ticket['reference']}/messages", bearer(ticket) | {"Idempotency-Key": "m"}
    answers = await asyncio.gather(
        *(loket.program.post(path, json={"body": "Het wordt erger."}, headers=headers) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    told = [event for event in await loket.emitted() if isinstance(event, MessageReceived)]
    assert [event.body for event in told] == ["Het wordt erger."]
    other = await loket.program.post(path, json={"body": "Iets anders"}, headers=headers)
    assert other.status_code == 422


@pytest.mark.parametrize("path", ["", "/messages"])
async def test_strangers_get_the_same_answer_for_tickets_that_exist_and_that_do_not(loket: Loket, path: str) -> None:
    mine, other = await loket.bring(), await loket.bring()
    method = "POST" if path else "GET"

    def ask(reference: str, headers: dict[str, str]) -> object:
        return loket.program.request(method, f"/api/tickets/{reference}{path}", headers=headers, json={"body": "x"})

    async def seen(reference: str, headers: dict[str, str]) -> tuple[int, str]:
        answer: httpx.Response = await ask(reference, headers)  # type: ignore[misc]
        return answer.status_code, answer.json()["detail"]

    assert await seen(mine["reference"], {}) == await seen("L-7K3M9-QX2T", {})
    assert (await seen(mine["reference"], {}))[0] == 401
    wrong = [
        await seen(mine["reference"], bearer(other)),
        await seen("L-7K3M9-QX2T", bearer(mine)),
        await seen("nonsense", bearer(mine)),
        await seen(mine["reference"], {"Authorization": "Bearer x"}),
    ]
    assert wrong == [wrong[0]] * 4
    assert wrong[0][0] == 404


async def test_nothing_is_promised_when_nothing_can_be_stored(loket: Loket) -> None:
    away = loket.another(intake_database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(away.app), base_url="http://127.0.0.1:8080") as client:
        posted = await client.post("/api/tickets", json=ANNA)
    assert posted.status_code == 503
    assert posted.headers["retry-after"].isdigit()
    assert posted.headers["content-type"] == "application/problem+json"


async def test_a_ticket_carries_the_trace_of_the_request_that_brought_it(loket: Loket) -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("POST /api/tickets") as request:
        await loket.bring()

    async with loket.database.reading() as session:
        carried = str(await session.scalar(text("SELECT traceparent FROM outbox")))
    assert f"{request.get_span_context().trace_id:032x}" in carried
