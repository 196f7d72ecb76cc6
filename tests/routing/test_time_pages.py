"""The pages about time: questions answered, calendars changed and brought back, promises and departments reported."""

import csv
import html
import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import text

from browsing import Desk, browser_of
from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.vocabulary import Language, Sensitivity

HISTORY = """
UPDATE internal_task SET asked_at = now() - interval '9 h', due_at = now() - interval '5 h';
UPDATE clock SET state = 'missed', stopped_at = now(), due_at = now() - interval '3 h', next_at = NULL,
    next_stage = NULL, started_at = now() - interval '9 h' WHERE state = 'running' AND kind = 'first_response';
INSERT INTO fired (clock_id, stage, epoch, due_at, fired_at, chance)
    SELECT clock_id, 'look', 1, now(), now(), 0.8 FROM clock WHERE state = 'missed';
INSERT INTO delay SELECT ticket_id, promised_at, clock_id, due_at, now() + interval '1 h', due_at - interval '1 h'
    FROM clock WHERE state = 'missed'
"""
EVERY = "SELECT count(*) FROM clock WHERE next_stage = 'recount'"


async def desk_of(bureau: Bureau, username: str) -> Desk:
    return Desk(await browser_of(bureau, username))


@pytest.fixture
async def lead(bureau: Bureau) -> Desk:
    return await desk_of(bureau, "lead")


async def ask(bureau: Bureau, fatima: Colleague) -> dict[str, Any]:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    return await fatima.act(ticket, "task", queue="back-office", question="Klopt dit tarief wel?")


async def test_a_question_is_answered_at_a_desk_and_the_ticket_comes_back_on_top(
    bureau: Bureau, fatima: Colleague
) -> None:
    waiting = await ask(bureau, fatima)
    await bureau.accept(submitted(is_urgent=True))
    await fatima.take_next()
    desk = await desk_of(bureau, "backoffice")

    page = await desk.open("/desk/questions")
    assert "Klopt dit tarief wel?" in page
    [address] = set(re.findall(r"/desk/questions/[0-9a-f-]{36}", page))
    page = await desk.open(address)
    assert "Fatima de Wit vraagt" in page
    assert "Mijn factuur klopt niet" in page
    page = await desk.send(address, body="Ja, dat klopt.")

    assert "Je antwoord is bij je collega." in page
    assert "Er staan geen vragen open" in page
    [first, _] = (await fatima.get("/api/work")).json()["tickets"]
    assert (first["id"], first["state"]) == (waiting["id"], "in_progress")
    assert "Ja, dat klopt." in await desk.open(address)
    page = await desk.send(address, body="Nog eens.")
    assert desk.page.status_code == 409


async def test_a_confidential_ticket_stays_closed_to_who_answers_without_clearance(
    bureau: Bureau, fatima: Colleague
) -> None:
    await bureau.accept(submitted(sensitivity=Sensitivity.CONFIDENTIAL))
    ticket = await fatima.take_next()
    await fatima.act(ticket, "task", queue="partner", question="Wat kost een kopie?")
    desk = await desk_of(bureau, "partner")
    [address] = set(re.findall(r"/desk/questions/[0-9a-f-]{36}", await desk.open("/desk/questions")))
    page = await desk.open(address)
    assert "Wat kost een kopie?" in page
    assert "Mijn factuur klopt niet" not in page
    assert "niet voor jouw ogen" in page


async def test_an_empty_answer_is_no_answer(bureau: Bureau, fatima: Colleague) -> None:
    await ask(bureau, fatima)
    desk = await desk_of(bureau, "backoffice")
    [address] = set(re.findall(r"/desk/questions/[0-9a-f-]{36}", await desk.open("/desk/questions")))
    await desk.open(address)
    page = await desk.send(address, body="  ")
    assert desk.page.status_code == 422
    assert "Schrijf eerst iets" in page


async def test_nobody_sees_questions_of_queues_they_do_not_work(bureau: Bureau, fatima: Colleague) -> None:
    await ask(bureau, fatima)
    desk = await desk_of(bureau, "partner")
    assert "Klopt dit tarief wel?" not in await desk.open("/desk/questions")
    task_id = await bureau.scalar("SELECT task_id FROM internal_task")
    await desk.open(f"/desk/questions/{task_id}")
    assert desk.page.status_code == 404


