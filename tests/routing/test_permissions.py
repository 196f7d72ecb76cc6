"""Who may see and do what: every route of the staff, for every role."""

from uuid import UUID, uuid4

import pytest
from fastapi.routing import APIRoute

from bureau import Bureau, Colleague, submitted
from common.vocabulary import HandlingClass

ROLES = ("frontoffice", "backoffice", "technician", "lead", "admin", "partner")
SEES_ALL = {"frontoffice", "backoffice", "lead", "admin"}
BODIES = {
    "take": {},
    "reply": {"body": "x"},
    "note": {"body": "x"},
    "escalate": {"reason": "x"},
    "return": {"reason": "x"},
    "reclassify": {"class": "routine", "reason": "x"},
    "transfer": {"queue": "partner"},
    "task": {"queue": "field", "question": "x"},
    "wait": {"for": "customer"},
    "resume": {},
    "resolve": {"outcome": "x"},
    "release": {},
    "reopen": {"reason": "x"},
    "void": {"reason": "spam"},
    **{act: {"other": "01a1f0c2-0000-7000-8000-000000000001"} for act in ("merge", "adopt", "part")},
    "split": {"message": "01a1f0c2-0000-7000-8000-000000000001", "subject": "x"},
}
OPEN_TO_ALL = {"/livez", "/healthz", "/readyz", "/metrics", "/login", "/logout", "/dev/login", "/api/session"}


def routes(bureau: Bureau) -> list[tuple[str, str]]:
    """Every method and path of the application."""
    document = bureau.service.app.openapi()["paths"]
    described = [(method.upper(), path) for path, methods in document.items() for method in methods]
    pages = ["/desk", "/desk/queues/field", "/desk/search", f"/desk/tickets/{uuid4()}"]
    pages += ["/desk/questions", "/admin/calendars", "/insight/promises", "/insight/departments", "/admin/incidents"]
    return described + [("GET", path) for path in pages]


async def test_nothing_is_shown_to_who_is_not_logged_in(bureau: Bureau) -> None:
    for method, template in routes(bureau):
        path = template.replace("{queue_id}", "field").replace("{ticket_id}", str(uuid4()))
        path = path.replace("{letter_id}", str(uuid4())).replace("{version}", "1").replace("{calendar_id}", "office")
        path = path.replace("{incident_id}", str(uuid4()))
        if (method, path) == ("POST", "/api/session"):
            continue
        response = await bureau.client.request(method, path, json={})
        if path.startswith("/api/"):
            assert response.status_code == 401, (method, path)
            assert response.headers["content-type"] == "application/problem+json"
        else:
            assert (response.status_code, response.headers["location"][:6]) == (303, "/login"), path


def test_every_route_is_known_here(bureau: Bureau) -> None:
    acts = {path.rsplit("/", 1)[1] for _, path in routes(bureau) if path.startswith("/api/work/{ticket_id}/")}
    assert acts == {*BODIES, "answer", "duplicates", "family", "keep", "open", "time"}


@pytest.mark.parametrize("role", ROLES)
async def test_a_ticket_of_another_queue_exists_only_for_who_sees_all(
    bureau: Bureau, colleagues: dict[str, Colleague], role: str
) -> None:
    [ticket_id] = await bureau.accept(submitted(None))  # in triage
    who = colleagues[role]

    statuses = {
        (await who.get(f"/api/work/{ticket_id}")).status_code,
        (await who.get("/api/queues/triage/tickets")).status_code,
    }
    found = (await who.get("/api/work", q="factuur")).json()["tickets"]
    queues = {queue["id"] for queue in (await who.get("/api/queues")).json()}

    if role in SEES_ALL:
        assert statuses == {200}
        assert ("triage" in queues, len(found)) == (True, 1)
    else:
        assert statuses == {404}
        assert ("triage" in queues, found) == (False, [])


