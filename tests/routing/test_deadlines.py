"""Promises to customers as they are lived: counted, paused, moved, looked ahead at, broken, and told of in time."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from breaking import BUSY, refusing
from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.events import DelayExpected, TicketSubmitted
from common.vocabulary import HandlingClass
from routing import staff
from routing.firing import PUT_OFF, fire_clocks
from routing.stretches import stretches_of
from routing.tables import Clock, Fired, LeadAlert, QueueTime, Ticket
from routing.timetables import timetable

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=AMSTERDAM)


def monday(hours: float) -> datetime:
    """So many hours after nine on a Monday."""
    return MONDAY + hours * HOUR


async def there(bureau: Bureau, username: str) -> Colleague:
    """Somebody who is logged in at the moment to which the test travelled."""
    async with bureau.database.transaction() as session:
        agent = await staff.account(session, username)
        assert agent
        viewer = await staff.log_in(session, agent.agent_id, now())
    token = bureau.service.app.state.entrance.admitted(viewer).token
    return Colleague(bureau.client, viewer.name, {"authorization": f"Bearer {token}"})


async def clocks(bureau: Bureau, kind: str = "") -> list[Clock]:
    async with bureau.database.reading() as session:
        wanted = select(Clock).order_by(Clock.started_at, Clock.kind)
        return list(await session.scalars(wanted.where(Clock.kind == kind) if kind else wanted))


async def the_clock(bureau: Bureau, kind: str = "first_response") -> Clock:
    [found] = await clocks(bureau, kind)
    return found


async def fired(bureau: Bureau, kind: str = "first_response") -> list[str]:
    async with bureau.database.reading() as session:
        wanted = select(Fired.stage).join(Clock).where(Clock.kind == kind).order_by(Fired.fired_at, Fired.due_at)
        return list(await session.scalars(wanted))


async def keeps_time_so(bureau: Bureau, **manners: Any) -> None:  # noqa: ANN401 - columns of a row
    async with bureau.database.transaction() as session:
        session.add(QueueTime(**{"queue_id": "front-office", "calendar_id": "office", **manners}))


def at_nine() -> TicketSubmitted:
    return submitted(submitted_at=MONDAY)


async def test_a_promise_is_an_account_of_open_time(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine())
    clock = await the_clock(bureau)
    assert (clock.allowed, clock.spent, clock.due_at) == (4 * HOUR, timedelta(), monday(4))
    assert (clock.next_stage, clock.next_at) == ("look", monday(2))


async def test_nothing_breaks_while_the_customer_must_act(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False) as clock:
        [ticket_id] = await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        ticket = await fatima.take_next()
        clock.move_to(monday(1))
        await fatima.act(ticket, "wait", **{"for": "customer"})
        await bureau.clocks_run_until(monday(95))
        assert await fired(bureau) == []
        clock.move_to(monday(96))
        await bureau.customer_writes(ticket_id)
    found = await the_clock(bureau)
    assert (found.state, found.spent) == ("running", HOUR)
    assert found.due_at == monday(96 + 3)
    async with bureau.database.reading() as session:
        [lived] = (
            await stretches_of(session, [await session.get_one(Ticket, ticket_id)], await timetable(session))
        ).values()
    assert [each.holder.kind for each in lived] == ["agent", "customer", "agent"]


async def test_a_late_clock_that_is_paused_stays_late(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False) as clock:
        await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        ticket = await fatima.take_next()
        clock.move_to(monday(5))
        async with bureau.database.engine.begin() as connection:
            await connection.execute(text("UPDATE ticket SET lease_until = :then"), {"then": monday(9)})
        ticket = await fatima.act(ticket, "wait", **{"for": "customer"})
        await fatima.act(ticket, "resume")
    assert (await the_clock(bureau)).due_at == monday(4)


async def test_reopening_gives_a_new_promise_that_does_not_break_at_once(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False) as clock:
        await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        ticket = await fatima.act(await fatima.take_next(), "resolve", outcome="solved")
        clock.move_to(monday(24 * 7))
        fatima = await there(bureau, "frontoffice")
        await fatima.act(ticket, "reopen", reason="Toch niet.")
        assert await bureau.clocks_run_until(monday(24 * 7)) == 0
    again = await the_clock(bureau, "next_response")
    assert (again.started_at, again.due_at) == (monday(24 * 7), monday(24 * 7 + 4))


async def test_a_customer_who_writes_again_may_count_on_another_answer(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False) as clock:
        [ticket_id] = await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        ticket = await fatima.act(await fatima.take_next(), "reply", body="Dat is al rechtgezet.")
        clock.move_to(monday(1))
        await bureau.customer_writes(ticket_id)
        await bureau.customer_writes(ticket_id)
        following = await the_clock(bureau, "next_response")
        assert (following.started_at, following.due_at) == (monday(1), monday(5))
        clock.move_to(monday(2))
        ticket = (await fatima.look_at(ticket["id"]))["ticket"]
        await fatima.act(ticket, "reply", body="Nu echt.")
    assert (await the_clock(bureau, "next_response")).state == "met"


async def test_another_judgement_counts_from_the_same_beginning(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False) as clock:
        await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        ticket = await fatima.take_next()
        clock.move_to(monday(2))
        await fatima.act(ticket, "reclassify", **{"class": "specialist"}, reason="Er is meer aan de hand.")
    running = [each for each in await clocks(bureau) if each.state == "running"]
    assert {each.kind: (each.started_at, each.spent) for each in running} == {
        "first_response": (MONDAY, 2 * HOUR),
        "resolution": (MONDAY, 2 * HOUR),
    }
    assert {each.kind: each.due_at for each in running}["first_response"] == monday(24)


async def test_a_transfer_goes_on_in_the_other_queues_calendar(bureau: Bureau) -> None:
    await keeps_time_so(bureau, queue_id="back-office", calendar_id="always")
    with time_machine.travel(monday(0), tick=False) as clock:
        [ticket_id] = await bureau.accept(at_nine())
        clock.move_to(monday(8))
        sofie = await there(bureau, "lead")
        ticket = (await sofie.look_at(ticket_id))["ticket"]
        await sofie.act(ticket, "transfer", queue="back-office")
    solving = await the_clock(bureau, "resolution")
    assert (solving.spent, solving.calendar, solving.queue_id) == (8 * HOUR, "always", "back-office")
    assert solving.due_at == monday(8) + 12 * HOUR


async def test_each_stage_fires_once_whoever_looks(bureau: Bureau) -> None:
    await keeps_time_so(bureau, warn_tells=True)
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine())
    for hours in (1.9, 2, 2.5, 3, 3.5, 3.6, 3.9, 4, 4, 5):
        await bureau.clocks_run_until(monday(hours))
    assert await fired(bureau) == ["look", "warn", "last_look", "breach"]
    assert (await the_clock(bureau)).next_stage is None
    assert await bureau.scalar("SELECT count(*) FROM fired WHERE fired_at < due_at") == 0


async def test_after_downtime_a_broken_promise_is_no_warning_any_more(bureau: Bureau) -> None:
    await keeps_time_so(bureau, warn_tells=True)
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(*(at_nine() for _ in range(20)))
    done = [await fire_clocks(bureau.database, monday(5)) for _ in range(3)]
    assert done == [20, 0, 0]
    async with bureau.database.reading() as session:
        assert set(await session.scalars(select(LeadAlert.stage))) == {"breach"}
    assert await bureau.scalar("SELECT count(*) FROM fired WHERE stage = 'breach'") == 20


async def test_a_broken_promise_goes_first_and_the_lead_hears_of_it(bureau: Bureau, sofie: Colleague) -> None:
    with time_machine.travel(monday(0), tick=False):
        [ticket_id] = await bureau.accept(at_nine())
    await bureau.clocks_run_until(monday(4))
    seen = await sofie.look_at(ticket_id)
    assert seen["ticket"]["priority"] == 2
    raised = seen["history"][-1]
    assert (raised["act"], raised["cause"], raised["after"]) == ("raise", "the promise is broken", {"priority": 2})
    assert await bureau.scalar("SELECT queue_id FROM lead_alert") == "front-office"


async def test_who_holds_a_late_ticket_is_not_disturbed_in_their_act(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        ticket = await fatima.take_next()
        await bureau.clocks_run_until(monday(4))
        await fatima.act(ticket, "reply", body="Sorry voor het wachten.")
    assert await bureau.scalar("SELECT priority FROM ticket") == 3


async def test_a_late_ticket_can_move_to_another_queue(bureau: Bureau) -> None:
    await keeps_time_so(bureau, breach_moves_to="back-office")
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine())
    await bureau.clocks_run_until(monday(4))
    assert await bureau.scalar("SELECT queue_id FROM ticket") == "back-office"
    assert len(await bureau.events("ticket.routed")) == 2


async def test_an_account_that_cannot_be_made_does_not_hold_up_the_others(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine(), at_nine())
    async with bureau.database.transaction() as session:
        some = (await session.scalars(select(Clock.clock_id).where(Clock.kind == "first_response").limit(1))).one()
        await session.execute(update(Clock).where(Clock.clock_id == some).values(epoch=7))
        session.add(Fired(clock_id=some, stage="look", epoch=7, due_at=monday(0), fired_at=monday(0)))
    await fire_clocks(bureau.database, monday(2))
    assert await bureau.scalar("SELECT count(*) FROM fired WHERE epoch = 1") == 1
    assert await bureau.scalar("SELECT next_at FROM clock WHERE epoch = 7") == monday(2) + timedelta(minutes=1)


async def crowd(bureau: Bureau, number: int = 40) -> list[UUID]:
    """So many tickets before the last one, in a queue that takes three an hour as far as anybody knows."""
    with time_machine.travel(monday(0), tick=False):
        return await bureau.accept(*(at_nine() for _ in range(number)))


async def test_a_promise_that_will_break_is_told_once_with_a_new_date_in_time(bureau: Bureau) -> None:
    await crowd(bureau)
    for hours in (2, 3, 3.6, 4, 30):
        await bureau.clocks_run_until(monday(hours))
    told = [event for event in await bureau.events("delay.expected") if isinstance(event, DelayExpected)]
    assert len({event.ticket_id for event in told}) == len(told) == 40
    assert [event.told_at for event in told][::39] == [monday(2), monday(3.6)]  # who is further back hears it sooner
    for event in told:
        assert event.told_at < event.promised_by < event.expected_by
        local = event.expected_by.astimezone(AMSTERDAM)
        assert (local.minute, local.second) == (0, 0)
        assert time(8) < local.time() <= time(18)


async def test_the_database_holds_to_one_delay_a_promise_and_the_event_says_which(bureau: Bureau) -> None:
    await crowd(bureau)
    await bureau.clocks_run_until(monday(2))
    told = [event for event in await bureau.events("delay.expected") if isinstance(event, DelayExpected)]
    assert told
    for event in told:
        kept = await bureau.scalar("SELECT promised_at FROM delay WHERE ticket_id = :id", id=event.ticket_id)
        assert event.promised_at == kept
    again = text("INSERT INTO delay SELECT * FROM delay LIMIT 1")
    with pytest.raises(IntegrityError, match="delay_pkey"):
        async with bureau.database.transaction() as session:
            await session.execute(again)


async def test_two_timers_that_look_at_once_tell_of_a_delay_once(bureau: Bureau) -> None:
    await crowd(bureau)
    await asyncio.gather(*(bureau.clocks_run_until(monday(2)) for _ in range(4)))
    told = [(event.key, event) for event in await bureau.events("delay.expected")]
    assert len({key for key, _ in told}) == len(told) > 0


async def test_who_comes_first_hears_of_no_delay(bureau: Bureau) -> None:
    await crowd(bureau, 1)
    await bureau.clocks_run_until(monday(3))
    assert await bureau.events("delay.expected") == []
    assert await bureau.scalar("SELECT count(*) FROM fired WHERE chance < 0.6") == 2


async def test_a_tickets_time_adds_up_to_the_whole_whatever_happened(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False) as clock:
        [ticket_id] = await bureau.accept(at_nine())
        fatima = await there(bureau, "frontoffice")
        clock.move_to(monday(0.5))
        ticket = await fatima.take_next()
        clock.move_to(monday(0.75))
        ticket = await fatima.act(ticket, "task", queue="back-office", question="Klopt dit?")
        clock.move_to(monday(1.4))
        [task] = (await fatima.look_at(ticket_id))["tasks"]
        annelies = await there(bureau, "backoffice")
        answered = await annelies.post(f"/api/work/{ticket_id}/answer", task=task["id"], body="Ja.")
        assert answered.status_code == 200, answered.text
        clock.move_to(monday(1.5))
        ticket = (await fatima.look_at(ticket_id))["ticket"]
        await fatima.act(ticket, "wait", **{"for": "customer"})
        clock.move_to(monday(25))
        fatima = await there(bureau, "frontoffice")
        response = await fatima.get(f"/api/work/{ticket_id}/time")
    lived = response.json()
    assert sum(part["elapsed_seconds"] for part in lived["parts"]) == 25 * 3600
    assert {(part["holder"], part["queue"]): part["elapsed_seconds"] for part in lived["parts"]} == {
        ("queue", "front-office"): 1800,
        ("agent", "front-office"): 900 + 360,
        ("department", "back-office"): 0.65 * 3600,
        ("customer", "front-office"): 23.5 * 3600,
    }
    [answering] = [each for each in lived["clocks"] if each["kind"] == "first_response"]
    assert (answering["ran_seconds"], answering["paused_seconds"], answering["elapsed_seconds"]) == (5400, 84600, 90000)


@pytest.mark.parametrize("handling_class", [HandlingClass.ROUTINE, HandlingClass.SPECIALIST, None])
async def test_every_promise_has_its_clocks(bureau: Bureau, handling_class: HandlingClass | None) -> None:
    await bureau.accept(submitted(handling_class))
    assert {(each.kind, each.state) for each in await clocks(bureau)} == {
        ("first_response", "running"),
        ("resolution", "running"),
    }
    assert all(each.due_at > now() for each in await clocks(bureau))


async def test_a_clock_that_fails_is_put_off_alone(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine(), at_nine())
    [ill, *_] = await clocks(bureau, "first_response")
    async with refusing(bureau.database, "fired", f"NEW.clock_id = '{ill.clock_id}'"):
        assert await fire_clocks(bureau.database, monday(2)) == 1
        assert await fire_clocks(bureau.database, monday(2)) == 0  # it waits for its minute

    later = monday(2) + PUT_OFF
    assert await fire_clocks(bureau.database, later) == 1
    assert await fired(bureau) == ["look", "look"]


async def test_while_the_database_is_busy_no_clock_is_put_off(bureau: Bureau) -> None:
    with time_machine.travel(monday(0), tick=False):
        await bureau.accept(at_nine(), at_nine())
    async with refusing(bureau.database, "fired", sqlstate=BUSY):
        with pytest.raises(DBAPIError):
            await fire_clocks(bureau.database, monday(2))

    assert await fire_clocks(bureau.database, monday(2)) == 2