async def test_a_calendar_is_made_with_holidays_changed_and_brought_back(bureau: Bureau, lead: Desk) -> None:
    await lead.open("/admin/calendars/new")
    given = {"name": "Kantoor Zuid", "zone": "Europe/Brussels", "week": "ma-vr 9-12 13-17", "place": "BE VLG"}
    page = await lead.send("/admin/calendars/new", calendar_id="zuid", fill="yes", days="2026-12-24 9-12", **given)
    assert "Opgeslagen." in page
    assert "-07-11 Feest van de Vlaamse Gemeenschap" in html.unescape(page)
    assert "2026-12-24 9-12" in page

    page = await lead.send("/admin/calendars/zuid", days="", **given)
    assert "Feest van de Vlaamse" not in page
    page = await lead.send("/admin/calendars/zuid/restore", restores="1")
    assert "Feest van de Vlaamse" in page
    assert await bureau.scalar("SELECT max(version) FROM calendar WHERE calendar_id = 'zuid'") == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"zone": "Europe/Atlantis"}, "Er is geen tijdzone Europe/Atlantis"),
        ({"week": "ma 9-12 11-14"}, "Openingstijden moeten op elkaar volgen"),
        ({"week": "ma 9-9"}, "Openingstijden moeten op elkaar volgen"),
        ({"week": ""}, "nooit open"),
        ({"week": "altijd"}, "Dit zijn geen openingstijden: altijd"),
        ({"days": "2026-02-30 Carnaval"}, "Er is geen dag 2026-02-30"),
        ({"days": "2026-12-24\n2026-12-24"}, "2026-12-24 staat twee keer in de lijst"),
        ({"days": "2026-12-24 13-12"}, "Openingstijden moeten op elkaar volgen"),
        ({"days": "1026-12-24"}, "te ver weg"),
        ({"place": "XX"}, "Voor XX zijn geen feestdagen bekend"),
        ({"calendar_id": "Zuid!"}, "Een korte naam heeft alleen kleine letters"),
        ({"calendar_id": "always"}, "kan niet worden veranderd"),
    ],
)
async def test_what_is_wrong_with_a_calendar_is_said_and_what_was_typed_is_kept(
    bureau: Bureau, lead: Desk, changed: dict[str, str], said: str
) -> None:
    await lead.open("/admin/calendars/new")
    right = {"name": "Zuid", "calendar_id": "zuid", "zone": "Europe/Brussels", "week": "ma-vr 9-17", "place": ""}
    page = await lead.send("/admin/calendars/new", **(right | changed))
    assert lead.page.status_code == 422
    assert said in page
    assert 'value="Zuid"' in page
    assert await bureau.scalar("SELECT count(*) FROM calendar") == 0


async def test_two_people_do_not_overwrite_each_others_calendar(bureau: Bureau, lead: Desk, sofie: Colleague) -> None:
    await lead.open("/admin/calendars/new")
    given = {"name": "Zuid", "zone": "Europe/Brussels", "week": "ma-vr 9-17", "place": ""}
    await lead.send("/admin/calendars/new", calendar_id="zuid", **given)
    calendar = {"name": "Zuid", "week": "mo 9-17"}
    put = await sofie.client.put("/api/calendars/zuid", json={"seen": 1, "calendar": calendar}, headers=sofie.headers)
    assert put.status_code == 200, put.text
    page = await lead.send("/admin/calendars/zuid", **given)
    assert lead.page.status_code == 409
    assert "Iemand heeft deze kalender veranderd" in page
    [shown] = (await sofie.get("/api/calendars")).json()
    assert (shown["version"], shown["calendar"]["week"]) == (2, "mo 9-17")
    assert await bureau.scalar("SELECT count(*) FROM audit WHERE act = 'save_calendar'") == 2


async def test_a_changed_calendar_works_out_deadlines_again(bureau: Bureau, sofie: Colleague) -> None:
    await bureau.accept(submitted())
    before = await bureau.scalar("SELECT due_at FROM clock WHERE kind = 'resolution'")
    for seen, week in enumerate(("mo-fr 8-18", "mo-fr 8-9")):
        sent = {"seen": seen, "calendar": {"name": "Office", "week": week}}
        put = await sofie.client.put("/api/calendars/office", json=sent, headers=sofie.headers)
        assert put.status_code == 200, put.text
    assert await bureau.scalar(EVERY) == 2
    assert await bureau.clocks_run_until(now()) == 2

    after = await bureau.scalar("SELECT due_at FROM clock WHERE kind = 'resolution'")
    assert isinstance(before, datetime)
    assert isinstance(after, datetime)
    assert after > before + timedelta(days=10)
    assert await bureau.scalar("SELECT due_at FROM ticket") == await bureau.scalar("SELECT min(due_at) FROM clock")
    assert await bureau.scalar("SELECT max(epoch) FROM clock") == 2
    assert await bureau.scalar(EVERY) == 0


