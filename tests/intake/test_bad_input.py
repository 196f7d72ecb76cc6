"""Whatever is sent: a sentence, never a 500, nothing half-written."""

import json
from typing import Any

import pytest

from front_desk import ANNA, Loket

JSON = {"content-type": "application/json"}
DEEP = b'{"name":' + b"[" * 10_000 + b"]" * 10_000 + b"}"


def raw(**more: Any) -> bytes:  # noqa: ANN401 - anything may be sent
    return json.dumps(ANNA | more).encode()


BAD: list[tuple[str, int, bytes, dict[str, str]]] = [
    ("no body", 422, b"", JSON),
    ("no JSON", 422, b"{", JSON),
    ("no object", 422, b"[]", JSON),
    ("null", 422, b"null", JSON),
    ("no UTF-8", 422, b'{"name":"\xff\xfe"}', JSON),
    ("ten thousand deep", 422, DEEP, JSON),
    ("a lone surrogate", 422, b'{"name":"Anna","email":"anna@example.org","body":"\\ud800"}', JSON),
    ("a field we do not know", 422, raw(priority=1), JSON),
    ("a wrong type", 422, raw(body=12), JSON),
    ("an object for a text", 422, raw(name={"first": "Anna"}), JSON),
    ("a text for the address", 422, raw(address="Utrecht"), JSON),
    ("no name", 422, raw(name=""), JSON),
    ("only spaces", 422, raw(body="  \n\t "), JSON),
    ("no address to answer to", 422, raw(email="anna"), JSON),
    ("an address over two lines", 422, raw(email="anna@example.org\nBcc: all@example.org"), JSON),
    ("too long a text", 422, raw(body="a" * 20_001), JSON),
    ("too long a subject", 422, raw(subject="a" * 301), JSON),
    ("too long a name", 422, raw(name="a" * 201), JSON),
    ("a language we do not speak", 422, raw(language="es"), JSON),
    ("a channel we do not have", 422, raw(channel="pigeon"), JSON),
    ("a number too large to read", 422, b'{"name":' + b"9" * 100_000 + b"}", JSON),
    ("more than a megabyte", 413, raw(body="a" * 1_100_000), JSON),
    ("no kind", 415, raw(), {}),
    ("XML", 415, b"<ticket/>", {"content-type": "application/xml"}),
    ("a plain form", 415, b"name=Anna", {"content-type": "application/x-www-form-urlencoded"}),
    ("a form without a boundary", 422, b"x", {"content-type": "multipart/form-data"}),
    ("a form with a broken boundary", 422, b"x", {"content-type": "multipart/form-data; boundary=y"}),
    ("an odd charset", 422, b"--y\r\n", {"content-type": "multipart/form-data; boundary=y; charset=zlib"}),
    ("an endless key", 422, raw(), JSON | {"idempotency-key": "k" * 5000}),
    ("an empty key", 422, raw(), JSON | {"idempotency-key": ""}),
]


@pytest.mark.parametrize(("body", "status", "headers"), [pytest.param(b, s, h, id=i) for i, s, b, h in BAD])
async def test_it_is_refused_with_a_sentence(loket: Loket, body: bytes, status: int, headers: dict[str, str]) -> None:
    answer = await loket.program.post("/api/tickets", content=body, headers=headers)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    assert len(answer.text) < 5000
    assert await loket.count("ticket") == await loket.count("person") == await loket.count("outbox") == 0


GOOD: list[tuple[str, str, str]] = [
    ("a NUL", "a\0b", "a␀b"),
    ("an escape", "a\x1b[31mb", "a␛[31mb"),
    ("turned writing", "a\u202egnp.exe", "a�gnp.exe"),
    ("isolated writing", "a\u2066b\u2069", "a�b�"),
    ("Windows' lines", "a\r\nb\rc", "a\nb\nc"),
    ("a composed letter", "e\u0301", "é"),
    ("right to left as it is", "שלום", "שלום"),
    ("a face", "👩🏽‍🔧", "👩🏽‍🔧"),
]


@pytest.mark.parametrize(("sent", "stored"), [pytest.param(s, k, id=i) for i, s, k in GOOD])
async def test_what_is_invisible_becomes_visible(loket: Loket, sent: str, stored: str) -> None:
    ticket = await loket.bring(body=sent, name=sent.replace("\n", " "))
    [message] = (await loket.status(ticket))["messages"]
    assert message["body"] == stored
    assert stored.split("\n", maxsplit=1)[0] in (await loket.open(ticket)).text.replace("&#39;", "'")


async def test_the_longest_text_that_is_taken_arrives_whole(loket: Loket) -> None:
    text = "é" * 20_000
    ticket = await loket.bring(body=text, subject="s" * 300, name="n" * 200)
    assert (await loket.status(ticket))["messages"][0]["body"] == text


async def test_a_body_that_grows_over_the_limit_while_it_comes_in_is_refused(loket: Loket) -> None:
    async def drip() -> Any:  # noqa: ANN401
        for _ in range(30):
            yield b" " * 50_000

    answer = await loket.program.post("/api/tickets", content=drip(), headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
async def test_what_cannot_be_done_says_what_can(loket: Loket, method: str) -> None:
    answer = await loket.program.request(method, "/api/tickets")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert method == "HEAD" or answer.json()["status"] == 405


@pytest.mark.parametrize(
    "path", ["/t/%00", "/t/x?key=%00", "/t/%ff%fe", "/t/a/files/b", "/t/files/x?until=99&proof=%E2%82%AC"]
)
async def test_odd_addresses_are_pages_that_are_not_there(loket: Loket, path: str) -> None:
    answer = await loket.browser.get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text
