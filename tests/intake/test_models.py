"""From a correction to a model that judges: looking on, promotion by night or by hand, and the way back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.events import TicketReclassified, TicketResolved
from common.vocabulary import HandlingClass
from front_desk import Loket
from intake import models, nights, shadows
from intake.classify.adjustment import as_bytes
from intake.classify.candidates import Candidate
from intake.classify.comparing import held_out
from intake.classify.examples import written
from intake.classify.model import load
from intake.classify.refit import refit, replayed
from intake.lessons import lessons
from intake.model_rows import ModelVersion
from intake.models import By
from intake.nights import Extent, next_night
from intake.teaching import Teacher

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUICK = Extent(stages=("fast",), frozen=60)
REPLAY = replayed(written(), held_out())[:200]
FIGURES: dict[str, Any] = {}
SOLAR = "Wat is de terugleververgoeding voor mijn zonnepanelen, en hoe vraag ik die aan?"
LATER = "Hoe hoog is de terugleververgoeding als ik zonnepanelen op het dak neem?"
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def corrected(ticket: dict[str, Any], agent: UUID | None = None) -> TicketReclassified:
    return TicketReclassified(
        ticket_id=UUID(ticket["id"]),
        agent_id=agent or uuid4(),
        from_class=HandlingClass.ROUTINE,
        to_class=HandlingClass.SPECIALIST,
        from_topic=None,
        to_topic=None,
        reason="Bij ons doet de energiedesk dit",
        model_version="full-1",
        reclassified_at=NOW,
    )


def resolved(ticket: dict[str, Any]) -> TicketResolved:
    return TicketResolved(ticket_id=UUID(ticket["id"]), outcome="Klaar", agent_name="Sam", resolved_at=NOW)


async def taught(loket: Loket, times: int = 6) -> None:
    """Colleagues correct messages about solar panels."""
    tickets = [await loket.bring(body=f"{SOLAR} Ik woon op nummer {number}.") for number in range(times)]
    await loket.hear(*[corrected(ticket) for ticket in tickets])


async def candidate(loket: Loket, *shortfalls: str) -> ModelVersion:
    """What the lessons so far make, offered as the night does; tried on nothing."""
    async with loket.database.transaction() as session:
        told = await lessons(session)
        made = refit(load(), told, REPLAY)
        corrections = [lesson for lesson in told if lesson.agent]
        agents = {lesson.agent for lesson in corrections}
        offered = Candidate(made.version, made.base, as_bytes(made), FIGURES, shortfalls, len(corrections), len(agents))
        return await models.offer(session, offered, By("Ada", NOW))


async def acts(loket: Loket) -> list[tuple[str, str]]:
    async with loket.database.reading() as session:
        rows = await session.execute(text("SELECT act, actor FROM model_act ORDER BY act_id"))
        return [(row.act, row.actor) for row in rows]


async def judged_later(loket: Loket, **expected: object) -> dict[str, Any]:
    """The answer to a similar message, asked again until running judges have looked: at most a second or two."""
    for _ in range(200):
        answer = await loket.bring(body=LATER)
        if all(answer[name] == value for name, value in expected.items()):
            return answer
    raise AssertionError(f"never {expected}: {answer}")


async def stored(loket: Loket, ticket: dict[str, Any]) -> dict[str, Any]:
    async with loket.database.reading() as session:
        query = text("SELECT judgement FROM ticket WHERE ticket_id = :id")
        found: dict[str, Any] = (await session.execute(query, {"id": UUID(ticket["id"])})).scalar_one()
        return found


async def test_a_running_counter_judges_otherwise_within_seconds_of_the_corrections(loket: Loket) -> None:
    await judged_later(loket, **{"class": "routine"})  # what an earlier test taught is forgotten within a second
    await taught(loket)

    answer = await judged_later(loket, **{"class": "specialist"})

    assert any(
        said.startswith("collega's noemden een soortgelijk bericht specialistisch") for said in answer["reasons"]
    )


async def test_a_correction_names_the_text_it_is_about(loket: Loket) -> None:
    ticket = await loket.bring(body=SOLAR)
    await loket.hear(corrected(ticket), corrected({"id": str(uuid4())}))

    async with loket.database.reading() as session:
        rows = (await session.execute(text("SELECT message_id FROM correction ORDER BY correction_id"))).scalars().all()
        message_id = await session.scalar(text("SELECT message_id FROM message"))
    assert rows == [message_id, None], "a ticket that intake never had has no text"


async def test_lessons_are_the_last_corrections_and_what_was_solved_as_it_was_judged(loket: Loket) -> None:
    first, second, third = [await loket.bring(body=f"{SOLAR} {n}") for n in range(3)]
    again = corrected(first).model_copy(
        update={"to_class": HandlingClass.TECHNICAL, "reclassified_at": NOW + timedelta(1)}
    )
    await loket.hear(corrected(first), again, resolved(first), resolved(second))

    async with loket.database.reading() as session:
        told = await lessons(session)
    assert [(lesson.ticket, lesson.kind, bool(lesson.agent)) for lesson in told] == [
        (second["id"], second["class"], False),
        (first["id"], "technical", True),
    ]
    assert third["id"] not in {lesson.ticket for lesson in told}


async def test_what_nobody_taught_makes_no_candidate(loket: Loket) -> None:
    await taught(loket, times=4)

    assert await nights.refit(loket.database, By("Ada", NOW), QUICK) is None


async def test_a_candidate_looks_on_and_its_judgements_are_kept_beside_and_never_used(loket: Loket) -> None:
    await taught(loket)
    made = await candidate(loket)
    ticket = await judged_later(loket)
    for _ in range(200):
        if await loket.count("shadow_judgement"):
            break
        ticket = await loket.bring(body=LATER)

    async with loket.database.reading() as session:
        row = (await session.execute(text("SELECT * FROM shadow_judgement"))).mappings().one()
    assert str(row["ticket_id"]) == ticket["id"]
    assert row["model_id"] == made.model_id
    assert row["shadow_class"] == "specialist"
    assert (await stored(loket, ticket))["model_version"] == load().version
    assert await acts(loket) == [("made", "Ada"), ("shadowed", "Ada")]


async def test_a_promoted_model_judges_without_a_restart_and_a_rollback_ends_it(loket: Loket) -> None:
    await taught(loket)
    made = await candidate(loket)
    async with loket.database.transaction() as session:
        await models.promote(session, await models.named(session, made.name[-8:]), By("Ada", NOW, "Looks good"))

    ticket: dict[str, Any] = {}
    for _ in range(200):
        ticket = await loket.bring(body=LATER)
        if (await stored(loket, ticket))["model_version"] == made.name:
            break
    assert (await stored(loket, ticket))["model_version"] == made.name

    async with loket.database.transaction() as session:
        assert await models.roll_back(session, By("Bo", NOW)) is None
    for _ in range(200):
        ticket = await loket.bring(body=LATER)
        if (await stored(loket, ticket))["model_version"] == load().version:
            break
    assert (await stored(loket, ticket))["model_version"] == load().version
    assert (await acts(loket))[2:] == [("promoted", "Ada"), ("rolled_back", "Bo")]


async def test_going_back_twice_goes_back_two_models(loket: Loket) -> None:
    await taught(loket)
    first = await candidate(loket)
    await loket.hear(corrected(await loket.bring(body=f"{SOLAR} Met een thuisbatterij.")))
    second = await candidate(loket)
    async with loket.database.transaction() as session:
        for made in (first, second):
            await models.promote(session, await models.named(session, made.name), By("Ada", NOW))

    async with loket.database.transaction() as session:
        back = await models.roll_back(session, By("Ada", NOW))
        assert back
        assert back.name == first.name
        assert await models.roll_back(session, By("Ada", NOW)) is None
        with pytest.raises(models.NothingBefore):
            await models.roll_back(session, By("Ada", NOW))


async def test_what_falls_short_is_refused_by_night_and_by_hand(loket: Loket) -> None:
    await taught(loket)
    short = await candidate(loket, "full.macro_f1")

    assert await acts(loket) == [("made", "Ada"), ("refused", "Ada")]
    async with loket.database.transaction() as session:
        assert (await models.teaching(session)).shadow_id is None
        with pytest.raises(models.NotPromotable, match=r"full\.macro_f1"):
            await models.promote(session, short, By("Ada", NOW))
        with pytest.raises(models.NoSuchModel):
            await models.named(session, "nothing-like-it")


async def test_a_night_promotes_what_looked_on_long_enough_and_makes_the_next_candidate(loket: Loket) -> None:
    await taught(loket)
    assert not await nights.refit_when_due(loket.database, NOW, AMSTERDAM, QUICK), "it waits for the night"
    first = next_night(NOW, AMSTERDAM)
    assert await nights.refit_when_due(loket.database, first, AMSTERDAM, QUICK)
    assert not await nights.refit_when_due(loket.database, first, AMSTERDAM, QUICK), "once a night"
    assert await acts(loket) == [("made", "nightly"), ("shadowed", "nightly")]

    second = next_night(first, AMSTERDAM)
    assert await nights.refit_when_due(loket.database, second, AMSTERDAM, QUICK)
    assert (await acts(loket))[2:] == [("promoted", "nightly")], "nobody taught since, so there is no second candidate"


async def test_after_a_rollback_nothing_is_promoted_by_itself_until_a_person_does(loket: Loket) -> None:
    await taught(loket)
    made = await candidate(loket)
    async with loket.database.transaction() as session:
        await models.promote(session, await models.named(session, made.name), By("Ada", NOW))
        await models.roll_back(session, By("Ada", NOW))
        await models.shadow(session, await models.named(session, made.name), By("Ada", NOW))

    async with loket.database.transaction() as session:
        assert await models.promote_what_holds(session, load().version, NOW + timedelta(days=3)) is None
        await models.promote(session, await models.named(session, made.name), By("Ada", NOW))
        assert (await models.teaching(session)).promotes_itself


async def test_a_candidate_of_another_shipped_model_is_not_promoted(loket: Loket) -> None:
    await taught(loket)
    await candidate(loket)

    async with loket.database.transaction() as session:
        assert await models.promote_what_holds(session, "a-newer-base", NOW + timedelta(days=1)) is None


async def test_a_candidate_that_people_contradict_on_live_traffic_is_not_promoted(loket: Loket) -> None:
    await taught(loket)
    made = await candidate(loket)
    tickets = [await loket.bring(body=f"Kopie factuur graag, nummer {n}") for n in range(5)]
    await loket.hear(*[resolved(ticket) for ticket in tickets])
    async with loket.database.transaction() as session:
        await session.execute(text("DELETE FROM shadow_judgement"))
        contrary = text("""
            INSERT INTO shadow_judgement (ticket_id, model_id, live_class, shadow_class, probabilities, judged_at)
            SELECT ticket_id, :model, 'routine', 'technical', '{}', now() FROM ticket WHERE ticket_id = ANY(:tickets)
        """)
        ids = [UUID(ticket["id"]) for ticket in tickets]
        await session.execute(contrary, {"model": made.model_id, "tickets": ids})

    async with loket.database.transaction() as session:
        seen = await shadows.looked_on(session, made.model_id)
        assert (seen.judged, seen.differing, seen.decided, seen.live_right, seen.shadow_right) == (5, 5, 5, 5, 0)
        assert await models.promote_what_holds(session, load().version, NOW + timedelta(days=1)) is None
        with pytest.raises(models.NotPromotable, match="did worse"):
            await models.promote(session, await models.named(session, made.name), By("Ada", NOW))


async def test_the_history_of_models_is_never_changed(loket: Loket) -> None:
    await taught(loket)
    await candidate(loket)

    for change in ("UPDATE model_act SET actor = 'x'", "UPDATE model_version SET made_by = 'x'"):
        with pytest.raises(DBAPIError, match="never changed"):
            async with loket.database.transaction() as session:
                await session.execute(text(change))


async def test_a_judge_whose_database_is_away_goes_on_with_what_it_knew(loket: Loket) -> None:
    away = loket.another(intake_database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing")

    assert (await Teacher(away.database).taken()).lessons == ()


def test_the_night_begins_at_three_on_the_clock_on_the_wall() -> None:
    winter, summer = datetime(2026, 1, 10, 12, tzinfo=UTC), datetime(2026, 7, 10, 0, 30, tzinfo=UTC)

    assert next_night(winter, AMSTERDAM) == datetime(2026, 1, 11, 2, tzinfo=UTC)
    assert next_night(summer, AMSTERDAM) == datetime(2026, 7, 10, 1, tzinfo=UTC)
    assert next_night(next_night(summer, AMSTERDAM), AMSTERDAM) == datetime(2026, 7, 11, 1, tzinfo=UTC)
