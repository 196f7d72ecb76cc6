"""Taking the next ticket with everything that counts, written down so that it can be decided again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.vocabulary import HandlingClass, Language, Sensitivity
from routing.replaying import NoSuchReference, Replayed, replayed
from routing.tables import Choice

SPECIALIST = HandlingClass.SPECIALIST


async def reference_of(bureau: Bureau, ticket_id: object) -> str:
    return str(await bureau.scalar("SELECT reference FROM ticket WHERE ticket_id = :id", id=ticket_id))


async def again(bureau: Bureau, ticket_id: object) -> list[Replayed]:
    async with bureau.database.reading() as session:
        return list(await replayed(session, await reference_of(bureau, ticket_id)))


async def choice_of(bureau: Bureau, ticket_id: object) -> Choice:
    async with bureau.database.reading() as session:
        return (await session.scalars(select(Choice).where(Choice.ticket_id == UUID(str(ticket_id))))).one()


async def asks(bureau: Bureau, ticket_id: UUID, **columns: str) -> None:
    """The ticket asks something else of people, as a policy could have it."""
    async with bureau.database.transaction() as session:
        for name, value in columns.items():
            sql = f"UPDATE ticket SET {name} = CAST(:value AS jsonb) WHERE ticket_id = :id"  # noqa: S608
            await session.execute(text(sql), {"value": value, "id": ticket_id})


def whys(choice: Choice) -> dict[str, str]:
    return {each["name"]: each["why"] for each in choice.candidates}


async def test_everybody_who_could_have_had_it_is_named_with_the_reason(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    await bureau.accept(submitted(), submitted())
    await joris.take_next()
    taken = await fatima.take_next()

    choice = await choice_of(bureau, taken["id"])
    assert choice.how == "pulled"
    assert whys(choice)["Fatima de Wit"] == "chosen"
    assert whys(choice)["Joris Bakker"] == "did_not_ask"
    assert whys(choice)["Sofie Janssens"] == "absent"
    assert "Annelies Peeters" not in whys(choice)
    assert choice.policy_version == 1
    assert choice.model_version == "test-1"
    assert choice.took_ms > 0


async def test_a_stored_decision_comes_out_the_same_to_the_last_bit(
    bureau: Bureau, fatima: Colleague, sofie: Colleague
) -> None:
    await bureau.accept(*(submitted(is_urgent=n % 2 == 0) for n in range(5)))
    taken = await fatima.take_next()
    moved = await fatima.act(taken, "reclassify", **{"class": "specialist", "reason": "needs judgement"})
    found = await again(bureau, moved["id"])

    assert [each.about for each in found] == ["where (accepted)", "who (pulled)", "where (reclassified)"]
    assert all(each.is_same for each in found)
    assert sofie.name


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE decision SET priority = 5",
        'UPDATE decision SET inputs = inputs || \'{"handling_class": "technical"}\'',
        "UPDATE choice SET candidates = jsonb_set(candidates, '{0,why}', '\"declined\"')",
        "UPDATE choice SET inputs = jsonb_set(inputs, '{needs,0,skills}', '{\"gas\": 3}')",
    ],
)
async def test_a_decision_that_was_tampered_with_is_found_out(
    bureau: Bureau, fatima: Colleague, tampering: str
) -> None:
    await bureau.accept(submitted())
    taken = await fatima.take_next()
    async with bureau.database.transaction() as session:
        await session.execute(text(tampering))

    assert [each.is_same for each in await again(bureau, taken["id"])].count(False) == 1


async def test_a_reference_nobody_has_is_refused(bureau: Bureau) -> None:
    async with bureau.database.reading() as session:
        with pytest.raises(NoSuchReference):
            await replayed(session, "L-NONE-SUCH")


async def test_a_ticket_in_a_language_goes_to_who_speaks_it(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE agent SET version = version + 1 WHERE username LIKE 'frontoffice%'"))
        await session.execute(
            text("DELETE FROM agent_language WHERE language = 'fr' AND agent_id = (SELECT agent_id FROM agent"
                 " WHERE username = 'frontoffice2')")
        )  # fmt: skip
    judgement = submitted().judgement.model_copy(update={"language": Language.FR})
    [french] = await bureau.accept(submitted(judgement=judgement))

    assert (await joris.post("/api/work/next", queues=None)).status_code == 204
    assert (await fatima.take_next())["id"] == str(french)
    assert whys(await choice_of(bureau, french))["Joris Bakker"] == "lacks_language"


async def test_a_required_skill_keeps_others_away_and_an_optional_one_for_a_while(
    bureau: Bureau, fatima: Colleague, joris: Colleague
) -> None:
    required, hoped = await bureau.accept(submitted(), submitted())
    soon, past = now() + timedelta(minutes=15), now() - timedelta(seconds=1)
    await asks(bureau, required, skills='{"contracts": 1}')
    await asks(bureau, hoped, optional_skills=f'{{"contracts": "{soon.isoformat()}"}}')

    assert (await joris.post("/api/work/next", queues=None)).status_code == 204
    await asks(bureau, hoped, optional_skills=f'{{"contracts": "{past.isoformat()}"}}')
    assert (await joris.take_next())["id"] == str(hoped)
    assert (await fatima.take_next())["id"] == str(required)


async def test_routine_work_is_not_for_a_specialist_while_the_front_office_is_there(
    bureau: Bureau, fatima: Colleague, sofie: Colleague
) -> None:
    """The lead costs more and works the queue too; what is specialist work in it she does get."""
    await fatima.post("/api/session/presence", state="available")
    routine, special = await bureau.accept(submitted(), submitted(SPECIALIST))
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE ticket SET queue_id = 'front-office'"))

    assert (await sofie.take_next("front-office"))["id"] == str(special)
    assert (await sofie.post("/api/work/next", queues=["front-office"])).status_code == 204
    [why] = [each for each in (await choice_of(bureau, special)).inputs["needs"] if each["ticket_id"] == str(routine)]
    assert why["handling_class"] == "routine"
    await fatima.post("/api/session/presence", state="offline")
    assert all(each.is_same for each in await again(bureau, special))


async def test_who_is_cleared_for_nothing_confidential_is_written_down_so(bureau: Bureau, fatima: Colleague) -> None:
    [secret] = await bureau.accept(submitted(sensitivity=Sensitivity.CONFIDENTIAL))
    assert (await fatima.take_next())["id"] == str(secret)
    found: Any = await choice_of(bureau, secret)
    assert found.inputs["needs"][0]["sensitivity"] == "confidential"


async def test_what_work_took_is_learned_when_it_is_resolved(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    taken = await fatima.take_next()
    await fatima.act(taken, "resolve", outcome="done", body="Klaar.")

    assert await bureau.scalar("SELECT tickets FROM effort WHERE handling_class = 'routine' AND topic = 'billing'") == 1
    assert await bureau.scalar("SELECT tier FROM effort") == "front_office"
