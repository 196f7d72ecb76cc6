"""What happens by itself: once, in time, never too early."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from breaking import BUSY, refusing
from bureau import Bureau, Colleague, submitted
from common.assemble import wakeups_for
from common.clock import now
from common.events import TicketClosed, TicketReleased
from common.vocabulary import TicketState
from routing.alarm import CHANNEL
from routing.timers import fire_due, run_timers

LEASE = timedelta(minutes=30)


async def test_a_silent_agent_loses_the_ticket_to_the_queue(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()

    assert await bureau.time_passes_until(now() + LEASE - timedelta(minutes=1)) == 0
    assert await bureau.time_passes_until(now() + LEASE) == 1

    assert (await joris.take_next())["id"] == ticket["id"]
    released = await bureau.events("ticket.released")
    assert [e.cause for e in released if isinstance(e, TicketReleased)] == ["lease_expired"]
    assert (await fatima.try_to(ticket, "reply", body="x")).status_code == 423


async def test_a_lease_that_was_extended_does_not_end_at_its_first_moment(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    await fatima.act(ticket, "reply", body="x")

    first = datetime.fromisoformat(ticket["lease_until"])
    await fire_due(bureau.database, first)

    [mine] = (await fatima.get("/api/work")).json()["tickets"]
    assert mine["holder"] is not None
    await bureau.time_passes_until(datetime.fromisoformat(mine["lease_until"]))
    assert (await fatima.get("/api/work")).json()["tickets"] == []


async def test_a_ticket_that_waits_is_nobodys_silence(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    await fatima.act(await fatima.take_next(), "wait", **{"for": "customer"})

    await bureau.time_passes_until(now() + 2 * LEASE)

    [mine] = (await fatima.get("/api/work")).json()["tickets"]
    assert mine["state"] == "waiting_customer"


async def test_a_wait_ends_at_its_moment_with_who_held_it(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    until_when = now() + timedelta(days=3)
    await fatima.act(await fatima.take_next(), "wait", **{"for": "customer"}, until=until_when.isoformat())

    await bureau.time_passes_until(until_when - timedelta(minutes=1))
    assert (await fatima.get("/api/work")).json()["tickets"][0]["state"] == "waiting_customer"
    await fire_due(bureau.database, until_when)
    assert (await fatima.get("/api/work")).json()["tickets"][0]["state"] == "in_progress"


async def test_a_resolved_ticket_closes_after_fourteen_days(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "resolve", outcome="solved")

    await bureau.time_passes_until(now() + timedelta(days=14) - timedelta(minutes=1))
    assert (await fatima.look_at(ticket["id"]))["ticket"]["state"] == "resolved"
    await bureau.time_passes_until(now() + timedelta(days=14))

    assert (await fatima.look_at(ticket["id"]))["ticket"]["state"] == "closed"
    [closed] = await bureau.events("ticket.closed")
    assert isinstance(closed, TicketClosed)
    assert closed.final_state is TicketState.CLOSED


async def test_a_ticket_resolved_again_closes_fourteen_days_after_the_second_time(
    bureau: Bureau, fatima: Colleague
) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "resolve", outcome="solved")
    ticket = await fatima.act(ticket, "reopen", reason="Toch niet.")
    await bureau.time_passes_until(now() + timedelta(days=15))

    assert (await fatima.look_at(ticket["id"]))["ticket"]["state"] == "reopened"


async def test_after_downtime_everything_due_happens_once(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(*(submitted() for _ in range(30)))
    for _ in range(30):
        await fatima.take_next()

    later = now() + timedelta(hours=5)
    fired = await asyncio.gather(*(bureau.time_passes_until(later) for _ in range(4)))

    assert sum(fired) == 30
    assert len(await bureau.events("ticket.released")) == 30
    assert await bureau.scalar("SELECT count(*) FROM timer") == 0


async def test_one_timer_that_fails_does_not_hold_up_the_others(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted(), submitted())
    bad, good = await fatima.take_next(), await fatima.take_next()
    async with bureau.database.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE timer SET kind = 'unheard-of' WHERE ticket_id = '{bad['id']}'")  # noqa: S608

    assert await fire_due(bureau.database, now() + LEASE) == 1

    assert (await fatima.look_at(good["id"]))["ticket"]["state"] == "queued"
    assert await bureau.scalar("SELECT attempts FROM timer") == 1


async def test_the_loop_is_woken_by_a_timer_that_is_set(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    wakeups = wakeups_for(bureau.database, CHANNEL)
    async with asyncio.TaskGroup() as group:
        loops = [group.create_task(wakeups.run()), group.create_task(run_timers(bureau.database, wakeups))]
        async with bureau.database.engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE ticket SET lease_until = now()")
            await connection.exec_driver_sql("UPDATE timer SET due_at = now()")
            await connection.exec_driver_sql("NOTIFY timers")

        async with asyncio.timeout(10):
            while (await fatima.look_at(ticket["id"]))["ticket"]["state"] != "queued":  # noqa: ASYNC110
                await asyncio.sleep(0.02)  # another connection changes it
        for loop in loops:
            loop.cancel()


@pytest.mark.parametrize("moment", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
async def test_nobody_waits_for_the_past_or_for_ever(bureau: Bureau, fatima: Colleague, moment: str) -> None:
    await bureau.accept(submitted())
    refused = await fatima.try_to(await fatima.take_next(), "wait", **{"for": "customer"}, until=moment)
    assert refused.status_code == 422


async def test_while_the_database_is_busy_no_timer_is_put_off(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted(), submitted())
    for _ in range(2):
        await fatima.take_next()
    async with refusing(bureau.database, "ticket", sqlstate=BUSY):
        with pytest.raises(DBAPIError):
            await fire_due(bureau.database, now() + LEASE)

    assert await bureau.scalar("SELECT max(attempts) FROM timer") == 0
    assert await fire_due(bureau.database, now() + LEASE) == 2


async def test_a_timer_that_keeps_failing_is_tried_less_and_less_often(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    await fatima.take_next()
    at, waits = now() + LEASE, []
    async with refusing(bureau.database, "ticket"):
        for _ in range(14):
            assert await fire_due(bureau.database, at) == 0
            due_at = await bureau.scalar("SELECT due_at FROM timer")
            assert isinstance(due_at, datetime)
            waits.append(due_at - at)
            at = due_at

    assert waits == [min(timedelta(seconds=2 ** min(n, 12)), timedelta(hours=1)) for n in range(1, 15)]
    assert await fire_due(bureau.database, at) == 1
