"""What agents do with tickets, through the staff API."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.events import (
    ReplySent,
    TicketAssigned,
    TicketClosed,
    TicketReclassified,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketRouted,
    TicketWaiting,
)
from common.vocabulary import HandlingClass, TicketState, Topic


@pytest.mark.parametrize(
    ("handling_class", "queue_id", "state"),
    [
        (HandlingClass.ROUTINE, "front-office", "queued"),
        (HandlingClass.SPECIALIST, "back-office", "queued"),
        (HandlingClass.TECHNICAL, "field", "queued"),
        (None, "triage", "needs_triage"),
    ],
)
async def test_a_ticket_goes_where_its_class_belongs(
    bureau: Bureau, sofie: Colleague, handling_class: HandlingClass | None, queue_id: str, state: str
) -> None:
    [ticket_id] = await bureau.accept(submitted(handling_class))

    seen = await sofie.look_at(ticket_id)
    assert (seen["ticket"]["queue"], seen["ticket"]["state"]) == (queue_id, state)
    assert seen["decision"]["queue"] == queue_id
    assert [clock["kind"] for clock in seen["clocks"]] == ["first_response", "resolution"]
    [routed] = await bureau.events()
    assert isinstance(routed, TicketRouted)
    assert (routed.queue_id, routed.cause) == (queue_id, "accepted")
    assert routed.promise.answer_by.isoformat() == _utc(seen["ticket"]["answer_by"])


def _utc(moment: str) -> str:
    return datetime.fromisoformat(moment).isoformat()


async def test_an_agent_takes_answers_and_resolves(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())

    ticket = await fatima.take_next()
    assert (ticket["state"], ticket["holder"]["name"]) == ("assigned", "Fatima de Wit")
    ticket = await fatima.act(ticket, "reply", body="Goedemiddag, u krijgt het terug.")
    assert ticket["state"] == "in_progress"
    ticket = await fatima.act(ticket, "note", body="Terugbetaling staat klaar.")
    ticket = await fatima.act(ticket, "resolve", outcome="solved", body="Het is overgemaakt.")
    assert (ticket["state"], ticket["holder"], ticket["version"]) == ("resolved", None, 5)

    seen = await fatima.look_at(ticket["id"])
    assert [(m["kind"], m["body"]) for m in seen["messages"]][1:] == [
        ("agent", "Goedemiddag, u krijgt het terug."),
        ("note", "Terugbetaling staat klaar."),
        ("agent", "Het is overgemaakt."),
    ]
    assert {clock["state"] for clock in seen["clocks"]} == {"met"}
    assert [type(event) for event in await bureau.events()] == [TicketRouted, TicketAssigned, ReplySent, TicketResolved]
    resolved = (await bureau.events())[-1]
    assert isinstance(resolved, TicketResolved)
    assert (resolved.body, str(resolved.message_id)) == ("Het is overgemaakt.", seen["messages"][-1]["id"])


async def test_each_act_is_written_down_with_who_and_why(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    await fatima.act(ticket, "escalate", reason="It needs more knowledge", note="Zie bijlage.")

    history = (await fatima.look_at(ticket["id"]))["history"]
    assert [(row["version"], row["act"], row["actor_name"]) for row in history] == [
        (1, "accept", "Loket"),
        (2, "take", "Fatima de Wit"),
        (3, "escalate", "Fatima de Wit"),
    ]
    assert history[2]["before"]["queue_id"] == "front-office"
    assert history[2]["after"]["queue_id"] == "back-office"
    assert history[2]["cause"] == "It needs more knowledge"


async def test_an_escalated_ticket_is_returned_with_a_reason_to_where_it_came_from(
    bureau: Bureau, fatima: Colleague, annelies: Colleague
) -> None:
    await bureau.accept(submitted(None))
    ticket = await fatima.take_next("triage")
    await fatima.act(ticket, "escalate", reason="It needs more knowledge")

    ticket = await annelies.take_next()
    ticket = await annelies.act(ticket, "return", reason="Information is missing", note="Vraag het klantnummer.")

    assert (ticket["queue"], ticket["state"]) == ("triage", "queued")
    routed = await bureau.events("ticket.routed")
    assert [e.cause for e in routed if isinstance(e, TicketRouted)] == ["accepted", "escalated", "returned"]
    seen = await fatima.look_at(ticket["id"])
    assert seen["messages"][-1]["body"] == "Vraag het klantnummer."
    assert (await fatima.take_next())["id"] == ticket["id"]


async def test_only_the_front_office_escalates_and_only_others_return(
    bureau: Bureau, fatima: Colleague, annelies: Colleague
) -> None:
    await bureau.accept(submitted(), submitted(HandlingClass.SPECIALIST))
    routine, special = await fatima.take_next(), await annelies.take_next()

    assert (await fatima.try_to(routine, "return", reason="x")).status_code == 409
    assert (await annelies.try_to(special, "escalate", reason="x")).status_code == 409


async def test_a_correction_sends_the_ticket_to_the_right_queue_in_the_same_act(
    bureau: Bureau, fatima: Colleague
) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()

    ticket = await fatima.act(ticket, "reclassify", **{"class": "technical"}, topic="repair", reason="Er lekt iets.")

    assert (ticket["queue"], ticket["state"], ticket["class"], ticket["holder"]) == (
        "field",
        "queued",
        "technical",
        None,
    )
    [corrected] = await bureau.events("ticket.reclassified")
    assert isinstance(corrected, TicketReclassified)
    assert (corrected.from_class, corrected.to_class) == (HandlingClass.ROUTINE, HandlingClass.TECHNICAL)
    assert (corrected.from_topic, corrected.to_topic) == (Topic.BILLING, Topic.REPAIR)
    assert isinstance((await bureau.events())[-1], TicketRouted)


async def test_a_correction_of_the_topic_alone_leaves_the_ticket_in_hand(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()

    ticket = await fatima.act(
        ticket, "reclassify", **{"class": "routine"}, topic="order", reason="Het is een bestelling."
    )

    assert (ticket["state"], ticket["topic"]) == ("in_progress", "order")
    assert ticket["holder"] is not None


async def test_a_customer_who_answers_wakes_the_ticket_for_who_held_it(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    ticket = await fatima.act(ticket, "wait", **{"for": "customer"})
    assert (ticket["state"], ticket["lease_until"]) == ("waiting_customer", None)
    assert {c["state"] for c in (await fatima.look_at(ticket["id"]))["clocks"]} == {"paused"}

    await bureau.customer_writes(ticket["id"])

    [mine] = (await fatima.get("/api/work")).json()["tickets"]
    assert (mine["id"], mine["state"]) == (ticket["id"], "in_progress")
    seen = await fatima.look_at(ticket["id"])
    assert {c["state"] for c in seen["clocks"]} == {"running"}
    types = [type(event) for event in await bureau.events()]
    assert types == [TicketRouted, TicketAssigned, TicketWaiting, TicketResumed]


async def test_words_of_the_customer_make_an_older_version_stale_and_the_refusal_says_so(
    bureau: Bureau, fatima: Colleague
) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    await bureau.customer_writes(ticket["id"])

    refused = await fatima.try_to(ticket, "reply", body="Antwoord")
    assert refused.status_code == 409
    assert "customer wrote again" in refused.json()["detail"]


async def test_a_customer_who_writes_after_it_was_resolved_reopens_it(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "resolve", outcome="solved")

    await bureau.customer_writes(ticket["id"], "Het is nog niet over.")

    ticket = await fatima.take_next()
    assert ticket["resolved_at"] is None
    assert [type(e) for e in await bureau.events()][-3:] == [TicketReopened, TicketRouted, TicketAssigned]
    running = [c["kind"] for c in (await fatima.look_at(ticket["id"]))["clocks"] if c["state"] == "running"]
    assert sorted(running) == ["next_response", "resolution"]


async def test_an_agent_reopens_what_was_resolved_too_soon(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "resolve", outcome="solved")

    ticket = await fatima.act(ticket, "reopen", reason="De klant belde.")

    assert (ticket["state"], ticket["queue"]) == ("reopened", "front-office")


async def test_a_question_to_another_department_comes_back_answered(
    bureau: Bureau, fatima: Colleague, annelies: Colleague
) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    ticket = await fatima.act(ticket, "task", queue="back-office", question="Mag ik dit kwijtschelden?")
    assert ticket["state"] == "waiting_internal"
    [task] = (await annelies.look_at(ticket["id"]))["tasks"]

    answered = await annelies.post(f"/api/work/{ticket['id']}/answer", task=task["id"], body="Ja, tot 50 euro.")

    assert answered.status_code == 200, answered.text
    [mine] = (await fatima.get("/api/work")).json()["tickets"]
    assert mine["state"] == "in_progress"
    again = await annelies.post(f"/api/work/{ticket['id']}/answer", task=task["id"], body="Toch niet.")
    assert again.status_code == 409


async def test_a_discarded_ticket_stays_discarded_and_keeps_its_words(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "void", reason="spam")

    await bureau.customer_writes(ticket["id"], "Koop nu!")

    seen = await fatima.look_at(ticket["id"])
    assert (seen["ticket"]["state"], len(seen["messages"]), seen["acts"]) == ("void", 2, [])
    [closed] = await bureau.events("ticket.closed")
    assert isinstance(closed, TicketClosed)
    assert closed.final_state is TicketState.VOID


async def test_a_released_ticket_waits_again_at_its_old_place(bureau: Bureau, fatima: Colleague) -> None:
    first, _ = await bureau.accept(submitted(submitted_at=now() - timedelta(days=1)), submitted())
    ticket = await fatima.take_next()
    assert UUID(ticket["id"]) == first

    await fatima.act(ticket, "release")

    assert UUID((await fatima.take_next())["id"]) == first
    assert any(isinstance(e, TicketReleased) and e.cause == "released" for e in await bureau.events())


async def test_whoever_else_holds_it_is_named(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()

    for act, body in (
        ("reply", {"body": "x"}),
        ("resolve", {"outcome": "x"}),
        ("release", {}),
        ("transfer", {"queue": "field"}),
        ("take", {}),
    ):
        refused = await joris.try_to(ticket, act, **body)
        assert refused.status_code == 423, act
        assert refused.json()["detail"] == "Fatima de Wit is working on this ticket."


async def test_whoever_changed_it_since_is_named(bureau: Bureau, fatima: Colleague, sofie: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    await sofie.act(ticket, "reclassify", **{"class": "routine"}, reason="Nagekeken.")

    refused = await fatima.try_to(ticket, "reply", body="x")

    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Sofie Janssens changed this ticket")


async def test_a_lead_moves_what_others_hold(bureau: Bureau, fatima: Colleague, sofie: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()

    moved = await sofie.act(ticket, "transfer", queue="partner")

    assert (moved["queue"], moved["holder"]) == ("partner", None)
    assert (await fatima.try_to(ticket, "reply", body="x")).status_code == 409


async def test_nobody_answers_a_ticket_they_did_not_take(bureau: Bureau, fatima: Colleague) -> None:
    [ticket_id] = await bureau.accept(submitted())
    ticket = (await fatima.look_at(ticket_id))["ticket"]

    refused = await fatima.try_to(ticket, "reply", body="x")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Nobody works on this ticket yet; take it first.")
    taken = await fatima.act(ticket, "take")
    await fatima.act(taken, "reply", body="x")


async def test_an_act_extends_the_lease_and_so_does_staying(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    replied = await fatima.act(ticket, "reply", body="x")
    kept = await fatima.post(f"/api/work/{ticket['id']}/keep")

    leases = [ticket["lease_until"], replied["lease_until"], kept.json()["lease_until"]]
    assert leases == sorted(set(leases))
    assert kept.json()["version"] == replied["version"]


async def test_a_refused_act_leaves_no_trace(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    before = (await fatima.look_at(ticket["id"]), len(await bureau.events()))

    refused = await fatima.try_to(ticket, "transfer", queue="attic")

    assert refused.status_code == 422
    assert (await fatima.look_at(ticket["id"]), len(await bureau.events())) == before


async def test_a_message_for_a_ticket_nobody_knows_is_an_error_and_not_silence(bureau: Bureau) -> None:
    with pytest.raises(Exception, match="There is no such ticket"):
        await bureau.customer_writes(uuid4())
