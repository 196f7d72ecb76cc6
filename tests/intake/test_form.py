"""The form: nothing typed is lost, nothing sent twice becomes two, and machines are recognised without puzzles."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from common.events import TicketSubmitted
from common.vocabulary import Channel, Language
from front_desk import Loket, hidden

TYPED = {
    "body": "Al twee dagen geen internet.\nWanneer is het gemaakt?",
    "name": "Bert de Boer",
    "email": "bert@example.org",
    "postcode": "9000",
    "city": "Gent",
    "language": "nl",
}


async def fresh(loket: Loket, **typed: str) -> dict[str, str]:
    """The form as it was filled in, with its hidden fields."""
    page = await loket.browser.get("/")
    assert page.status_code == 200
    return hidden(page.text) | TYPED | typed


async def send(loket: Loket, fields: dict[str, str], **more: Any) -> Any:  # noqa: ANN401
    return await loket.browser.post("/", data=fields, files=more.pop("files", {"attachments": ("", b"")}), **more)


async def test_someone_without_javascript_fills_it_in_and_reads_what_we_think(loket: Loket) -> None:
    sent = await send(loket, await fresh(loket))
    assert sent.status_code == 303
    page = await loket.browser.get(sent.headers["location"])

    [event] = await loket.emitted()
    assert isinstance(event, TicketSubmitted)
    assert event.reference in page.text
    assert "Iets voor een monteur" in page.text  # in the language they want to be answered in
    assert event.channel is Channel.WEB
    assert event.customer.language is Language.NL
    assert event.subject == "Al twee dagen geen internet"
    assert event.address
    assert event.address.city == "Gent"


async def test_the_same_form_sent_ten_times_at_once_is_one_ticket(loket: Loket) -> None:
    fields = await fresh(loket)
    answers = await asyncio.gather(*(send(loket, fields) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await loket.count("ticket") == 1


async def test_changed_and_sent_again_it_asks_first_and_then_makes_a_second(loket: Loket) -> None:
    fields = await fresh(loket)
    await send(loket, fields)
    asked = await send(loket, fields | {"body": "Nu is ook de televisie weg."})
    assert asked.status_code == 409
    assert "Nu is ook de televisie weg." in asked.text
    again = await send(loket, fields | {"body": "Nu is ook de televisie weg."} | hidden(asked.text))
    assert again.status_code == 303
    assert await loket.count("ticket") == 2


WRONG = [
    ({"body": ""}, "Tell us what it is about."),
    ({"name": " "}, "Fill in your name"),
    ({"email": "bert at home"}, "does not look like an e-mail address"),
    ({"body": "é" * 20_001}, "has 20001 characters"),
    ({"city": "x" * 201}, "At most 200 characters fit"),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG)
async def test_what_is_not_right_is_said_beside_the_field_and_the_rest_is_kept(
    loket: Loket, wrong: dict[str, str], sentence: str
) -> None:
    answer = await send(loket, await fresh(loket, phone="06 <1>", **wrong))

    assert answer.status_code == 422
    [field] = wrong
    beside = answer.text.partition(f'id="{field}-error"')[2][:600]
    assert sentence in beside
    assert 'value="06 &lt;1&gt;"' in answer.text
    for name in TYPED.keys() - wrong.keys():
        assert TYPED[name].partition("\n")[0] in answer.text
    assert await loket.count("ticket") == 0


async def test_somebody_without_an_address_gives_a_number_and_is_told_how_they_hear_from_us(loket: Loket) -> None:
    sent = await send(loket, await fresh(loket, email="", phone="06 1234 5678"))
    assert sent.status_code == 303
    page = await loket.browser.get(f"{sent.headers['location']}?lang=en")

    [event] = await loket.emitted()
    assert isinstance(event, TicketSubmitted)
    assert event.customer.email is None
    assert event.customer.phone == "06 1234 5678"
    assert "We call or text you at 06 1234 5678" in page.text
    assert "None" not in page.text


@pytest.mark.parametrize(
    ("phone", "field", "sentence"),
    [("", "email", "or your phone number"), ("bel mij", "phone", "does not look like a phone number")],
)
async def test_without_an_address_there_is_a_number_that_can_be_dialled(
    loket: Loket, phone: str, field: str, sentence: str
) -> None:
    answer = await send(loket, await fresh(loket, email="", phone=phone))

    assert answer.status_code == 422
    assert sentence in answer.text.partition(f'id="{field}-error"')[2][:600]
    assert await loket.count("ticket") == 0


async def test_errors_speak_the_language_of_the_page(loket: Loket) -> None:
    loket.browser.headers["accept-language"] = "de-AT, en;q=0.5"
    answer = await send(loket, await fresh(loket, name=""))
    assert "Geben Sie Ihren Namen ein" in answer.text
    assert '<html lang="de"' in answer.text


@pytest.mark.parametrize(("language", "heading"), [("nl", "Waarmee"), ("en", "How"), ("fr", "Comment"), ("de", "Wie")])
async def test_the_language_can_be_changed_and_is_remembered(loket: Loket, language: str, heading: str) -> None:
    assert f"<h1>{heading}" in (await loket.browser.get(f"/?lang={language}")).text
    assert f"<h1>{heading}" in (await loket.browser.get("/")).text


async def test_a_machine_that_fills_in_everything_is_asked_again(loket: Loket) -> None:
    page = (await loket.browser.get("/")).text
    assert re.search(r'class="unseen" aria-hidden="true">\s*<div class="field">\s*<label for="website"', page)
    answer = await send(loket, await fresh(loket, website="https://spam.example"))
    assert answer.status_code == 422
    assert await loket.count("ticket") == 0


@pytest.mark.parametrize("broken", [{"csrf_token": "x"}, {"form_id": "mine"}, {"csrf_token": ""}, {"form_id": ""}])
async def test_a_form_that_is_not_ours_is_shown_again_and_not_taken(loket: Loket, broken: dict[str, str]) -> None:
    answer = await send(loket, await fresh(loket) | broken)
    assert answer.status_code == 403
    assert "Bert de Boer" in answer.text
    assert await loket.count("ticket") == 0
    assert (await send(loket, TYPED | hidden(answer.text))).status_code == 303


async def test_a_form_on_a_foreign_site_is_not_taken(loket: Loket) -> None:
    fields = await fresh(loket)
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert (await send(loket, fields, headers=headers)).status_code == 403
    assert (await send(loket, fields, headers={"origin": "http://127.0.0.1:8080"})).status_code == 303


async def test_files_go_with_the_form_and_too_many_or_too_large_ones_are_named(loket: Loket, tmp_path: Path) -> None:
    photo = ("attachments", ("lek.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"))
    assert (await send(loket, await fresh(loket), files=[photo] * 10)).status_code == 303
    assert await loket.count("attachment") == 10
    many = await send(loket, await fresh(loket), files=[photo] * 11)
    assert many.status_code == 422
    assert "at most 10 files" in many.text
    assert "Bert de Boer" in many.text
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    with large.open("rb") as file:
        refused = await send(loket, await fresh(loket), files=[("attachments", ("film.bin", file))])
    assert refused.status_code == 413
    assert "film.bin" in refused.text
    assert "Bert de Boer" in refused.text
    assert await loket.count("ticket") == 1