@pytest.mark.parametrize("role", ["technician", "partner"])
@pytest.mark.parametrize("act", sorted(BODIES))
async def test_what_one_may_not_see_cannot_be_acted_on(
    bureau: Bureau, colleagues: dict[str, Colleague], role: str, act: str
) -> None:
    [ticket_id] = await bureau.accept(submitted())
    response = await colleagues[role].post(f"/api/work/{ticket_id}/{act}", version=1, **BODIES[act])
    assert response.status_code == 404
    assert await bureau.scalar("SELECT version FROM ticket") == 1


async def test_a_partner_works_its_own_queue_and_sees_nothing_confidential(
    bureau: Bureau, sofie: Colleague, pieter: Colleague
) -> None:
    open_id, secret_id = await bureau.accept(submitted(), submitted(sensitivity="confidential"))
    for ticket_id in (open_id, secret_id):
        ticket = (await sofie.look_at(ticket_id))["ticket"]
        await sofie.act(ticket, "transfer", queue="partner")

    assert UUID((await pieter.take_next())["id"]) == open_id
    assert (await pieter.post("/api/work/next", queues=None)).status_code == 204
    assert (await pieter.get(f"/api/work/{secret_id}")).json()["acts"] == ["open"]
    assert [queue["id"] for queue in (await pieter.get("/api/queues")).json()] == ["partner"]


async def test_a_partner_cannot_push_work_into_queues_that_do_not_exist_for_it(
    bureau: Bureau, sofie: Colleague, pieter: Colleague
) -> None:
    [ticket_id] = await bureau.accept(submitted())
    await sofie.act((await sofie.look_at(ticket_id))["ticket"], "transfer", queue="partner")
    refused = await pieter.try_to(await pieter.take_next(), "transfer", queue="back-office")
    assert refused.status_code == 422


async def test_a_technician_keeps_seeing_what_they_hold(bureau: Bureau, bram: Colleague) -> None:
    await bureau.accept(submitted(HandlingClass.TECHNICAL))
    ticket = await bram.take_next()
    returned = await bram.act(ticket, "return", reason="It belongs elsewhere")
    assert returned["queue"] == "front-office"
    assert (await bram.get(f"/api/work/{ticket['id']}")).status_code == 404


@pytest.mark.parametrize("role", ROLES)
async def test_dead_letters_are_for_leads(bureau: Bureau, colleagues: dict[str, Colleague], role: str) -> None:  # noqa: ARG001
    expected = 200 if role in {"lead", "admin"} else 403
    who = colleagues[role]
    assert (await who.get("/api/dead")).status_code == expected
    for act in ("replay", "discard"):
        status = (await who.post(f"/api/dead/{uuid4()}/{act}")).status_code
        assert status == (404 if expected == 200 else 403)


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_offered_is_what_succeeds(bureau: Bureau, colleagues: dict[str, Colleague], role: str) -> None:
    """The acts that the API offers on a waiting ticket, and no others, are not refused."""
    who = colleagues[role]
    for act, body in BODIES.items():
        [ticket_id] = await bureau.accept(submitted())
        seen = await who.get(f"/api/work/{ticket_id}")
        if seen.status_code == 404:
            continue
        response = await who.try_to(seen.json()["ticket"], act, **body)
        offered = act in seen.json()["acts"]
        assert offered == (response.status_code == 200), (act, response.text)


def test_no_route_lacks_a_description(bureau: Bureau) -> None:
    for route in bureau.service.app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            assert route.description, route.path


@pytest.mark.parametrize("path", ["/api/insight/promises", "/api/insight/departments", "/api/calendars"])
@pytest.mark.parametrize("role", ROLES)
async def test_what_an_organisation_learns_is_for_who_leads(
    bureau: Bureau,  # noqa: ARG001 - nothing has happened yet
    colleagues: dict[str, Colleague],
    role: str,
    path: str,
) -> None:
    expected = 200 if role in {"lead", "admin"} else 403
    assert (await colleagues[role].get(path)).status_code == expected
