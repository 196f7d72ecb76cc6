"""Staff hired, changed, imported, undone and gone: refused with a sentence, or audited with who did it."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.errors import BadInput, Conflict, NotFound, Refusal
from common.events import StaffSessionEnded, TicketReleased
from common.vocabulary import HandlingClass, Language, Role
from routing.accounts import Account, account_of, accounts
from routing.passwords import Passwords
from routing.person import Person
from routing.staff_file import read_sheet
from routing.staff_import import Plan, carry_out, plan
from routing.staffing import By, change, hire, set_password, undo
from routing.weeks import read_week

KARIN = By("Karin Smit")
numbers = count(1)


def somebody(**changed: Any) -> Person:  # noqa: ANN401 - any field of a person
    person = Person(f"new{next(numbers)}", "Nina Nieuw", Role.AGENT, "front-office", ("front-office",))
    return replace(person, **changed)


async def hired(bureau: Bureau, person: Person, password: str = "") -> Account:
    async with bureau.database.transaction() as session:
        agent = await hire(session, KARIN, person, password and Passwords().hashed(password), now())
    return await look_up(bureau, agent.agent_id)


async def look_up(bureau: Bureau, agent_id: UUID) -> Account:
    async with bureau.database.reading() as session:
        return await account_of(session, agent_id)


async def changed(bureau: Bureau, seen: Account, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    async with bureau.database.transaction() as session:
        person = replace(seen.person, **fields)
        return dict((await change(session, KARIN, (seen.agent_id, seen.version), person, now())).fields)


async def last_row(bureau: Bureau, column: str) -> Any:  # noqa: ANN401
    return await bureau.scalar("SELECT to_jsonb(audit) -> :name FROM audit ORDER BY audit_id DESC LIMIT 1", name=column)


async def test_everything_that_was_said_of_somebody_is_kept(bureau: Bureau) -> None:
    person = somebody(
        languages=(Language.NL, Language.FR),
        skills={"gas": 3, "billing": 1},
        cost_per_minute=Decimal("0.85"),
        capacity=7.5,
        zone="Europe/Brussels",
        week=read_week("mo-fr 08:30-12:30 13:00-17:00; sa 22-24"),
    )
    account = await hired(bureau, person)

    assert account.person == person.tidy()
    assert (account.version, account.has_password) == (1, False)
    assert await last_row(bureau, "after") == person.document()


async def test_who_says_no_language_helps_in_their_own(bureau: Bureau) -> None:
    account = await hired(bureau, somebody(language=Language.DE))
    assert account.person.languages == (Language.DE,)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": "a b"}, "'a b' is no user name: use 2 to 64 letters, digits, dots, dashes."),
        ({"name": "  "}, "Give the name that customers read; at most 200 characters."),
        ({"team_id": None}, "A team is missing; there are back-office, field, front-office, partner."),
        ({"team_id": "moon"}, "There is no team 'moon'."),
        ({"team_id": "partner"}, "Partners, and nobody else, belong to the team of an outside company."),
        ({"queue_ids": ("moon",)}, "There is no queue 'moon'."),
        ({"skills": {"flying": 2}}, "There is no skill 'flying'; add it first."),
        ({"skills": {"gas": 9}}, "The level of a skill is 1, 2 or 3, not 9."),
        ({"cost_per_minute": Decimal("-0.01")}, "A minute costs between 0 and 100 euro, not -0.01."),
        ({"cost_per_minute": Decimal("NaN")}, "A minute costs between 0 and 100 euro, not NaN."),
        ({"capacity": -1.0}, "Capacity is between 0 and 100 units, not -1."),
        ({"capacity": float("nan")}, "Capacity is between 0 and 100 units, not nan."),
        ({"capacity": float("inf")}, "Capacity is between 0 and 100 units, not inf."),
        ({"zone": "Europe/Atlantis"}, "There is no time zone 'Europe/Atlantis'."),
        ({"week": read_week("mo 9-12 11-13")}, "Working hours must end after they begin"),
        ({"username": "FrontOffice"}, "The user name frontoffice is taken."),
        (
            {"role": Role.PARTNER, "team_id": "partner", "queue_ids": ("partner",)},
            "Partners cannot have clearance: confidential tickets stay inside.",
        ),
        (
            {"role": Role.PARTNER, "team_id": "partner", "queue_ids": ("triage",), "has_clearance": False},
            "Partners work queues of their own team only, and triage is not one.",
        ),
    ],
)
async def test_who_does_not_fit_is_refused_in_a_sentence(bureau: Bureau, wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        await hired(bureau, somebody(**wrong))
    assert str(refused.value).startswith(sentence)

    account = await hired(bureau, somebody())
    with pytest.raises(Refusal) as refused:
        await changed(bureau, account, **wrong)
    assert str(refused.value).startswith(sentence)
    assert (await look_up(bureau, account.agent_id)).version == 1


async def test_a_change_is_written_down_with_what_was_before_and_after(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())

    told = await changed(bureau, account, capacity=4.0, skills={"gas": 1})

    assert told == {"capacity": 4.0, "skills": {"gas": 1}}
    assert await last_row(bureau, "before") == {"capacity": 6.0, "skills": {}}
    assert await last_row(bureau, "after") == told
    assert await bureau.scalar("SELECT actor_name FROM audit ORDER BY audit_id DESC LIMIT 1") == "Karin Smit"


async def test_a_change_of_nothing_leaves_no_trace(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())
    before = await bureau.scalar("SELECT count(*) FROM audit")
    assert await changed(bureau, account) == {}
    assert await bureau.scalar("SELECT count(*) FROM audit") == before
    assert (await look_up(bureau, account.agent_id)).version == account.version


async def test_two_who_change_somebody_at_once_do_not_overwrite_each_other(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())
    await changed(bureau, account, capacity=4.0)
    with pytest.raises(Conflict, match="Somebody changed Nina Nieuw since you opened this"):
        await changed(bureau, account, capacity=5.0)


async def test_what_somebody_held_returns_to_its_queue_when_they_leave_and_says_so(bureau: Bureau) -> None:
    account = await hired(bureau, somebody(), "loket-demo")
    nina = await bureau.log_in(account.person.username)
    await bureau.accept(submitted(), submitted(), submitted())
    working, asking, answered = [await nina.take_next() for _ in range(3)]
    await nina.act(asking, "wait", **{"for": "customer"})
    await nina.act(answered, "reply", body="Het is hersteld.")

    await changed(bureau, account, is_active=False)

    assert (await nina.get("/api/session")).status_code == 401
    assert await bureau.scalar("SELECT count(*) FROM ticket WHERE state = 'queued' AND holder_id IS NULL") == 3
    assert await bureau.scalar("SELECT count(*) FROM assignment WHERE ended_at IS NULL") == 0
    assert await bureau.scalar("SELECT count(*) FROM clock WHERE state = 'paused'") == 0
    released = [event for event in await bureau.events("ticket.released") if isinstance(event, TicketReleased)]
    assert {str(event.ticket_id) for event in released} == {working["id"], asking["id"], answered["id"]}
    assert all(event.has_holder_left for event in released)
    [ended] = await bureau.events("staff.session_ended")
    assert isinstance(ended, StaffSessionEnded)
    why = "SELECT DISTINCT cause FROM audit WHERE act = 'release' AND actor_name = 'Karin Smit'"
    assert await bureau.scalar(why) == "Nina Nieuw left"


async def test_the_ticket_of_who_left_can_be_taken_by_a_colleague(bureau: Bureau, fatima: Colleague) -> None:
    account = await hired(bureau, somebody(), "loket-demo")
    nina = await bureau.log_in(account.person.username)
    [ticket_id] = await bureau.accept(submitted())
    await nina.take_next()
    await changed(bureau, account, is_active=False)

    taken = await fatima.take_next()

    assert taken["id"] == str(ticket_id)
    assert "Nina Nieuw left" in [entry["cause"] for entry in (await fatima.look_at(ticket_id))["history"]]


async def test_another_role_ends_the_sessions_that_said_the_old_one(bureau: Bureau) -> None:
    account = await hired(bureau, somebody(), "loket-demo")
    nina = await bureau.log_in(account.person.username)
    await changed(bureau, account, role=Role.LEAD)
    assert (await nina.get("/api/session")).status_code == 401


async def test_other_skills_do_not_disturb_who_is_at_work(bureau: Bureau) -> None:
    account = await hired(bureau, somebody(), "loket-demo")
    nina = await bureau.log_in(account.person.username)
    await changed(bureau, account, skills={"gas": 2}, queue_ids=("triage",))
    assert (await nina.get("/api/session")).json()["queues"] == ["triage"]


async def test_a_new_password_shuts_out_who_came_in_with_the_old_one(bureau: Bureau) -> None:
    account = await hired(bureau, somebody(), "an old password")
    nina = await bureau.log_in(account.person.username, "an old password")
    async with bureau.database.transaction() as session:
        await set_password(session, KARIN, account.agent_id, Passwords().hashed("a new password"), now())

    assert (await nina.get("/api/session")).status_code == 401
    assert await bureau.log_in(account.person.username, "a new password")


async def test_nobody_logs_in_before_there_is_a_password(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())
    for password in ("", "None", "loket-demo"):
        body = {"username": account.person.username, "password": password or " "}
        assert (await bureau.client.post("/api/session", json=body)).status_code == 401


async def test_the_last_admin_stays(bureau: Bureau) -> None:
    async with bureau.database.reading() as session:
        [karin] = [each for each in await accounts(session) if each.person.role is Role.ADMIN]
    for fields in ({"is_active": False}, {"role": Role.LEAD}):
        with pytest.raises(Conflict, match="This is the last admin"):
            await changed(bureau, karin, **fields)


async def undone(bureau: Bureau, account: Account, audit_id: object) -> dict[str, Any]:
    seen = await look_up(bureau, account.agent_id)
    assert isinstance(audit_id, int)
    async with bureau.database.transaction() as session:
        return dict((await undo(session, KARIN, (seen.agent_id, seen.version), audit_id, now())).fields)


async def test_a_change_can_be_undone_and_what_came_after_stays(bureau: Bureau) -> None:
    account = await hired(bureau, somebody(week=read_week("mo 9-17")))
    await changed(bureau, account, capacity=4.0, week=())
    first = await bureau.scalar("SELECT max(audit_id) FROM audit")
    await changed(bureau, await look_up(bureau, account.agent_id), name="Nina Bekend")

    await undone(bureau, account, first)

    person = (await look_up(bureau, account.agent_id)).person
    assert (person.capacity, person.week, person.name) == (6.0, read_week("mo 9-17"), "Nina Bekend")
    assert await last_row(bureau, "act") == "undo"


async def test_what_was_changed_again_is_not_undone_by_surprise(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())
    await changed(bureau, account, capacity=4.0)
    first = await bureau.scalar("SELECT max(audit_id) FROM audit")
    await changed(bureau, await look_up(bureau, account.agent_id), capacity=5.0)
    with pytest.raises(Conflict, match="undo the later change first"):
        await undone(bureau, account, first)


async def test_an_undo_can_be_undone_and_a_hiring_too(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())
    hiring = await bureau.scalar("SELECT max(audit_id) FROM audit")
    await undone(bureau, account, hiring)
    assert not (await look_up(bureau, account.agent_id)).person.is_active
    await undone(bureau, account, await bureau.scalar("SELECT max(audit_id) FROM audit"))
    assert (await look_up(bureau, account.agent_id)).person.is_active


async def test_somebody_else_s_change_is_not_undone_here(bureau: Bureau) -> None:
    await hired(bureau, somebody())
    audit_id = await bureau.scalar("SELECT max(audit_id) FROM audit")
    other = await hired(bureau, somebody())
    with pytest.raises(NotFound):
        await undone(bureau, other, audit_id)


async def planned(bureau: Bureau, content: str) -> Plan:
    async with bureau.database.reading() as session:
        return await plan(session, read_sheet(content.encode()))


async def imported(bureau: Bureau, content: str) -> int:
    async with bureau.database.transaction() as session:
        return await carry_out(session, KARIN, await plan(session, read_sheet(content.encode())), now())


async def test_a_list_says_what_it_would_change_and_then_changes_it(bureau: Bureau) -> None:
    there = (await hired(bureau, somebody(capacity=4.0))).person.username
    newcomer = f"new{next(numbers)}"
    content = f"username;name;team;capacity;skills\n{there};;;5,5;gas:2\n{newcomer};Els;back-office;;\n"

    made = await planned(bureau, content)
    assert [(row.kind, dict(row.changes)) for row in made.rows] == [
        ("changed", {"skills": ({}, {"gas": 2}), "capacity": (4.0, 5.5)}),
        ("new", {}),
    ]
    assert await imported(bureau, content) == 2

    async with bureau.database.reading() as session:
        people = {account.person.username: account.person for account in await accounts(session)}
    assert (people[there].capacity, people[there].name) == (5.5, "Nina Nieuw")
    assert (people[newcomer].queue_ids, people[newcomer].has_clearance) == (("back-office",), False)
    assert (await planned(bureau, content)).count("same") == 2


async def test_a_list_with_anything_wrong_changes_nothing_and_says_where(bureau: Bureau) -> None:
    there = (await hired(bureau, somebody())).person.username
    content = (
        "gebruikersnaam;naam;team;capaciteit;kosten per minuut;wachtrijen\n"
        f"{there};Anders;;;;\n"
        "els1;Els;back-office;-3;;\n"
        "els2;;moon;;-0,50;\n"
        "els2;Els;back-office;;;attic\n"
    )
    made = await planned(bureau, content)

    assert [str(wrong) for wrong in made.wrong] == [
        "line 3, capaciteit: Capacity is between 0 and 100 units, not -3.",
        "line 4, naam: Give the name that customers read; at most 200 characters.",
        "line 4, team: There is no team 'moon'.",
        "line 4, kosten per minuut: A minute costs between 0 and 100 euro, not -0.50.",
        "line 5, gebruikersnaam: This user name stands on line 4 too.",
    ]
    with pytest.raises(BadInput, match="Nothing was changed"):
        await imported(bureau, content)
    assert await bureau.scalar("SELECT count(*) FROM agent WHERE username LIKE 'els_' OR name = 'Anders'") == 0


async def test_a_dash_empties_a_list_and_an_empty_cell_leaves_it(bureau: Bureau) -> None:
    there = (await hired(bureau, somebody(skills={"gas": 2}, week=read_week("mo 9-17")))).person.username
    made = await planned(bureau, f"username;skills;hours\n{there};-;\n")
    assert made.rows[0].changes == {"skills": ({"gas": 2}, {})}


async def test_technical_work_is_untouched_by_who_leaves_without_any(bureau: Bureau) -> None:
    account = await hired(bureau, somebody())
    await bureau.accept(submitted(HandlingClass.TECHNICAL))
    await changed(bureau, account, is_active=False)
    assert await bureau.events("ticket.released") == []
