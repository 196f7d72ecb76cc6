"""The front office as a measured filter, told through what people do."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bureau import PASSWORD, Bureau, Colleague, Json, submitted
from common.clock import now
from common.events import FeedbackGiven
from common.vocabulary import HandlingClass, TaskType, Topic
from routing import projections
from routing.calendars import office
from routing.filtering import BACK_WITHIN, Cell, Dimension, added_up, came_straight_back, total
from routing.sheets import sheet

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # 10:00 in Amsterdam


async def figures(who: Colleague) -> dict[tuple[str | None, str], Json]:
    answer = await who.get("/api/insight/filter")
    assert answer.status_code == 200, answer.text
    return {(cell["topic"], cell["team"]): cell for cell in answer.json()}


async def settle(bureau: Bureau, who: Colleague) -> Json:
    """A ticket that the front office settled itself."""
    await bureau.accept(submitted())
    return await who.act(await who.take_next(), "resolve", outcome="solved")


async def feedback(bureau: Bureau, ticket: Json, score: int) -> None:
    event = FeedbackGiven(ticket_id=UUID(ticket["id"]), score=score, is_solved=None, given_at=now())
    async with bureau.database.transaction() as session:
        await projections.keep_feedback(session, event, now())


async def test_an_escalation_that_comes_straight_back_was_wrong(
    bureau: Bureau, fatima: Colleague, annelies: Colleague, sofie: Colleague
) -> None:
    await bureau.accept(submitted(), submitted())
    for _ in range(2):
        await fatima.act(await fatima.take_next(), "escalate", reason="It needs more knowledge")
    await annelies.act(await annelies.take_next(), "return", reason="It is routine")

    cell = (await figures(sofie))["billing", "front-office"]

    assert (cell["escalated"], cell["wrongly_escalated"], cell["kept"]) == (2, 1, 0)


async def test_what_is_settled_and_comes_back_was_wrongly_kept(
    bureau: Bureau, fatima: Colleague, sofie: Colleague
) -> None:
    fine, again, bad = [await settle(bureau, fatima) for _ in range(3)]
    await bureau.customer_writes(again["id"])
    await feedback(bureau, bad, 1)
    await feedback(bureau, fine, 5)

    cell = (await figures(sofie))["billing", "front-office"]

    assert (cell["kept"], cell["wrongly_kept"], cell["escalated"]) == (3, 2, 0)


async def test_a_complaint_of_the_same_person_afterwards_counts_against_it(
    bureau: Bureau, fatima: Colleague, sofie: Colleague
) -> None:
    event = submitted()
    await bureau.accept(event)
    await fatima.act(await fatima.take_next(), "resolve", outcome="solved")
    judged = event.judgement.model_copy(update={"task_type": TaskType.COMPLAINT, "topic": Topic.COMPLAINT_SERVICE})
    await bureau.accept(submitted(customer=event.customer, judgement=judged))

    assert (await figures(sofie))["billing", "front-office"]["wrongly_kept"] == 1


async def test_what_the_back_office_settles_is_not_the_front_office_s(
    bureau: Bureau, annelies: Colleague, sofie: Colleague
) -> None:
    await bureau.accept(submitted(HandlingClass.SPECIALIST))
    await annelies.act(await annelies.take_next(), "resolve", outcome="solved")
    assert await figures(sofie) == {}


@pytest.mark.parametrize(
    ("back_after", "is_wrong"),
    [
        (timedelta(hours=8), True),  # 18:00, closing time: eight hours to the minute
        (timedelta(hours=20), True),  # in the night, when no time counts
        (timedelta(hours=22, minutes=1), False),
        (timedelta(days=3), False),
    ],
)
def test_eight_working_hours_are_counted_in_the_working_hours_of_who_returns(
    back_after: timedelta,
    is_wrong: bool,  # noqa: FBT001
) -> None:
    assert timedelta(hours=8) == BACK_WITHIN
    assert came_straight_back(office(), MONDAY, MONDAY + back_after) is is_wrong


def test_cells_are_added_up_by_each_dimension() -> None:
    cells = [
        Cell(Topic.BILLING, "front-office", None, 6, 3, 2, 1),
        Cell(Topic.BILLING, "partner", "Contactpunt", 4, 0, 0, 0),
        Cell(None, "front-office", None, 0, 0, 2, 2),
    ]
    assert [(each.name, each.kept, each.escalated) for each in added_up(cells, Dimension.TOPIC)] == [
        ("billing", 10, 2),
        ("", 0, 2),
    ]
    assert {each.name for each in added_up(cells, Dimension.PARTNER)} == {"", "Contactpunt"}
    whole = total(cells)
    assert (whole.settled, whole.kept_in_error, whole.escalated_in_error) == (10 / 14, 0.3, 0.75)
    assert total([]).settled is None


async def test_the_figures_are_a_page_and_a_file_for_leads(
    bureau: Bureau, fatima: Colleague, annelies: Colleague
) -> None:
    await settle(bureau, fatima)
    browser = bureau.browser()
    await browser.post("/login", data={"username": "lead", "password": PASSWORD})

    page = (await browser.get("/insight/filter?days=7")).text
    file = await browser.get("/insight/filter.csv?days=7")

    assert "De frontoffice als filter" in page
    assert "1 van de 1 tickets" in page
    rows = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["topic"], row["kept"], row["wrongly_kept"]) for row in rows] == [("billing", "1", "0")]
    assert (await annelies.get("/api/insight/filter")).status_code == 403
    other = bureau.browser()
    await other.post("/login", data={"username": "backoffice", "password": PASSWORD})
    assert (await other.get("/insight/filter")).status_code == 403


async def test_a_partner_s_work_is_listed_for_its_bill(bureau: Bureau, sofie: Colleague, pieter: Colleague) -> None:
    [ticket_id] = await bureau.accept(submitted())
    await sofie.act((await sofie.look_at(ticket_id))["ticket"], "transfer", queue="partner")
    ticket = await pieter.act(await pieter.take_next(), "reply", body="We zoeken het uit.")
    await pieter.act(ticket, "resolve", outcome="solved")

    [line] = (await sofie.get("/api/queues/partner/handled")).json()
    file = await pieter.get("/api/queues/partner/handled", format="csv")

    assert (line["reference"], line["agent"], line["outcome"]) == (ticket["reference"], "partner", "resolve")
    assert (line["partner"], line["replies"], line["is_in_time"]) == ("Contactpunt", 1, True)
    assert line["minutes"] >= 0
    assert file.headers["content-disposition"] == 'attachment; filename="handled-partner.csv"'
    assert ticket["reference"] in file.text
    assert "Jansen" not in file.text


async def test_what_a_queue_handled_is_not_for_everybody(
    bureau: Bureau,  # noqa: ARG001
    fatima: Colleague,
    pieter: Colleague,
    sofie: Colleague,
) -> None:
    assert (await fatima.get("/api/queues/partner/handled")).status_code == 403
    assert (await pieter.get("/api/queues/front-office/handled")).status_code == 404
    assert (await sofie.get("/api/queues/attic/handled")).status_code == 404
    turned = {"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}
    assert (await sofie.get("/api/queues/partner/handled", **turned)).status_code == 422
    assert (await sofie.get("/api/insight/filter", since="2026-03-02")).status_code == 422


def test_no_cell_of_a_file_is_taken_for_a_formula() -> None:
    rows = [['=cmd|"/c calc"', "+31 6", "-2", "@SUM(A1)", "\ttab", 'plain "quoted", text', -3, None, True]]
    [line] = list(csv.reader(StringIO(sheet(["a"] * 9, rows).decode("utf-8-sig"))))[1:]
    assert line == ['\'=cmd|"/c calc"', "'+31 6", "'-2", "'@SUM(A1)", "'\ttab", 'plain "quoted", text', "-3", "", "yes"]


async def confidential(bureau: Bureau, sofie: Colleague) -> str:
    """A confidential ticket in the partner's queue."""
    event = submitted(sensitivity="confidential", subject="Schuld bij de bakker", body="Ik kan niet betalen.")
    [ticket_id] = await bureau.accept(event)
    await sofie.act((await sofie.look_at(ticket_id))["ticket"], "transfer", queue="partner")
    return str(ticket_id)


