"""Incidents: declared over what is open, met by what comes later, closed with a word; each by leads alone."""

import asyncio
from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from browsing import Desk
from bureau import PASSWORD, Bureau, Colleague, Json, submitted
from common.events import Customer, IncidentClosed, IncidentDeclared, IncidentSpread, TicketRouted, TicketSubmitted
from common.vocabulary import Language, Topic
from routing.reaches import NoArea, Reach, areas_of

WORDS = {"nl": "Er is een waterstoring.", "en": "There is a water outage.", "fr": "Pas d’eau.", "de": "Kein Wasser."}
OVER = {"nl": "Het water is terug.", "en": "The water is back.", "fr": "L’eau est revenue.", "de": "Es läuft wieder."}


@pytest.mark.parametrize(
    ("reach", "covers"),
    [
        (Reach(), False),
        (Reach(topics=["outage"]), True),
        (Reach(topics=["billing"]), False),
        (Reach(queue_ids=["field"]), True),
        (Reach(topics=["outage"], queue_ids=["triage"]), False),
        (Reach(areas=["3511", "9000"]), True),
        (Reach(areas=["3511B"]), False),
        (Reach(topics=["outage"], areas=["35"]), True),
    ],
)
def test_an_incident_reaches_what_meets_all_that_is_given(reach: Reach, covers: bool) -> None:  # noqa: FBT001
    assert reach.covers("outage", "field", "3511 ab") is covers


def test_who_gave_no_postcode_is_in_no_area() -> None:
    assert not Reach(areas=["3511"]).covers("outage", "field", None)


def test_areas_are_compared_without_spaces_and_case() -> None:
    assert areas_of(["3512 a", " 3511", "", "3511"]) == ["3511", "3512A"]
    with pytest.raises(NoArea):
        areas_of(["35%"])


def about(topic: Topic = Topic.OUTAGE, person_id: UUID | None = None, postcode: str = "3511 AB") -> TicketSubmitted:
    """A ticket about this, from there."""
    event = submitted()
    judgement = event.judgement.model_copy(update={"topic": topic})
    customer = Customer(person_id=person_id or uuid4(), name="Anna", email="a@example.org", language=Language.NL)
    address = event.address.model_copy(update={"postcode": postcode}) if event.address else None
    return event.model_copy(update={"judgement": judgement, "customer": customer, "address": address})


def plan(**changed: object) -> Json:
    return {"title": "Waterstoring Dorpsstraat", "topics": ["outage"], "areas": ["3511"], "words": WORDS} | changed


async def declare(lead: Colleague, **changed: object) -> UUID:
    answer = await lead.post("/api/incidents", **plan(**changed))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def told(bureau: Bureau) -> list[IncidentSpread]:
    return [event for event in await bureau.events("incident.spread") if isinstance(event, IncidentSpread)]


async def test_an_incident_is_behind_every_open_ticket_it_reaches_and_each_is_told_of(
    bureau: Bureau, colleagues: dict[str, Colleague]
) -> None:
    meant, elsewhere, other = about(), about(postcode="9000"), about(Topic.BILLING)
    await bureau.accept(meant, elsewhere, other)

    incident_id = await declare(colleagues["lead"])

    [declared] = await bureau.events("incident.declared")
    assert isinstance(declared, IncidentDeclared)
    assert (declared.incident_id, declared.words, declared.per_minute) == (incident_id, WORDS, 600)
    [spread] = await told(bureau)
    assert [each.ticket_id for each in spread.tickets] == [meant.ticket_id]
    assert [each.person_id for each in spread.tickets] == [meant.customer.person_id]
    assert not spread.is_told


async def test_a_later_ticket_hears_of_it_in_its_acknowledgement(
    bureau: Bureau, colleagues: dict[str, Colleague]
) -> None:
    incident_id = await declare(colleagues["lead"])

    later, other = about(), about(Topic.BILLING)
    await bureau.accept(later, other)

    routed = {
        event.ticket_id: event for event in await bureau.events("ticket.routed") if isinstance(event, TicketRouted)
    }
    known = routed[later.ticket_id].incident
    assert known
    assert (known.incident_id, known.words) == (incident_id, WORDS)
    assert routed[other.ticket_id].incident is None
    [spread] = await told(bureau)
    assert spread.is_told
    assert [each.ticket_id for each in spread.tickets] == [later.ticket_id]


async def test_tickets_that_come_while_it_is_declared_are_met_once(
    bureau: Bureau, colleagues: dict[str, Colleague]
) -> None:
    tickets = [about() for _ in range(24)]
    batches = [tickets[n : n + 3] for n in range(0, 24, 3)]

    await asyncio.gather(
        *(bureau.accept(*batch) for batch in batches[:4]),
        declare(colleagues["lead"]),
        *(bureau.accept(*batch) for batch in batches[4:]),
    )

    met = [each.ticket_id for spread in await told(bureau) for each in spread.tickets]
    assert sorted(met) == sorted(ticket.ticket_id for ticket in tickets)


async def test_whoever_works_on_a_ticket_sees_what_is_behind_it(
    bureau: Bureau, colleagues: dict[str, Colleague]
) -> None:
    await declare(colleagues["lead"])
    [ticket_id] = await bureau.accept(about())
    desk = Desk(bureau.browser())
    await desk.browser.post("/login", data={"username": "frontoffice", "password": PASSWORD})

    page = await desk.open(f"/desk/tickets/{ticket_id}?lang=en")

    assert "Waterstoring Dorpsstraat" in page