async def test_a_queue_works_by_the_calendar_it_is_given(bureau: Bureau, lead: Desk) -> None:
    [ticket_id] = await bureau.accept(submitted())
    await lead.open("/admin/calendars")
    page = await lead.send(
        "/admin/calendars/queues/front-office", calendar_id="always", warn_percent="60", breach_raises="yes"
    )
    assert "Opgeslagen." in page
    await bureau.clocks_run_until(now())
    assert await bureau.scalar("SELECT count(*) FROM clock WHERE calendar = 'always'") == 2
    due = await bureau.scalar("SELECT due_at FROM clock WHERE kind = 'first_response'")
    allowed = await bureau.scalar("SELECT started_at + allowed FROM clock WHERE kind = 'first_response'")
    assert due == allowed
    assert ticket_id


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"warn_percent": "100"}, "1 tot 99 procent"),
        ({"warn_percent": "x"}, "1 tot 99 procent"),
        ({"calendar_id": "mars"}, "Er is geen kalender mars"),
        ({"breach_moves_to": "front-office"}, "niet naar de wachtrij waar ze al staan"),
        ({"breach_moves_to": "nowhere"}, "nowhere"),
    ],
)
async def test_a_queue_cannot_keep_time_in_ways_there_are_not(
    bureau: Bureau, lead: Desk, changed: dict[str, str], said: str
) -> None:
    await lead.open("/admin/calendars")
    given = {"calendar_id": "office", "warn_percent": "75"} | changed
    page = await lead.send("/admin/calendars/queues/front-office", **given)
    assert lead.page.status_code == 422
    assert said in page
    assert await bureau.scalar("SELECT count(*) FROM queue_time") == 0


@pytest.mark.parametrize(
    "path", ["/admin/calendars", "/insight/promises", "/insight/departments", "/insight/promises.csv"]
)
async def test_these_pages_are_for_leads(bureau: Bureau, path: str) -> None:
    desk = await desk_of(bureau, "frontoffice")
    await desk.open(path)
    assert desk.page.status_code == 404


async def some_history(bureau: Bureau, fatima: Colleague) -> None:
    """One promise kept, one broken by a department that answered late, one late now."""
    await bureau.accept(submitted())
    await fatima.act(await fatima.take_next(), "resolve", outcome="solved", body="Gedaan.")
    await ask(bureau, fatima)
    async with bureau.database.engine.begin() as connection:
        for sql in HISTORY.split(";"):
            await connection.execute(text(sql))


async def test_promises_are_reported_as_counted_and_as_lived(
    bureau: Bureau, lead: Desk, fatima: Colleague, sofie: Colleague
) -> None:
    await some_history(bureau, fatima)
    told = (await sofie.get("/api/insight/promises")).json()
    found = {each["kind"]: each for each in told["attainment"]}
    first = found["first_response"]
    assert (first["kept"], first["broken"], first["attained"], first["is_attained"]) == (1, 1, 0.5, False)
    assert first["attained_as_lived"] == 0.5
    assert found["resolution"]["attained"] == 1.0
    [bucket] = told["calibration"]
    assert (bucket["forecasts"], bucket["broken"]) == (1, 1.0)
    assert told["new_dates"] == {"told": 1, "kept": 1, "broken": 0, "needless": 0}
    page = await lead.open("/insight/promises?days=7")
    assert "50 %" in html.unescape(page).replace("\xa0", " ").replace("50%", "50 %")
    await lead.open("/insight/promises.csv")
    rows = list(csv.DictReader(StringIO(lead.page.content.decode("utf-8-sig"))))
    assert {(row["queue"], row["kind"], row["kept"], row["broken"]) for row in rows} == {
        ("front-office", "first_response", "1", "1"),
        ("front-office", "resolution", "1", "0"),
    }


async def test_a_department_that_answers_late_answers_for_the_promise(
    bureau: Bureau, lead: Desk, fatima: Colleague, sofie: Colleague
) -> None:
    await some_history(bureau, fatima)
    [back] = (await sofie.get("/api/insight/departments")).json()
    assert (back["queue"], back["asked"], back["answered"], back["late"], back["breaches_caused"]) == (
        "back-office",
        1,
        0,
        1,
        1,
    )
    page = await lead.open("/insight/departments")
    assert "Backoffice" in page
    await lead.open("/insight/departments.csv")
    assert "back-office,1,0,1," in lead.page.text


async def test_a_lead_sees_broken_promises_until_somebody_has_seen_them(bureau: Bureau, lead: Desk) -> None:
    await bureau.accept(submitted())
    await bureau.clocks_run_until(now() + timedelta(days=2))
    page = await lead.open("/insight/promises")
    assert "Eén ticket vraagt aandacht" in page
    [alerts] = re.findall(r'name="alerts" value="([^"]*)"', page)
    page = await lead.send("/insight/promises/seen", alerts=alerts)
    assert "vraagt aandacht" not in page
    assert await bureau.scalar("SELECT count(*) FROM lead_alert WHERE seen_by IS NULL") == 0
    assert await bureau.scalar("SELECT max(seen_by) FROM lead_alert") == "Sofie Janssens"


@pytest.mark.parametrize("language", Language)
async def test_a_tickets_time_is_explained_beside_it(bureau: Bureau, fatima: Colleague, language: Language) -> None:
    ticket = await ask(bureau, fatima)
    desk = await desk_of(bureau, "frontoffice")
    page = await desk.open(f"/desk/tickets/{ticket['id']}?lang={language}")
    where = {
        "nl": "Waar bleef de tijd?",
        "en": "Where did the time go?",
        "fr": "Où est passé le temps",
        "de": "Wo blieb",
    }
    assert where[language] in html.unescape(page)
    for path in ("/desk/questions",):
        await desk.open(f"{path}?lang={language}")
        assert desk.page.status_code == 200
