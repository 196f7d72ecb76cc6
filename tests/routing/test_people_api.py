"""People and absences over the API: checked by the rules of the page, every change audited, nothing lost."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, Json, submitted
from common.clock import now
from routing.pushing import hand_out
from routing.tables import Base

NINA = {"username": "nina", "name": "Nina Nieuw", "role": "agent", "team": "front-office", "queues": ["front-office"]}
AWAY = {"kind": "leave", "begins_at": "2031-08-04T00:00:00+02:00", "ends_at": "2031-08-09T00:00:00+02:00"}


THEM = "SELECT agent_id FROM agent WHERE username LIKE 'nina%'"
NINAS = f"agent_id IN ({THEM})"


@pytest.fixture
async def karin(bureau: Bureau, colleagues: dict[str, Colleague]) -> AsyncIterator[Colleague]:
    """Admin; whom she hires here is gone afterwards, with all that happened."""
    yield colleagues["admin"]
    async with bureau.database.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if "agent_id" in table.columns and table.name != "agent":
                await connection.execute(text(f"DELETE FROM {table.name} WHERE {NINAS}"))  # noqa: S608
        await connection.execute(text(f"UPDATE ticket SET last_holder_id = NULL WHERE last_holder_id IN ({THEM})"))  # noqa: S608
        await connection.execute(text(f"DELETE FROM agent WHERE {NINAS}"))  # noqa: S608 - our own words


async def send(who: Colleague, method: str, path: str, body: Json | None = None, **query: Any) -> httpx.Response:  # noqa: ANN401
    return await who.client.request(method, path, json=body, params=query or None, headers=who.headers)


async def add(karin: Colleague, **changed: object) -> Json:
    response = await send(karin, "POST", "/api/staff", NINA | changed)
    assert response.status_code == 201, response.text
    found: Json = response.json()
    return found


async def last_audit(bureau: Bureau) -> Any:  # noqa: ANN401
    return await bureau.scalar("SELECT actor_name || ' ' || act FROM audit ORDER BY audit_id DESC LIMIT 1")


async def test_somebody_is_added_found_changed_and_audited(bureau: Bureau, karin: Colleague) -> None:
    nina = await add(
        karin, skills={"billing": 2}, cost_per_minute="0.7", shifts=[{"weekday": 0, "begins": "08:30", "ends": "12:30"}]
    )
    assert (nina["team"], nina["skills"], nina["has_password"], nina["version"]) == (
        "front-office",
        {"billing": 2},
        False,
        1,
    )
    assert await last_audit(bureau) == "Karin Smit hire"
    assert nina in (await karin.get("/api/staff")).json()

    changed = await send(karin, "PATCH", f"/api/staff/{nina['id']}", {"version": 1, "capacity": 3, "languages": ["fr"]})
    assert changed.json() == {"person": nina | {"capacity": 3.0, "languages": ["fr"], "version": 2}, "returned": 0}
    assert (await karin.get(f"/api/staff/{nina['id']}")).json() == changed.json()["person"]
    assert await last_audit(bureau) == "Karin Smit change"


async def test_a_change_of_what_was_changed_since_is_refused(karin: Colleague) -> None:
    nina = await add(karin)
    for expected in (200, 409):
        response = await send(karin, "PATCH", f"/api/staff/{nina['id']}", {"version": 1, "name": "Nina Anders"})
        assert response.status_code == expected
    assert "Somebody changed Nina Anders" in response.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"team": "nowhere"}, "There is no team"),
        ({"team": None}, "A team is missing"),
        ({"queues": ["nowhere"]}, "There is no queue"),
        ({"skills": {"magic": 2}}, "There is no skill"),
        ({"username": "a b"}, "is no user name"),
        ({"role": "partner"}, "Partners, and nobody else"),
        ({"zone": "Mars/Olympus"}, "There is no time zone"),
        ({"shifts": [{"weekday": 0, "begins": "12:00", "ends": "09:00"}]}, "Working hours must end"),
        ({"skills": {"billing": 4}}, "is not right"),
        ({"capacity": -1}, "is not right"),
        ({"cost_per_minute": 101}, "is not right"),
        ({"is_admin": True}, "is not right"),
        ({"role": "king"}, "is not right"),
    ],
)
async def test_what_does_not_fit_is_refused_with_the_sentence_of_the_page(
    bureau: Bureau, karin: Colleague, wrong: Json, says: str
) -> None:
    response = await send(karin, "POST", "/api/staff", NINA | wrong)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
    assert says in response.json()["detail"]
    assert await bureau.scalar("SELECT count(*) FROM agent WHERE username = 'nina'") == 0


async def test_who_goes_gives_back_what_they_hold_and_it_says_so(bureau: Bureau, karin: Colleague) -> None:
    nina = await add(karin)
    password = (await send(karin, "POST", f"/api/staff/{nina['id']}/password")).json()["password"]
    herself = await bureau.log_in("nina", password)
    await bureau.accept(submitted(), submitted())
    held = await herself.take_next("front-office")
    await herself.act(await herself.take_next("front-office"), "wait", **{"for": "customer"})

    version = (await karin.get(f"/api/staff/{nina['id']}")).json()["version"]
    gone = await send(karin, "DELETE", f"/api/staff/{nina['id']}", version=version)

    assert (gone.json()["returned"], gone.json()["person"]["is_active"]) == (2, False)
    back = await karin.look_at(held["id"])
    assert (back["ticket"]["state"], back["ticket"]["holder"]) == ("queued", None)
    assert (back["history"][-1]["act"], back["history"][-1]["cause"]) == ("release", "Nina Nieuw left")
    assert (await herself.get("/api/work")).status_code == 401


async def test_what_was_offered_to_who_goes_is_offered_to_the_next(
    bureau: Bureau, karin: Colleague, fatima: Colleague
) -> None:
    nina = await add(karin, cost_per_minute="0.1", languages=["nl"])
    password = (await send(karin, "POST", f"/api/staff/{nina['id']}/password")).json()["password"]
    herself = await bureau.log_in("nina", password)
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE queue SET mode = 'push' WHERE queue_id = 'front-office'"))
    for who in (herself, fatima):
        await who.post("/api/session/presence", state="available")
    await bureau.accept(submitted())
    await hand_out(bureau.database, now())
    assert len((await herself.get("/api/work/offers")).json()) == 1

    await send(karin, "DELETE", f"/api/staff/{nina['id']}", version=2)
    await hand_out(bureau.database, now())
    assert len((await fatima.get("/api/work/offers")).json()) == 1
    async with bureau.database.transaction() as session:
        await session.execute(text("UPDATE queue SET mode = 'pull'"))


async def test_shifts_are_set_as_a_whole(karin: Colleague) -> None:
    nina = await add(karin)
    week = [{"weekday": day, "begins": "08:30:00", "ends": "12:30:00"} for day in range(5)]
    changed = await send(karin, "PUT", f"/api/staff/{nina['id']}/shifts", {"version": 1, "shifts": week})
    assert changed.json()["person"]["shifts"] == week
    changed = await send(karin, "PUT", f"/api/staff/{nina['id']}/shifts", {"version": 2, "shifts": []})
    assert changed.json()["person"]["shifts"] == []


async def test_absences_are_planned_moved_and_struck_out_by_leads(
    bureau: Bureau, karin: Colleague, sofie: Colleague
) -> None:
    path = f"/api/staff/{(await add(karin))['id']}/absences"
    planned = await send(sofie, "POST", path, AWAY)
    assert planned.status_code == 201
    assert (await sofie.get(path)).json() == [planned.json()]
    assert await last_audit(bureau) == "Sofie Janssens absent"

    assert (await send(sofie, "POST", path, AWAY)).status_code == 409
    assert (await send(sofie, "POST", path, AWAY | {"kind": "party"})).status_code == 422
    assert (await send(sofie, "POST", path, AWAY | {"ends_at": AWAY["begins_at"]})).status_code == 422

    moved = await send(sofie, "PUT", f"{path}/{planned.json()['id']}", AWAY | {"kind": "sick"})
    assert moved.json()["kind"] == "sick"
    assert (await send(sofie, "DELETE", f"{path}/{moved.json()['id']}")).status_code == 204
    assert (await sofie.get(path)).json() == []
    assert await last_audit(bureau) == "Sofie Janssens present"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/staff", NINA),
        ("PATCH", "/api/staff/{}", {"version": 1, "name": "Ik"}),
        ("DELETE", "/api/staff/{}?version=1", None),
        ("PUT", "/api/staff/{}/shifts", {"version": 1, "shifts": []}),
        ("POST", "/api/staff/{}/password", None),
    ],
)
async def test_only_admins_change_people(
    bureau: Bureau, colleagues: dict[str, Colleague], method: str, path: str, body: Json | None
) -> None:
    agent_id = await bureau.scalar("SELECT agent_id FROM agent WHERE username = 'backoffice'")
    for who in (colleagues["lead"], colleagues["frontoffice"]):
        assert (await send(who, method, path.format(agent_id), body)).status_code == 403


async def test_agents_read_nothing_of_others(bureau: Bureau, fatima: Colleague) -> None:
    agent_id = await bureau.scalar("SELECT agent_id FROM agent WHERE username = 'backoffice'")
    for path in ("/api/staff", f"/api/staff/{agent_id}", f"/api/staff/{agent_id}/absences"):
        assert (await fatima.get(path)).status_code == 403


async def test_the_last_admin_stays(bureau: Bureau, karin: Colleague) -> None:
    me = next(each for each in (await karin.get("/api/staff")).json() if each["username"] == "admin")
    refused = await send(karin, "DELETE", f"/api/staff/{me['id']}", version=me["version"])
    assert (refused.status_code, "last admin" in refused.json()["detail"]) == (409, True)
    assert await bureau.scalar("SELECT is_active FROM agent WHERE username = 'admin'")


async def test_every_route_is_described(bureau: Bureau) -> None:
    paths = bureau.service.app.openapi()["paths"]
    people = {path: sorted(paths[path]) for path in paths if path.startswith("/api/staff")}
    assert people == {
        "/api/staff": ["get", "post"],
        "/api/staff/{agent_id}": ["delete", "get", "patch"],
        "/api/staff/{agent_id}/shifts": ["put"],
        "/api/staff/{agent_id}/password": ["post"],
        "/api/staff/{agent_id}/absences": ["get", "post"],
        "/api/staff/{agent_id}/absences/{absence_id}": ["delete", "put"],
    }
    for path, methods in people.items():
        for method in methods:
            assert paths[path][method]["description"]
            assert {"401", "403", "422"} <= paths[path][method]["responses"].keys()
