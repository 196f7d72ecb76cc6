"""Who is there: said, shown by what people do, and ended by silence; work of who leaves goes back and says so."""

from datetime import timedelta

from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.clock import now
from routing.presence import SILENCE
from routing.pushing import hand_out


async def state_of(bureau: Bureau, username: str) -> object:
    return await bureau.scalar(
        "SELECT state FROM presence JOIN agent USING (agent_id) WHERE username = :name", name=username
    )


async def says(who: Colleague, state: str, **more: object) -> dict[str, object]:
    response = await who.post("/api/session/presence", state=state, **more)
    assert response.status_code == 200, response.text
    said: dict[str, object] = response.json()
    return said


async def test_who_was_never_here_is_offline_and_taking_work_is_being_there(bureau: Bureau, fatima: Colleague) -> None:
    assert (await fatima.get("/api/session/presence")).json()["state"] == "offline"
    await bureau.accept(submitted())
    await fatima.take_next()
    assert (await fatima.get("/api/session/presence")).json()["state"] == "available"


async def test_who_is_busy_stays_busy_when_taking_something_by_hand(bureau: Bureau, fatima: Colleague) -> None:
    await says(fatima, "busy")
    await bureau.accept(submitted())
    await fatima.take_next()
    assert await state_of(bureau, "frontoffice") == "busy"


async def test_silence_ends_presence_and_a_sign_of_life_puts_it_off(bureau: Bureau, fatima: Colleague) -> None:
    await says(fatima, "available")
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE presence SET silent_at = now() - interval '1 second'"))
    assert (await fatima.post("/api/session/presence/heard")).status_code == 204
    await hand_out(bureau.database, now())
    assert await state_of(bureau, "frontoffice") == "available"

    await hand_out(bureau.database, now() + SILENCE + timedelta(seconds=1))
    assert await state_of(bureau, "frontoffice") == "offline"


async def test_who_goes_away_with_reassignment_gives_back_what_is_in_hand_and_it_says_so(
    bureau: Bureau, fatima: Colleague
) -> None:
    await bureau.accept(submitted(), submitted())
    waiting = await fatima.act(await fatima.take_next(), "wait", **{"for": "customer"})
    in_hand = await fatima.take_next()

    assert await says(fatima, "away", reassign=True) == {"state": "away", "returned": 1}
    back = await fatima.look_at(in_hand["id"])
    assert (back["ticket"]["state"], back["ticket"]["holder"]) == ("queued", None)
    assert back["history"][-1]["cause"] == "Fatima de Wit left"
    assert (await fatima.look_at(waiting["id"]))["ticket"]["holder"]["name"] == "Fatima de Wit"


async def test_who_just_goes_away_keeps_their_work(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    taken = await fatima.take_next()
    assert (await says(fatima, "away"))["returned"] == 0
    assert (await fatima.look_at(taken["id"]))["ticket"]["holder"]["name"] == "Fatima de Wit"


async def test_a_customer_who_answers_somebody_away_is_not_left_waiting_for_them(
    bureau: Bureau, fatima: Colleague
) -> None:
    await bureau.accept(submitted())
    waiting = await fatima.act(await fatima.take_next(), "wait", **{"for": "customer"})
    await says(fatima, "away", reassign=True)
    await bureau.customer_writes(waiting["id"])

    seen = await fatima.look_at(waiting["id"])
    assert (seen["ticket"]["state"], seen["ticket"]["holder"]) == ("queued", None)


async def test_coming_and_going_is_audited_once_a_change(bureau: Bureau, fatima: Colleague) -> None:
    for state in ("available", "available", "busy"):
        await says(fatima, state)
    assert await bureau.scalar("SELECT count(*) FROM audit WHERE act = 'presence'") == 2


async def test_a_state_that_is_none_is_refused(bureau: Bureau, fatima: Colleague) -> None:
    assert (await fatima.post("/api/session/presence", state="asleep")).status_code == 422
    assert (await fatima.post("/api/session/presence", state="away", until="noon")).status_code == 422
    assert await bureau.scalar("SELECT count(*) FROM presence") == 0