SECRETS = ("Schuld", "Jansen", "anna@example.org", "betalen", "3511", "Utrecht")


async def test_a_partner_knows_of_a_confidential_ticket_and_not_what_it_says(
    bureau: Bureau, sofie: Colleague, pieter: Colleague
) -> None:
    ticket_id = await confidential(bureau, sofie)

    seen = await pieter.get(f"/api/work/{ticket_id}")
    listed = await pieter.get("/api/queues/partner/tickets")
    found = await pieter.get("/api/work", q="Schuld")
    browser = bureau.browser()
    await browser.post("/login", data={"username": "partner", "password": PASSWORD})
    pages = [await browser.get(path) for path in (f"/desk/tickets/{ticket_id}?queue=partner", "/desk/queues/partner")]

    assert (seen.status_code, listed.json()["tickets"][0]["id"], found.json()["tickets"]) == (200, ticket_id, [])
    assert (seen.json()["acts"], seen.json()["messages"]) == (["open"], [])
    assert seen.json()["ticket"]["topic"] == "billing"
    for shown in (seen, listed, *pages):
        assert shown.status_code == 200
        assert not [secret for secret in SECRETS if secret in shown.text]
    assert (await pieter.post("/api/work/next", queues=None)).status_code == 204
    for act, body in (("take", {}), ("note", {"body": "x"}), ("transfer", {"queue": "partner"})):
        assert (await pieter.try_to(seen.json()["ticket"], act, **body)).status_code == 404
    assert (await pieter.get("/api/queues")).json()[0]["waiting"] == 1