async def test_what_is_over_reaches_nobody_any_more(bureau: Bureau, colleagues: dict[str, Colleague]) -> None:
    lead = colleagues["lead"]
    incident_id = await declare(lead)

    assert (await lead.post(f"/api/incidents/{incident_id}/close", words=OVER)).status_code == 204
    await bureau.accept(about())

    [closed] = await bureau.events("incident.closed")
    assert isinstance(closed, IncidentClosed)
    assert (closed.incident_id, closed.words) == (incident_id, OVER)
    assert await told(bureau) == []
    again = await lead.post(f"/api/incidents/{incident_id}/close", words=OVER)
    assert again.status_code == 409


async def test_tickets_can_be_named_instead_and_added_later_once(
    bureau: Bureau, colleagues: dict[str, Colleague]
) -> None:
    lead, first, second = colleagues["lead"], about(), about(Topic.BILLING)
    await bureau.accept(first, second)
    incident_id = await declare(lead, topics=[], areas=[], references=[first.reference.lower()])

    answers = [
        await lead.post(f"/api/incidents/{incident_id}/tickets", references=[first.reference, second.reference])
        for _ in range(2)
    ]

    assert [answer.json() for answer in answers] == [{"tickets": 1}, {"tickets": 0}]
    met = [each.ticket_id for spread in await told(bureau) for each in spread.tickets]
    assert met == [first.ticket_id, second.ticket_id]


async def test_every_change_is_audited_with_who_made_it(bureau: Bureau, colleagues: dict[str, Colleague]) -> None:
    lead, ticket = colleagues["lead"], about()
    await bureau.accept(ticket)
    incident_id = await declare(lead)
    await lead.post(f"/api/incidents/{incident_id}/close", words=OVER)

    async with bureau.database.reading() as session:
        rows = await session.execute(
            text("SELECT act, actor_id IS NOT NULL, cause, after FROM audit WHERE about = :about ORDER BY audit_id"),
            {"about": f"incident/{incident_id}"},
        )
    assert [tuple(row) for row in rows] == [
        ("declare_incident", True, "Waterstoring Dorpsstraat", {"tickets": 1}),
        ("close_incident", True, "Waterstoring Dorpsstraat", {}),
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"topics": [], "areas": []}, "Say where it is felt"),
        ({"words": {"nl": "x"}}, "all four languages"),
        ({"areas": ["35%"]}, "is no beginning of a postcode"),
        ({"queues": ["nowhere"]}, "There is no queue nowhere"),
        ({"references": ["L000"]}, "There is no ticket L000"),
        ({"title": " "}, "title"),
        ({"per_minute": 0}, "pace between 1 and"),
    ],
)
async def test_what_cannot_be_declared_is_refused_with_a_sentence(
    bureau: Bureau, colleagues: dict[str, Colleague], changed: Mapping[str, object], sentence: str
) -> None:
    answer = await colleagues["lead"].post("/api/incidents", **plan(**changed))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert await bureau.events("incident.declared") == []


@pytest.mark.parametrize("role", ["frontoffice", "technician", "partner"])
@pytest.mark.usefixtures("bureau")
async def test_only_leads_declare_see_and_close(colleagues: dict[str, Colleague], role: str) -> None:
    who, incident_id = colleagues[role], await declare(colleagues["lead"])

    answers = [
        await who.get("/api/incidents"),
        await who.post("/api/incidents", **plan()),
        await who.post("/api/incidents/extent", **plan()),
        await who.post(f"/api/incidents/{incident_id}/close", words=OVER),
        await who.post(f"/api/incidents/{incident_id}/tickets", references=[]),
    ]

    assert {answer.status_code for answer in answers} == {403}


async def test_the_extent_counts_tickets_and_people_and_tells_nobody(
    bureau: Bureau, colleagues: dict[str, Colleague]
) -> None:
    person = uuid4()
    await bureau.accept(about(person_id=person), about(person_id=person), about())

    answer = await colleagues["lead"].post("/api/incidents/extent", **plan())

    assert answer.json() == {"tickets": 3, "people": 2}
    assert await bureau.events("incident.declared") == []
    await declare(colleagues["lead"])
    [seen] = (await colleagues["lead"].get("/api/incidents")).json()
    assert (seen["tickets"], seen["people"], seen["closed_at"]) == (3, 2, None)


FORM = {
    "title": "Waterstoring",
    "topic": "outage",
    "areas": "3511, 3512 A",
    **{f"words_{language}": said for language, said in WORDS.items()},
}


async def test_a_lead_looks_first_then_declares_and_closes_on_the_page(bureau: Bureau) -> None:
    ticket = about()
    await bureau.accept(ticket)
    desk = Desk(bureau.browser())
    await desk.browser.post("/login", data={"username": "lead", "password": PASSWORD})
    await desk.open("/admin/incidents?lang=en")

    looked = await desk.send("/admin/incidents/preview", **FORM)
    assert "1 open ticket, 1 person is told" in looked
    assert "There is a water outage." in looked
    assert await bureau.events("incident.declared") == []
    page = await desk.send("/admin/incidents", **FORM)
    assert "Declared. The first ones are told now." in page
    assert "postcodes 3511, 3512A" in page
    [declared] = await bureau.events("incident.declared")
    assert isinstance(declared, IncidentDeclared)
    over = {f"words_{language}": said for language, said in OVER.items()}
    refused = await desk.send(f"/admin/incidents/{declared.incident_id}/close", words_nl="Voorbij.")
    assert "all four languages" in refused
    page = await desk.send(f"/admin/incidents/{declared.incident_id}/close", **over)
    assert "Over. Everybody it concerned is told." in page
