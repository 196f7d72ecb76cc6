"""Taking the next ticket: in the right order, by one person only."""

import asyncio
from datetime import timedelta
from uuid import UUID

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.vocabulary import HandlingClass, Role, Sensitivity
from routing.passwords import Passwords
from routing.person import Person
from routing.staffing import By, hire

TAKERS = 16


async def test_sixteen_who_take_at_once_never_get_the_same(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    await bureau.accept(*(submitted() for _ in range(40)))

    async def taker(who: Colleague) -> list[str]:
        taken = []
        while (response := await who.post("/api/work/next", queues=None)).status_code == 200:
            taken.append(response.json()["id"])
        assert response.status_code == 204
        return taken

    taken = await asyncio.gather(*(taker(who) for who in (fatima, joris) * (TAKERS // 2)))

    ids = [ticket_id for each in taken for ticket_id in each]
    assert len(ids) == len(set(ids)) == 40
    assert await bureau.scalar("SELECT count(*) FROM assignment WHERE ended_at IS NULL") == 40


async def test_urgent_work_goes_first_then_what_is_due_first_then_what_waits_longest(
    bureau: Bureau, bram: Colleague
) -> None:
    yesterday = now() - timedelta(days=1)
    calm, old, urgent = await bureau.accept(
        submitted(HandlingClass.TECHNICAL),
        submitted(HandlingClass.TECHNICAL, submitted_at=yesterday),
        submitted(HandlingClass.TECHNICAL, is_urgent=True),
    )
    taken = [UUID((await bram.take_next())["id"]) for _ in range(3)]
    assert taken == [urgent, old, calm]


async def test_nothing_is_taken_from_queues_one_does_not_work(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted(HandlingClass.SPECIALIST))

    assert (await fatima.post("/api/work/next", queues=None)).status_code == 204
    assert (await fatima.post("/api/work/next", queues=["back-office"])).status_code == 403
    assert (await fatima.post("/api/work/next", queues=["attic"])).status_code == 404


async def test_a_chosen_queue_is_the_only_one_taken_from(bureau: Bureau, fatima: Colleague) -> None:
    _, unsure = await bureau.accept(submitted(is_urgent=True), submitted(None))
    assert (await fatima.take_next("triage"))["id"] == str(unsure)


async def test_who_has_no_clearance_is_passed_over_by_confidential_work(bureau: Bureau) -> None:
    person = Person("newcomer", "Nina Nieuw", Role.AGENT, "front-office", ("front-office",), has_clearance=False)
    async with bureau.database.transaction() as session:
        if not await bureau.scalar("SELECT 1 FROM agent WHERE username = 'newcomer'"):
            await hire(session, By("a test"), person, Passwords().hashed("loket-demo"), now())
    nina = await bureau.log_in("newcomer")
    secret, plain = await bureau.accept(submitted(sensitivity=Sensitivity.CONFIDENTIAL), submitted())

    assert (await nina.take_next())["id"] == str(plain)
    assert (await nina.post("/api/work/next", queues=None)).status_code == 204
    assert (await nina.get(f"/api/work/{secret}")).status_code == 404
    [front] = [q for q in (await nina.get("/api/queues")).json() if q["id"] == "front-office"]
    assert front["waiting"] == 0