async def test_the_glass_is_broken_for_a_reason_that_is_kept(
    bureau: Bureau, sofie: Colleague, pieter: Colleague
) -> None:
    ticket_id = await confidential(bureau, sofie)
    assert (await pieter.post(f"/api/work/{ticket_id}/open", reason="because")).status_code == 422
    assert (await pieter.post(f"/api/work/{ticket_id}/open")).status_code == 422

    opened = await pieter.post(f"/api/work/{ticket_id}/open", reason="The customer is on the phone")

    assert opened.status_code == 200, opened.text
    assert opened.json()["messages"][0]["body"] == "Ik kan niet betalen."
    again = await pieter.post(f"/api/work/{ticket_id}/open", reason="The customer is on the phone")
    assert again.status_code == 409
    ticket = await pieter.act(opened.json()["ticket"], "take")
    await pieter.act(ticket, "reply", body="We regelen iets.")
    history = (await sofie.look_at(ticket_id))["history"]
    assert [(each["actor_name"], each["cause"]) for each in history if each["act"] == "open_text"] == [
        ("Pieter Mol", "The customer is on the phone")
    ]
    browser = bureau.browser()
    await browser.post("/login", data={"username": "lead", "password": PASSWORD})
    assert "The customer is on the phone" in (await browser.get("/insight/filter")).text


async def test_the_glass_closes_again_unless_the_ticket_is_in_hand(
    bureau: Bureau, sofie: Colleague, pieter: Colleague
) -> None:
    ticket_id = await confidential(bureau, sofie)
    opened = await pieter.post(f"/api/work/{ticket_id}/open", reason="The customer is on the phone")
    ticket = await pieter.act(opened.json()["ticket"], "take")
    async with bureau.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE opened_text SET opened_at = now() - interval '9 h', until = now() - interval '1 h'")
        )

    assert (await pieter.look_at(ticket_id))["messages"]
    await pieter.act(ticket, "release")
    assert (await pieter.look_at(ticket_id))["acts"] == ["open"]


async def test_only_what_is_masked_can_be_opened(
    bureau: Bureau, fatima: Colleague, bram: Colleague, pieter: Colleague, sofie: Colleague
) -> None:
    ticket_id = await confidential(bureau, sofie)
    [plain] = await bureau.accept(submitted())
    reason = "I would like to know"
    assert (await fatima.post(f"/api/work/{ticket_id}/open", reason=reason)).status_code == 409
    assert (await bram.post(f"/api/work/{ticket_id}/open", reason=reason)).status_code == 404
    assert (await pieter.post(f"/api/work/{plain}/open", reason=reason)).status_code == 404
    assert (await pieter.post(f"/api/work/{uuid4()}/open", reason=reason)).status_code == 404


async def test_a_partner_opens_a_text_in_the_browser(bureau: Bureau, sofie: Colleague) -> None:
    ticket_id = await confidential(bureau, sofie)
    browser = bureau.browser()
    await browser.post("/login", data={"username": "partner", "password": PASSWORD})
    page = await browser.get(f"/desk/tickets/{ticket_id}")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]

    short = await browser.post(f"/desk/tickets/{ticket_id}/open", data={"csrf_token": token, "reason": "zomaar"})
    assert short.status_code == 422
    assert "zomaar" in short.text
    opened = await browser.post(
        f"/desk/tickets/{ticket_id}/open",
        data={"csrf_token": token, "reason": "De klant hangt aan de lijn"},
        follow_redirects=True,
    )
    assert "Ik kan niet betalen." in opened.text
