"""The staff API towards those who get it wrong, and what it promises in its description."""

from typing import Any
from uuid import uuid4

import pytest

from bureau import Bureau, Colleague, submitted
from common.events import Customer
from common.vocabulary import Channel, Language

DEEP = "[" * 10_000 + "]" * 10_000


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("reply", {"body": ""}),
        ("reply", {"body": "x" * 20_001}),
        ("reply", {"body": "nul \x00 inside"}),
        ("reply", {"body": "half \ud800 a character"}),
        ("reply", {"body": "x", "colour": "red"}),
        ("reply", {"body": ["x"]}),
        ("reclassify", {"class": "plumbing", "reason": "x"}),
        ("reclassify", {"class": "routine"}),
        ("transfer", {"queue": "../etc"}),
        ("wait", {"for": "godot"}),
        ("wait", {"for": "customer", "until": "tomorrow"}),
        ("wait", {"for": "customer", "until": "2030-01-01T10:00:00"}),
        ("resolve", {}),
    ],
)
async def test_what_does_not_fit_is_refused_with_a_sentence(
    bureau: Bureau, fatima: Colleague, act: str, body: dict[str, Any]
) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.take_next()
    response = await fatima.try_to(ticket, act, **body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].endswith(".")


@pytest.mark.parametrize("version", [None, 0, -1, "three", 2**31, 1.5])
async def test_a_version_is_a_whole_number_above_nothing(bureau: Bureau, fatima: Colleague, version: object) -> None:
    [ticket_id] = await bureau.accept(submitted())
    response = await fatima.post(f"/api/work/{ticket_id}/take", version=version)
    assert response.status_code == 422


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", DEEP.encode(), b"null", b"[]", b'"text"'])
async def test_a_body_that_is_no_object_is_refused(bureau: Bureau, fatima: Colleague, content: bytes) -> None:
    headers = {**fatima.headers, "content-type": "application/json"}
    response = await bureau.client.post("/api/work/next", content=content, headers=headers)
    assert response.status_code in {400, 422}
    assert response.json()["id"]


async def test_a_megabyte_is_too_much(bureau: Bureau, fatima: Colleague) -> None:
    response = await bureau.client.post(
        f"/api/work/{uuid4()}/reply", content=b"x" * (1024 * 1024 + 1), headers=fatima.headers
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/api/work/not-an-id",
        "/api/queues/Front%20Office/tickets",
        "/api/queues/%00/tickets",
        "/api/queues/front-office/tickets?after=xyz",
        "/api/queues/front-office/tickets?after=eyJwcmlvcml0eSI6MX0",
        "/api/queues/front-office/tickets?limit=0",
        "/api/queues/front-office/tickets?limit=100000",
        "/api/work?q=%00",
        "/api/work?colour=red",
    ],
)
async def test_an_address_that_does_not_fit_is_refused(bureau: Bureau, fatima: Colleague, path: str) -> None:  # noqa: ARG001
    response = await fatima.client.get(path, headers=fatima.headers)
    assert response.status_code == 422, response.text


async def test_other_scripts_are_kept_and_what_turns_writing_around_is_seen(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted())
    ticket = await fatima.act(await fatima.take_next(), "reply", body="مرحبا \u202e abc \u2066 日本 🙂")
    assert (await fatima.look_at(ticket["id"]))["messages"][-1]["body"] == "مرحبا \ufffd abc \ufffd 日本 🙂"


async def test_a_queue_is_paged_through_without_gaps(bureau: Bureau, fatima: Colleague) -> None:
    accepted = await bureau.accept(*(submitted(is_urgent=n % 3 == 0) for n in range(11)))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        more = {"after": after} if after else {}
        page = (await fatima.get("/api/queues/front-office/tickets", limit=4, **more)).json()
        seen += [ticket["id"] for ticket in page["tickets"]]
        after = page["after"]
    assert sorted(seen) == sorted(map(str, accepted))
    taken = [(await fatima.take_next())["id"] for _ in range(11)]
    assert taken == seen


@pytest.mark.parametrize(
    "words", ["fact", "FACTUUR", "jansen", "anna@example.org", "ANNA@example.org", "niet klopt", "3511"]
)
async def test_a_search_finds_words_names_and_addresses(bureau: Bureau, fatima: Colleague, words: str) -> None:
    await bureau.accept(submitted())
    assert len((await fatima.get("/api/work", q=words)).json()["tickets"]) == 1


@pytest.mark.parametrize("words", ["gas", "'", "' & !", ":*", "a' | 'b", "%", "()", "\\"])
async def test_a_search_finds_nothing_else_and_never_breaks(bureau: Bureau, fatima: Colleague, words: str) -> None:
    await bureau.accept(submitted())
    response = await fatima.get("/api/work", q=words)
    assert (response.status_code, response.json()["tickets"]) == (200, [])


async def test_a_ticket_is_found_by_its_reference_however_it_is_written(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted(reference="L7K3M9QX2C"))
    for reference in ("L7K3M9QX2C", "l-7k3m9-qx2c", "L 7K3M9 QX2C"):
        assert len((await fatima.get("/api/work", reference=reference)).json()["tickets"]) == 1
        assert len((await fatima.get("/api/work", q=reference)).json()["tickets"]) == 1


async def test_the_policy_in_force_is_shown_with_its_version(bureau: Bureau, fatima: Colleague) -> None:  # noqa: ARG001
    response = await fatima.get("/api/policy")
    assert response.headers["etag"] == '"1"'
    assert [rule["then"]["queue"] for rule in response.json()["rule"]] == [
        "front-office",
        "back-office",
        "field",
        "triage",
    ]


def test_every_status_a_route_may_answer_is_described(bureau: Bureau) -> None:
    document = bureau.service.app.openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            told = set(operation["responses"])
            assert {"400", "403", "413", "422", "503"} <= told, (method, path)
            if "{ticket_id}/" in path and method == "post":
                assert {"404", "409", "423"} <= told, (method, path)


@pytest.mark.parametrize("typed", ["06 12345678", "+31 6 12345678", "0031612345678", "06-12 34 56 78"])
async def test_who_calls_is_found_however_their_number_is_written(
    bureau: Bureau, fatima: Colleague, typed: str
) -> None:
    caller = Customer(person_id=uuid4(), name="+31…5678", phone="+31612345678", language=Language.NL)
    [ticket_id] = await bureau.accept(submitted(customer=caller, channel=Channel.SMS))
    await bureau.accept(submitted())

    found = (await fatima.get("/api/work", q=typed)).json()["tickets"]

    assert [each["id"] for each in found] == [str(ticket_id)]
    assert found[0]["customer"]["email"] is None
