"""Teams, skills and absences: what is refused in a sentence, and what is written down when it is not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bureau import Bureau, Colleague
from common.clock import now
from common.errors import BadInput, Conflict, NotFound, Refusal
from routing import absences, teams
from routing.absences import Away
from routing.accounts import NoSuchAgent
from routing.staffing import By
from routing.teams import Led

KARIN = By("Karin Smit")
MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


async def agent_of(session: AsyncSession, username: str) -> UUID:
    agent_id: UUID = await session.scalar(
        text("SELECT agent_id FROM agent WHERE username = :username"), {"username": username}
    )
    return agent_id


async def told(session: AsyncSession, about: str) -> list[tuple[str, Any, Any]]:
    """What the history says of it: the act, what was before and what is now."""
    rows = await session.execute(
        text("SELECT act, before, after FROM audit WHERE about = :about ORDER BY audit_id"), {"about": about}
    )
    return [(row.act, row.before, row.after) for row in rows]


@pytest.mark.parametrize(
    ("seen", "led", "refusal"),
    [
        (("no-such-team", 1), ("Voorkant", ""), NotFound("no such team")),
        (("front-office", 99), ("Voorkant", ""), Conflict("changed")),
        (("front-office", 0), ("", ""), BadInput("at most 100")),
        (("front-office", 0), ("x" * 101, ""), BadInput("at most 100")),
        (("front-office", 0), ("Voorkant", "frontoffice"), BadInput("lead a team")),
        (("front-office", 0), ("Voorkant", "nobody"), BadInput("lead a team")),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_team_that_makes_no_sense_stays_as_it_was(
    bureau: Bureau, seen: tuple[str, int], led: tuple[str, str], refusal: Refusal
) -> None:
    async with bureau.database.transaction() as session:
        query = text("SELECT name, version, lead_id FROM team WHERE team_id = 'front-office'")
        before = (await session.execute(query)).one()
        name, lead = led
        lead_id = (uuid4() if lead == "nobody" else await agent_of(session, lead)) if lead else None
        with pytest.raises(type(refusal), match=refusal.sentence):
            await teams.change_team(session, KARIN, (seen[0], seen[1] or before.version), Led(name, lead_id), now())
        assert (await session.execute(query)).one() == before


async def test_a_team_is_changed_once_and_a_change_of_nothing_leaves_no_trace(bureau: Bureau) -> None:
    async with bureau.database.transaction() as session:
        was = (await session.execute(text("SELECT name, version, lead_id FROM team WHERE team_id = 'field'"))).one()
        lead_id = await agent_of(session, "lead")
        changed = await teams.change_team(session, KARIN, ("field", was.version), Led("Buiten", lead_id), now())
        assert changed == {"name": "Buiten"} | ({} if was.lead_id == lead_id else {"lead_id": str(lead_id)})

        again = ("field", was.version + 1)
        assert await teams.change_team(session, KARIN, again, Led("Buiten", lead_id), now()) == {}
        assert [(act, after) for act, _, after in await told(session, "team/field")][-1:] == [("change", changed)]

        await teams.change_team(session, KARIN, again, Led(was.name, was.lead_id), now())  # as the next test finds it


@pytest.mark.parametrize(
    "skill_id", ["", "Gas", "two words", "-gas", "gas-", "gas--lek", "g" * 61, "gás", "gas\n", "../gas"]
)
async def test_the_short_name_of_a_skill_is_one_that_a_policy_can_name(bureau: Bureau, skill_id: str) -> None:
    async with bureau.database.transaction() as session:
        with pytest.raises(BadInput, match="small letters"):
            await teams.add_skill(session, KARIN, skill_id, "Gas", now())


async def test_a_skill_comes_once_and_goes_when_nobody_has_it(bureau: Bureau) -> None:
    async with bureau.database.transaction() as session:
        await teams.add_skill(session, KARIN, "heat-pumps", "Warmtepompen", now())
        with pytest.raises(Conflict, match="already"):
            await teams.add_skill(session, KARIN, "heat-pumps", "Warmtepompen", now())
        with pytest.raises(BadInput, match="at most 100"):
            await teams.add_skill(session, KARIN, "heat-waves", "", now())
        agent_id = await agent_of(session, "technician")
        given = {"agent_id": agent_id}
        await session.execute(text("INSERT INTO agent_skill VALUES (:agent_id, 'heat-pumps', 2)"), given)
        with pytest.raises(Conflict, match="take it from them first"):
            await teams.drop_skill(session, KARIN, "heat-pumps", now())
        await session.execute(text("DELETE FROM agent_skill WHERE skill_id = 'heat-pumps'"))
        await teams.drop_skill(session, KARIN, "heat-pumps", now())
        with pytest.raises(NotFound):
            await teams.drop_skill(session, KARIN, "heat-pumps", now())

        history = await told(session, "skill/heat-pumps")
    assert history[-2:] == [("add", {}, {"name": "Warmtepompen"}), ("drop", {"name": "Warmtepompen"}, {})]


@pytest.mark.parametrize(
    ("away", "sentence"),
    [
        (Away("holiday", MONDAY, MONDAY + DAY), "what kind"),
        (Away("leave", MONDAY, MONDAY), "ends after it begins"),
        (Away("leave", MONDAY + DAY, MONDAY), "ends after it begins"),
        (Away("leave", MONDAY, MONDAY + 4 * 366 * DAY), "within three years"),
    ],
)
async def test_an_absence_that_makes_no_sense_is_refused(bureau: Bureau, away: Away, sentence: str) -> None:
    async with bureau.database.transaction() as session:
        with pytest.raises(BadInput, match=sentence):
            await absences.record(session, KARIN, await agent_of(session, "frontoffice"), away, now())


async def test_nobody_is_away_twice_at_once_but_may_be_back_to_back(bureau: Bureau) -> None:
    async with bureau.database.transaction() as session:
        one, other = await agent_of(session, "frontoffice"), await agent_of(session, "backoffice")
        first = await absences.record(session, KARIN, one, Away("leave", MONDAY, MONDAY + 2 * DAY), now())
        await session.flush()
        with pytest.raises(Conflict, match="away already"):
            await absences.record(session, KARIN, one, Away("sick", MONDAY + DAY, MONDAY + 3 * DAY), now())
        await absences.record(session, KARIN, one, Away("sick", MONDAY + 2 * DAY, MONDAY + 3 * DAY), now())
        await absences.record(session, KARIN, other, Away("sick", MONDAY, MONDAY + DAY), now())
        with pytest.raises(NotFound):
            await absences.strike(session, KARIN, other, first.absence_id, now())
        with pytest.raises(NotFound):
            await absences.strike(session, KARIN, one, uuid4(), now())
        with pytest.raises(NoSuchAgent):
            await absences.record(session, KARIN, uuid4(), Away("leave", MONDAY, MONDAY + DAY), now())


@pytest.mark.parametrize("username", ["frontoffice", "technician", "partner"])
async def test_who_does_not_lead_cannot_read_or_replay_dead_letters(
    bureau: Bureau, colleagues: dict[str, Colleague], username: str
) -> None:
    who = colleagues[username]
    assert (await who.get("/api/dead")).status_code == 403
    for act in ("replay", "discard"):
        assert (await who.post(f"/api/dead/{uuid4()}/{act}")).status_code == 403
    assert await bureau.scalar("SELECT count(*) FROM discarded_event") == 0


@pytest.mark.parametrize("act", ["replay", "discard"])
async def test_a_dead_letter_that_is_not_there_is_not_found(sofie: Colleague, act: str) -> None:
    assert (await sofie.post(f"/api/dead/{uuid4()}/{act}")).status_code == 404
