"""The policy through the API: read, checked, tried on the past, published, brought back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.vocabulary import Channel, HandlingClass, Sensitivity, Topic
from routing.policy import default_source

FRENCH = '[[rule]]\nname = "French bills"\nwhen = { topic = "billing", language = "nl" }\n'
FRENCH += 'then = { queue = "back-office", priority = 2 }\n\n'


@pytest.fixture(autouse=True)
async def first_policy(bureau: Bureau) -> AsyncIterator[None]:
    """The other tests count on the policy that Loket begins with."""
    yield
    async with bureau.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM policy WHERE version > 1"))


async def send(
    who: Colleague, source: str, path: str = "", *, method: str = "POST", version: int | None = None, **params: int
) -> httpx.Response:
    headers = {**who.headers, "content-type": "application/toml"}
    if version is not None:
        headers["if-match"] = f'"{version}"'
    return await who.client.request(method, f"/api/policy{path}", content=source, headers=headers, params=params)


async def publish(who: Colleague, source: str, version: int | None = 1) -> httpx.Response:
    return await send(who, source, method="PUT", version=version)


@pytest.fixture
def karin(bureau: Bureau, colleagues: dict[str, Colleague]) -> Colleague:  # noqa: ARG001 - on an empty desk
    """Admin."""
    return colleagues["admin"]


async def test_what_is_published_decides_what_comes_in_next_and_nothing_that_came_before(
    bureau: Bureau, karin: Colleague, sofie: Colleague
) -> None:
    [before] = await bureau.accept(submitted())

    answer = await publish(karin, FRENCH + default_source())

    assert answer.status_code == 200, answer.text
    assert (answer.json()["version"], answer.headers["etag"]) == (2, '"2"')
    [after] = await bureau.accept(submitted())
    assert (await sofie.look_at(before))["ticket"]["queue"] == "front-office"
    seen = await sofie.look_at(after)
    assert (seen["ticket"]["queue"], seen["ticket"]["priority"]) == ("back-office", 2)
    assert (seen["decision"]["rule"], seen["decision"]["policy_version"]) == ("French bills", 2)


async def test_the_document_is_read_back_as_json_and_as_it_was_written(bureau: Bureau, karin: Colleague) -> None:  # noqa: ARG001
    source = "# Bills first.\n" + FRENCH + default_source()
    await publish(karin, source)

    as_json = await karin.get("/api/policy")
    as_text = await karin.client.get("/api/policy", headers={**karin.headers, "accept": "application/toml"})

    assert as_json.json()["rule"][0]["then"] == {"queue": "back-office", "priority": 2}
    assert as_json.headers["etag"] == as_text.headers["etag"] == '"2"'
    assert as_text.text == source


async def test_json_that_was_read_can_be_changed_and_put_back(bureau: Bureau, karin: Colleague) -> None:  # noqa: ARG001
    document = (await karin.get("/api/policy")).json()
    document["rule"].insert(0, {"name": "Gas", "when": {"urgent": True}, "then": {"queue": "field", "promise": "2h"}})
    document["version"] = 1

    put = await karin.client.put("/api/policy", json=document, headers=karin.headers)

    assert put.status_code == 200, put.text
    assert (await karin.get("/api/policy")).json()["rule"][0]["then"]["promise"] == "2h"
    shown = await karin.get("/api/policy/versions/2")
    assert '[[rule]]\nname = "Gas"\nwhen = { urgent = true }\nthen = { queue = "field", promise = "2h" }' in shown.text


async def test_a_version_must_be_named_and_an_old_one_is_a_conflict(bureau: Bureau, karin: Colleague) -> None:  # noqa: ARG001
    source = FRENCH + default_source()
    unnamed = await publish(karin, source, version=None)
    assert unnamed.status_code == 422
    assert "If-Match" in unnamed.json()["detail"]

    assert (await publish(karin, source)).status_code == 200
    late = await publish(karin, default_source() + "# again", version=1)
    assert late.status_code == 409
    assert late.json()["detail"] == "Karin Smit published version 2 meanwhile; look at it first."
    assert (await publish(karin, source, version=2)).json()["detail"] == "This is the policy in force already."


async def test_of_two_who_publish_at_once_one_is_told_to_look_again(
    bureau: Bureau,
    karin: Colleague,
    sofie: Colleague,
) -> None:
    sent = (publish(karin, "# Karin.\n" + default_source()), publish(sofie, "# Sofie.\n" + default_source()))
    answers = await asyncio.gather(*sent)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await bureau.scalar("SELECT max(version) FROM policy") == 2


async def test_what_is_wrong_is_refused_with_its_lines_and_nothing_is_published(
    bureau: Bureau, karin: Colleague
) -> None:
    source = FRENCH.replace("back-office", "attic") + default_source()

    for answer in (await publish(karin, source), await send(karin, source.replace("name", "nam"), "/diff")):
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"]

    checked = await send(karin, source, "/check")
    assert checked.json()["ok"] is False
    assert checked.json()["findings"][0]["line"] == 4
    assert checked.json()["findings"][0]["what"].startswith("There is no queue “attic”; there are front-office")
    assert (await send(karin, default_source(), "/check")).json() == {"ok": True, "findings": []}
    assert await bureau.scalar("SELECT max(version) FROM policy") == 1


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"a\x00b", b"{", b"[1]", b"rule = 1", b'{"rule": {}}', b"\xef\xbb\xbf"]
)
async def test_no_body_breaks_it(bureau: Bureau, karin: Colleague, body: bytes) -> None:  # noqa: ARG001
    headers = {**karin.headers, "if-match": '"1"'}
    for method, path in (("PUT", ""), ("POST", "/diff")):
        answer = await karin.client.request(method, f"/api/policy{path}", content=body, headers=headers)
        assert answer.status_code == 422, (method, answer.text)
    checked = await karin.client.post("/api/policy/check", content=body, headers=headers)
    assert checked.status_code == 422 or checked.json()["findings"]


async def test_a_diff_counts_what_would_move_and_changes_nothing(bureau: Bureau, karin: Colleague) -> None:
    dutch = await bureau.accept(*(submitted() for _ in range(5)))
    await bureau.accept(submitted(HandlingClass.TECHNICAL), submitted(channel=Channel.PHONE))
    await bureau.accept(submitted(sensitivity=Sensitivity.CONFIDENTIAL, subject="Schuld bij de bakker"))
    source = FRENCH.replace('language = "nl"', 'channel = "web"') + default_source()

    found = (await send(karin, source, "/diff", days=3)).json()

    assert (found["looked_at"], found["moved"], found["has_more"]) == (8, 7, False)
    ways = {(move["from_queue"], move["to_queue"]): move["count"] for move in found["moves"]}
    assert ways == {("front-office", "back-office"): 6, ("field", "back-office"): 1}
    assert {load["queue"]: (load["before"], load["after"]) for load in found["queues"]} == {
        "front-office": (7, 1),
        "back-office": (0, 7),
        "field": (1, 0),
    }
    example = found["moves"][0]["examples"][0]
    assert (example["from_rule"], example["to_rule"]) == ("Routine work to the front office", "French bills")
    assert "Schuld" not in str(found)
    assert await bureau.scalar("SELECT count(*) FROM ticket WHERE queue_id = 'back-office'") == 0
    assert await bureau.scalar("SELECT max(version) FROM policy") == 1
    assert dutch


async def test_a_diff_tells_other_terms_in_the_same_queue_apart(bureau: Bureau, karin: Colleague) -> None:
    await bureau.accept(submitted(), submitted(HandlingClass.SPECIALIST))
    source = default_source().replace('queue = "front-office" }', 'queue = "front-office", promise = "1h" }')
    source = source.replace('queue = "back-office" }', 'queue = "back-office", priority = 1 }')
    found = (await send(karin, source, "/diff")).json()
    assert (found["moved"], found["other_priority"], found["other_terms"]) == (0, 1, 1)


async def test_one_step_back_restores_what_was_there_before_and_is_audited(bureau: Bureau, karin: Colleague) -> None:
    await publish(karin, FRENCH + default_source())
    await publish(karin, "# Third.\n" + FRENCH.replace("priority = 2", "priority = 1") + default_source(), version=2)

    back = await karin.post("/api/policy/rollback", version=3)
    assert (back.json()["version"], back.json()["restores"]) == (4, 2)
    further = await karin.post("/api/policy/rollback", version=4)
    assert (further.json()["version"], further.json()["restores"]) == (5, 1)
    assert (await karin.post("/api/policy/rollback", version=5)).json()[
        "detail"
    ] == "There is no policy before this one."
    forth = await karin.post("/api/policy/rollback", version=5, restores=3)
    assert (forth.json()["version"], forth.json()["restores"]) == (6, 3)
    assert (await karin.post("/api/policy/rollback", version=6, restores=99)).status_code == 404
    assert (await karin.post("/api/policy/rollback", version=2)).status_code == 409

    listed = (await karin.get("/api/policy/versions")).json()
    assert [each["version"] for each in listed] == [6, 5, 4, 3, 2, 1]
    async with bureau.database.reading() as session:
        rows = await session.execute(
            text("SELECT act, about, actor_name FROM audit WHERE about LIKE 'policy/%' ORDER BY 2")
        )
        assert [tuple(row) for row in rows] == [
            ("publish_policy", "policy/2", "Karin Smit"),
            ("publish_policy", "policy/3", "Karin Smit"),
            ("restore_policy", "policy/4", "Karin Smit"),
            ("restore_policy", "policy/5", "Karin Smit"),
            ("restore_policy", "policy/6", "Karin Smit"),
        ]


async def test_a_warning_is_told_and_does_not_keep_a_policy_from_being_published(
    bureau: Bureau,  # noqa: ARG001
    karin: Colleague,
) -> None:
    source = '[[rule]]\nname = "Everything"\nthen = { queue = "triage" }\n'
    checked = (await send(karin, source, "/check")).json()
    assert checked["ok"] is True
    assert [(each["what"], each["is_warning"]) for each in checked["findings"]] == [
        ("No rule leads to a queue of the field.", True)
    ]
    assert (await publish(karin, source)).status_code == 200


@pytest.mark.parametrize("role", ["frontoffice", "technician", "partner", "lead", "admin"])
async def test_leads_and_admins_change_the_policy_and_others_read_it(
    bureau: Bureau,  # noqa: ARG001
    colleagues: dict[str, Colleague],
    role: str,
) -> None:
    who = colleagues[role]
    may = role in {"lead", "admin"}
    assert (await who.get("/api/policy")).status_code == 200
    assert (await publish(who, "# Mine.\n" + default_source())).status_code == (200 if may else 403)
    assert (await who.post("/api/policy/rollback", version=9)).status_code == (409 if may else 403)
    for path in ("/check", "/diff"):
        assert (await send(who, default_source(), path)).status_code == (200 if may else 403)
    for path in ("/versions", "/versions/1"):
        assert (await who.get(f"/api/policy{path}")).status_code == (200 if may else 403)


async def test_specialist_work_goes_to_the_front_office_first_and_on_from_there(
    bureau: Bureau, karin: Colleague, fatima: Colleague, annelies: Colleague
) -> None:
    source = '[[rule]]\nname = "Filter"\nwhen = { class = "specialist" }\n'
    source += 'then = { queue = "back-office", front_office_first = true, promise = { within = "3h", share = 0.9 } }\n'
    assert (
        await publish(karin, source + default_source().replace('"Specialist work', '"Other specialist work'))
    ).status_code == 422
    rest = default_source().split("[[rule]]")
    assert (await publish(karin, source + "[[rule]]".join(["", rest[1], rest[3], rest[4]]))).status_code == 200
    await bureau.accept(submitted(HandlingClass.SPECIALIST))

    ticket = await fatima.take_next()
    assert ticket["queue"] == "front-office"
    ticket = await fatima.act(ticket, "escalate", reason="It needs more knowledge")
    assert ticket["queue"] == "back-office"
    ticket = await annelies.take_next()
    ticket = await annelies.act(
        ticket, "reclassify", **{"class": "specialist", "topic": "contract", "reason": "Contract"}
    )
    assert ticket["queue"] == "back-office"


async def test_an_escalation_goes_where_the_rule_says(bureau: Bureau, karin: Colleague, fatima: Colleague) -> None:
    source = '[[rule]]\nname = "Visit?"\nwhen = { topic = "billing" }\n'
    source += 'then = { queue = "field", front_office_first = true }\n'
    assert (await publish(karin, source + default_source())).status_code == 200
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "escalate", reason="It needs somebody on site")
    assert ticket["queue"] == "field"


async def test_a_rule_can_ask_for_skills_and_for_clearance(bureau: Bureau, karin: Colleague, fatima: Colleague) -> None:
    source = '[[rule]]\nname = "Debts"\nwhen = { topic = "debt_collection" }\n'
    source += 'then = { queue = "back-office", confidential = true, skills = ["debt"], '
    source += 'optional_skills = { french = "15m" } }\n'
    async with bureau.database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO skill VALUES ('debt', 'Debt') ON CONFLICT DO NOTHING"))
    answer = await publish(karin, source + default_source())
    assert answer.status_code == 200, answer.text
    event = submitted(HandlingClass.SPECIALIST)
    judged = event.judgement.model_copy(update={"topic": Topic.DEBT_COLLECTION})
    [ticket_id] = await bureau.accept(event.model_copy(update={"judgement": judged}))

    assert (await fatima.look_at(ticket_id))["ticket"]["sensitivity"] == "confidential"
    assert await bureau.scalar("SELECT skills FROM ticket") == {"debt": 1}
    waits: Any = await bureau.scalar("SELECT optional_skills FROM ticket")
    assert set(waits) == {"french"}


async def test_a_rule_that_fails_is_passed_over_loudly_and_everybody_sees_it(bureau: Bureau, karin: Colleague) -> None:
    await publish(karin, FRENCH + default_source())
    async with bureau.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE policy SET document = replace(document::text, 'billing', 'bills')::jsonb WHERE version = 2")
        )
        await connection.execute(text("UPDATE policy SET published_at = now() WHERE version = 2"))  # another document
    failures = "loket_policy_broken_rules"

    [ticket_id] = await bureau.accept(submitted())

    assert REGISTRY.get_sample_value(failures) == 1
    assert (await karin.look_at(ticket_id))["ticket"]["queue"] == "front-office"
