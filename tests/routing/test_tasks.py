"""Questions to other departments: due from what is left of the customer's promise, watched, and answered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bureau import Bureau, Colleague, submitted
from routing.calendars import ALWAYS
from routing.tasks import due_within

HOUR = timedelta(hours=1)
MORNING = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_left", "due_in_hours"),
    [
        (20, 10),  # half of what is left
        (3, 1.5),
        (1, 1),  # an hour at least
        (-5, 1),  # also when the promise is broken already
    ],
)
def test_the_deadline_comes_from_what_is_left_of_the_promise(hours_left: float, due_in_hours: float) -> None:
    assert due_within(ALWAYS, MORNING + hours_left * HOUR, MORNING) == MORNING + due_in_hours * HOUR


async def asked(bureau: Bureau, fatima: Colleague, *queues: str) -> dict[str, Any]:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    for queue in queues:
        ticket = await fatima.act(ticket, "task", queue=queue, question=f"Wat zegt {queue}?")
    return ticket


async def test_the_customers_clock_runs_on_beside_that_of_the_department(bureau: Bureau, fatima: Colleague) -> None:
    ticket = await asked(bureau, fatima, "back-office")
    assert ticket["state"] == "waiting_internal"
    clocks = (await fatima.look_at(ticket["id"]))["clocks"]
    assert {(each["kind"], each["state"]) for each in clocks} == {
        ("first_response", "running"),
        ("resolution", "running"),
        ("internal", "running"),
    }
    assert await bureau.scalar("SELECT queue_id FROM clock WHERE kind = 'internal'") == "back-office"
    assert await bureau.scalar("SELECT due_at < (SELECT solve_by FROM ticket) FROM internal_task") is True


async def test_a_department_that_is_late_has_its_lead_told(bureau: Bureau, fatima: Colleague) -> None:
    await asked(bureau, fatima, "back-office")
    due = await bureau.scalar("SELECT due_at FROM internal_task")
    assert isinstance(due, datetime)
    await bureau.clocks_run_until(due)
    late = "SELECT count(*) FROM lead_alert JOIN clock USING (clock_id) WHERE kind = 'internal'"
    assert await bureau.scalar(f"{late} AND lead_alert.queue_id = 'back-office' AND stage = 'breach'") == 1
    await bureau.clocks_run_until(due + 100 * HOUR)
    assert await bureau.scalar(late) == 1


async def test_an_answer_in_time_stops_the_departments_clock(
    bureau: Bureau, fatima: Colleague, annelies: Colleague
) -> None:
    ticket = await asked(bureau, fatima, "back-office")
    [task] = (await fatima.look_at(ticket["id"]))["tasks"]
    answered = await annelies.post(f"/api/work/{ticket['id']}/answer", task=task["id"], body="Ja.")
    assert answered.status_code == 200
    assert await bureau.scalar("SELECT state FROM clock WHERE kind = 'internal'") == "met"
    again = await annelies.post(f"/api/work/{ticket['id']}/answer", task=task["id"], body="Ja.")
    assert again.status_code == 409


async def test_a_ticket_waits_for_whoever_was_asked_first_and_then_for_the_next(
    bureau: Bureau, fatima: Colleague, annelies: Colleague, bram: Colleague
) -> None:
    ticket = await asked(bureau, fatima, "back-office", "field")
    assert await bureau.scalar("SELECT asked_queue_id FROM ticket") == "back-office"
    first, second = (await fatima.look_at(ticket["id"]))["tasks"]
    assert (await annelies.post(f"/api/work/{ticket['id']}/answer", task=first["id"], body="Ja.")).status_code == 200
    assert await bureau.scalar("SELECT asked_queue_id FROM ticket") == "field"
    assert (await fatima.look_at(ticket["id"]))["ticket"]["state"] == "waiting_internal"
    assert (await bram.post(f"/api/work/{ticket['id']}/answer", task=second["id"], body="Nee.")).status_code == 200
    assert (await fatima.look_at(ticket["id"]))["ticket"]["state"] == "in_progress"
    parts = (await fatima.get(f"/api/work/{ticket['id']}/time")).json()["parts"]
    assert {part["queue"] for part in parts if part["holder"] == "department"} == {"back-office", "field"}


async def test_nobody_answers_about_a_ticket_that_is_done(
    bureau: Bureau, fatima: Colleague, annelies: Colleague
) -> None:
    ticket = await asked(bureau, fatima, "back-office")
    [task] = (await fatima.look_at(ticket["id"]))["tasks"]
    await fatima.act(ticket, "resolve", outcome="solved")
    assert await bureau.scalar("SELECT state FROM clock WHERE kind = 'internal'") == "dropped"
    refused = await annelies.post(f"/api/work/{ticket['id']}/answer", task=task["id"], body="Te laat.")
    assert refused.status_code == 409
    assert "closed meanwhile" in refused.json()["detail"]
