"""Asking for work many at a time: one transaction for all of them, each with a ticket of their own."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from bureau import Bureau, Colleague, submitted
from common.auth import Seal
from common.clock import now
from common.db import Database
from common.errors import Unauthorised
from common.vocabulary import HandlingClass
from routing import taking, work
from routing.asking import Question, Questions
from routing.replaying import replayed


def question(bureau: Bureau, who: Colleague, *queues: str) -> Question:
    """What somebody asks at the API."""
    seal: Seal = bureau.service.app.state.seal
    told = seal.open_session(who.headers["authorization"].removeprefix("Bearer "))
    assert told
    return Question(told, queues or None)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def listen(*given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        asked.append(given[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    yield asked
    event.remove(database.engine.sync_engine, "before_cursor_execute", listen)


async def test_those_who_ask_at_the_same_moment_are_answered_by_one_transaction(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    ids = await bureau.accept(*(submitted() for _ in range(12)))
    questions: Questions = bureau.service.app.state.questions

    given = await asyncio.gather(*(questions.ask(question(bureau, who)) for who in (fatima, joris) * 5))

    assert len({each.ticket.ticket_id for each in given if each}) == 10
    assert await bureau.scalar("SELECT count(DISTINCT xmin::text) <= 2 FROM assignment")
    # In the order in which they asked, the best first.
    assert [each.ticket.ticket_id for each in given if each] == ids[:10]


async def test_every_choice_of_a_batch_comes_out_the_same_again(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await bureau.accept(*(submitted(is_urgent=n % 3 == 0) for n in range(8)))
    questions: Questions = bureau.service.app.state.questions
    given = await asyncio.gather(*(questions.ask(question(bureau, who)) for who in (fatima, joris) * 3))

    async with bureau.database.reading() as session:
        again = [each for got in given if got for each in await replayed(session, got.ticket.reference)]
    assert Counter(each.about for each in again) == {"where (accepted)": 6, "who (pulled)": 6}
    assert all(each.is_same for each in again)


async def test_who_asks_later_in_a_batch_is_seen_with_what_the_others_took(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await bureau.accept(submitted(), submitted())
    async with bureau.database.transaction() as session:
        viewers = [await bureau.viewer(session, who) for who in (fatima, joris)]
        asked = [await work.asking(session, viewer, None) for viewer in viewers]
        await taking.take(session, asked, now())
        used = text("""SELECT one ->> 'used' FROM choice, jsonb_array_elements(inputs -> 'crew') one
            WHERE choice.agent_id = :joris AND one ->> 'agent_id' = :fatima""")
        values = {"joris": viewers[1].agent_id, "fatima": str(viewers[0].agent_id)}
        assert await session.scalar(used, values) == "1.0"


async def test_two_processes_never_give_the_same(bureau: Bureau, fatima: Colleague, joris: Colleague) -> None:
    await bureau.accept(*(submitted() for _ in range(40)))
    other = Database(bureau.database.url, pool_size=1)
    both = bureau.service.app.state.questions, Questions(other)

    async def insists(questions: Questions, who: Colleague) -> list[UUID]:
        taken = []
        while given := await questions.ask(question(bureau, who)):
            taken.append(given.ticket.ticket_id)
        return taken

    taken = await asyncio.gather(*(insists(questions, who) for questions in both for who in (fatima, joris) * 2))
    await other.close()

    ids = [ticket_id for each in taken for ticket_id in each]
    assert len(ids) == len(set(ids)) == 40


async def test_what_somebody_else_is_busy_with_is_passed_over(bureau: Bureau, fatima: Colleague) -> None:
    first, second = await bureau.accept(submitted(is_urgent=True), submitted())
    async with bureau.database.transaction() as session:
        await session.execute(text("SELECT 1 FROM ticket WHERE ticket_id = :id FOR UPDATE"), {"id": first})
        assert (await fatima.take_next())["id"] == str(second)
        assert (await fatima.post("/api/work/next", queues=None)).status_code == 204
    assert (await fatima.take_next())["id"] == str(first)


async def test_who_asks_in_vain_costs_one_statement(bureau: Bureau, fatima: Colleague) -> None:
    async with bureau.database.transaction() as session:
        asked = await work.asking(session, await bureau.viewer(session, fatima), None)
        with statements(bureau.database) as told:
            assert await taking.take(session, [asked], now()) == [None]
    assert len(told) == 1


async def test_a_take_is_four_statements(bureau: Bureau, fatima: Colleague) -> None:
    """What waits, who is there, the take with all that it writes, the events."""
    await bureau.accept(submitted(), submitted())
    await fatima.take_next()
    with statements(bureau.database) as told:
        async with bureau.database.transaction() as session:
            asked = await work.asking(session, await bureau.viewer(session, fatima), None)
            told.clear()
            assert await taking.take(session, [asked], now()) != [None]
    assert len(told) == 4


async def test_a_session_that_ended_is_refused_and_disturbs_nobody(bureau: Bureau, fatima: Colleague) -> None:
    leaver = await bureau.log_in("frontoffice2")
    gone = question(bureau, leaver)
    assert (await bureau.client.request("DELETE", "/api/session", headers=leaver.headers)).status_code == 204
    [ticket_id] = await bureau.accept(submitted())
    questions: Questions = bureau.service.app.state.questions

    refused, given = await asyncio.gather(
        questions.ask(gone), questions.ask(question(bureau, fatima)), return_exceptions=True
    )

    assert isinstance(refused, Unauthorised)
    assert given.ticket.ticket_id == ticket_id  # type: ignore[union-attr]


async def test_special_work_behind_a_lot_of_routine_is_found_by_a_specialist(
    bureau: Bureau, fatima: Colleague, sofie: Colleague
) -> None:
    await fatima.post("/api/session/presence", state="available")
    *_, special = await bureau.accept(*(submitted() for _ in range(30)), submitted(HandlingClass.SPECIALIST))
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE ticket SET queue_id = 'front-office'"))
    assert (await sofie.take_next("front-office"))["id"] == str(special)


@pytest.mark.parametrize("language", ["de", "fr"])
async def test_who_fits_nothing_of_the_first_look_is_given_what_lies_deeper(
    bureau: Bureau, fatima: Colleague, language: str
) -> None:
    *_, last = await bureau.accept(*(submitted() for _ in range(40)))
    async with bureau.database.transaction() as session:
        asks = "UPDATE ticket SET skills = '{\"diving\": 3}' WHERE ticket_id <> :last"
        await session.execute(text(asks), {"last": last})
        await session.execute(text("UPDATE ticket SET language = :language"), {"language": language})
    assert (await fatima.take_next())["id"] == str(last)
