"""The status page: only for whoever holds the key, and always the whole story."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import time_machine

from common.auth import Seal
from common.events import (
    DeliveryRecorded,
    FeedbackGiven,
    MessageReceived,
    Promise,
    ReplySent,
    TicketAssigned,
    TicketClosed,
    TicketMerged,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketRouted,
    TicketWaiting,
)
from common.settings import DEMO_SECRET
from common.vocabulary import Channel, HandlingClass, TicketState, Tier
from front_desk import Loket, hidden, key_of


def now() -> datetime:
    return datetime.now(UTC)


def routed(ticket: dict[str, Any], **more: Any) -> TicketRouted:  # noqa: ANN401
    facts: dict[str, Any] = {
        "ticket_id": UUID(ticket["id"]),
        "reference": ticket["reference"],
        "queue_id": "front-office",
        "tier": Tier.FRONT_OFFICE,
        "handling_class": HandlingClass.ROUTINE,
        "priority": 3,
        "promise": Promise(answer_by=now() + timedelta(hours=2), solve_by=now() + timedelta(days=2)),
        "cause": "accepted",
        "routed_at": now(),
    }
    return TicketRouted(**facts | more)


def resolved(ticket: dict[str, Any], **more: Any) -> TicketResolved:  # noqa: ANN401
    facts: dict[str, Any] = {
        "ticket_id": UUID(ticket["id"]),
        "outcome": "fixed",
        "agent_name": "Piet",
        "resolved_at": now(),
    }
    return TicketResolved(**facts | more)


async def test_a_ticket_that_went_up_in_another_says_so_and_still_takes_words(loket: Loket) -> None:
    ticket, other = await loket.bring(language="nl"), await loket.bring()
    merged = TicketMerged(
        ticket_id=UUID(ticket["id"]),
        into_ticket_id=UUID(other["id"]),
        into_reference=other["reference"],
        agent_name="Piet",
        merged_at=now(),
    )
    closed = TicketClosed(
        ticket_id=UUID(ticket["id"]), final_state=TicketState.VOID, reason="duplicate_of", closed_at=now()
    )
    await loket.hear(routed(ticket), merged, closed)

    page = (await loket.open(ticket)).text

    assert f"samen met uw andere bericht, {other['reference']}" in page
    assert "gestopt" not in page
    assert 'name="body"' in page
    assert key_of(other) not in page


async def test_the_key_is_exchanged_for_a_cookie_and_leaves_the_address(loket: Loket) -> None:
    ticket = await loket.bring()
    first = await loket.browser.get(ticket["status_url"])

    assert first.status_code == 303
    assert first.headers["location"] == f"/t/{ticket['reference']}"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert key_of(ticket) not in cookie
    page = await loket.browser.get(first.headers["location"])
    assert page.status_code == 200
    for answer in (first, page):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert key_of(ticket) not in page.text


async def test_the_cookie_lets_in_for_two_hours(loket: Loket) -> None:
    ticket = await loket.bring()
    await loket.open(ticket)
    path = f"/t/{ticket['reference']}"
    with time_machine.travel(now() + timedelta(minutes=110), tick=False):
        assert (await loket.browser.get(path)).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=130), tick=False):
        assert (await loket.browser.get(path)).status_code == 404


async def test_a_strangers_link_shows_nothing_whether_the_ticket_exists_or_not(loket: Loket) -> None:
    mine, other = await loket.bring(body="Mijn geheim"), await loket.bring()
    await loket.open(other)
    never = "L-7K3M9-QX2T"
    paths = [
        f"/t/{mine['reference']}",
        f"/t/{never}",
        f"/t/{mine['reference']}?key=wrong",
        f"/t/{never}?key=wrong",
        f"/t/{mine['reference']}?key={key_of(other)}",
        f"/t/{never}?key={key_of(other)}",
        f"/t/{mine['reference']}/received",
        f"/t/{never}/received",
        f"/t/{mine['reference']}/files/{uuid4()}",
        "/t/nonsense",
    ]
    pages = [await loket.browser.get(path) for path in paths]

    assert {page.status_code for page in pages} == {404}
    assert len({same(page.text) for page in pages}) == 1
    assert "geheim" not in pages[0].text


def same(page: str) -> str:
    """The page without what differs on every page: nonces, ids, its own address."""
    return re.sub(r'nonce="[^"]*"|<code>[^<]*</code>|href="/t/[^"]*"', "", page)


async def test_a_cookie_of_one_ticket_does_not_open_another(loket: Loket) -> None:
    mine, other = await loket.bring(), await loket.bring()
    await loket.open(mine)
    [cookie] = loket.browser.cookies.jar
    assert cookie.value
    loket.browser.cookies.set(cookie.name.replace(mine["reference"], other["reference"]), cookie.value)
    assert (await loket.browser.get(f"/t/{other['reference']}")).status_code == 404


async def test_a_key_for_a_ticket_that_is_gone_opens_nothing(loket: Loket) -> None:
    reference = "L-7K3M9-QX2T"
    link = Seal(DEMO_SECRET).status_url("", reference)
    assert (await loket.browser.get(link, follow_redirects=True)).status_code == 404


async def test_the_promise_is_shown_as_soon_as_it_is_known(loket: Loket) -> None:
    ticket = await loket.bring(language="en")
    await loket.open(ticket)
    received = f"/t/{ticket['reference']}/received"
    waiting = (await loket.browser.get(received)).text
    assert "In a moment you see here" in waiting
    assert f'hx-get="{received}?look=1"' in waiting
    await loket.hear(routed(ticket))
    known = (await loket.browser.get(received)).text
    assert re.search(r'class="promise">You hear from us (today|tomorrow) before', known)
    assert "hx-get" not in known
    assert "Something for our customer service" in known
    assert "Our customer service is going to deal with it." in known


async def test_the_story_is_told_in_sentences_from_the_first_word_to_the_last(loket: Loket) -> None:
    ticket = await loket.bring(language="en")
    ticket_id, agent_id = UUID(ticket["id"]), uuid4()
    await loket.hear(
        routed(ticket),
        TicketAssigned(
            ticket_id=ticket_id, agent_id=agent_id, agent_name="Piet", tier=Tier.FRONT_OFFICE, assigned_at=now()
        ),
        routed(ticket, tier=Tier.FIELD, cause="escalated", handling_class=HandlingClass.TECHNICAL),
        TicketWaiting(ticket_id=ticket_id, waits_for="customer", waiting_since=now()),
        TicketResumed(ticket_id=ticket_id, resumed_at=now()),
        ReplySent(ticket_id=ticket_id, message_id=uuid4(), agent_name="Piet", body="<b>Klaar</b>", sent_at=now()),
        resolved(ticket),
        DeliveryRecorded(
            ticket_id=ticket_id,
            delivery_id=uuid4(),
            notice="resolved",
            channel=Channel.EMAIL,
            state="sent",
            attempts=1,
            recorded_at=now(),
        ),
    )
    page = (await loket.open(ticket)).text

    told = [
        "We received your message.",
        "Our customer service is going to deal with it.",
        "Piet is working on it.",
        "We passed it on to a technician.",
        "We need something from you before we can go on.",
        "We are going on with it.",
        "Piet answered you.",
        "Piet solved it.",
        "We sent you an e-mail.",
    ]
    timeline = page.partition('<ol class="timeline">')[2]
    places = [timeline.find(sentence) for sentence in told]
    assert -1 not in places
    assert places == sorted(places)
    assert "&lt;b&gt;Klaar&lt;/b&gt;" in page
    assert "field" not in timeline


async def test_what_is_told_twice_or_late_never_takes_the_page_back(loket: Loket) -> None:
    ticket = await loket.bring(language="en")
    await loket.hear(routed(ticket), resolved(ticket))
    again = TicketClosed(
        ticket_id=UUID(ticket["id"]), final_state=TicketState.CLOSED, reason="fourteen days", closed_at=now()
    )
    await loket.hear(again)
    assert (await loket.status(ticket))["state"] == "closed"
    assert await loket.count("step") == 3
    assert await loket.told() == 1


async def test_more_words_reach_the_agents_once_however_often_the_button_is_pressed(loket: Loket) -> None:
    ticket = await loket.bring(language="en")
    page = await loket.open(ticket)
    path, fields = f"/t/{ticket['reference']}/messages", hidden(page.text) | {"body": "Het wordt erger."}
    answers = [await loket.browser.post(path, data=fields, files={"attachments": ("", b"")}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303] * 3
    [_, event] = await loket.emitted()
    assert isinstance(event, MessageReceived)
    assert event.body == "Het wordt erger."
    assert "Het wordt erger." in (await loket.browser.get(answers[0].headers["location"])).text


@pytest.mark.parametrize(("typed", "sentence"), [("", "Tell us what"), ("x" * 20_001, "at most 20000 fit")])
async def test_a_message_that_is_not_right_is_kept_and_said_beside_it(loket: Loket, typed: str, sentence: str) -> None:
    ticket = await loket.bring(language="en")
    fields = hidden((await loket.open(ticket)).text) | {"body": typed}
    answer = await loket.browser.post(f"/t/{ticket['reference']}/messages", data=fields, files={"a": ("", b"")})
    assert answer.status_code == 422
    assert sentence in answer.text.partition('id="body-error"')[2][:500]
    assert typed in answer.text
    assert await loket.count("message") == 1


@pytest.mark.parametrize("act", ["messages", "feedback"])
async def test_a_form_from_elsewhere_changes_nothing(loket: Loket, act: str) -> None:
    ticket, other = await loket.bring(), await loket.bring()
    await loket.hear(routed(ticket), resolved(ticket))
    foreign = hidden((await loket.open(other)).text)
    own = hidden((await loket.open(ticket)).text) | {"body": "x", "score": "5"}

    async def post(fields: dict[str, str], **headers: str) -> httpx.Response:
        return await loket.browser.post(f"/t/{ticket['reference']}/{act}", data=fields, headers=headers)

    assert (await post(own | {"csrf_token": ""})).status_code == 403
    assert (await post(own | {"csrf_token": foreign["csrf_token"]})).status_code == 403
    assert (await post(own, origin="https://evil.example")).status_code == 403
    assert await loket.count("message") == 2
    assert await loket.count("feedback") == 0
    assert (await post(own, origin="http://127.0.0.1:8080")).status_code == 303


async def test_an_opinion_is_asked_once_for_each_time_it_was_solved(loket: Loket) -> None:
    ticket = await loket.bring(language="en")
    path = f"/t/{ticket['reference']}/feedback"
    fields = hidden((await loket.open(ticket)).text) | {"score": "4", "is_solved": "yes", "comment": "Snel!"}
    assert (await loket.browser.post(path, data=fields)).status_code == 409
    await loket.hear(routed(ticket), resolved(ticket))
    assert "How did we do?" in (await loket.open(ticket)).text
    assert (await loket.browser.post(path, data=fields | {"score": "9"})).status_code == 422
    assert (await loket.browser.post(path, data=fields)).status_code == 303
    assert (await loket.browser.post(path, data=fields)).status_code == 409
    assert "How did we do?" not in (await loket.open(ticket)).text

    given = [event for event in await loket.emitted() if isinstance(event, FeedbackGiven)]
    assert [(event.score, event.comment, event.is_solved) for event in given] == [(4, "Snel!", True)]
    await loket.hear(TicketReopened(ticket_id=UUID(ticket["id"]), reason="again", reopened_at=now()), resolved(ticket))
    assert "How did we do?" in (await loket.open(ticket)).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_changes_nothing(loket: Loket, method: str) -> None:
    ticket = await loket.bring()
    for path in (ticket["status_url"], f"/t/{ticket['reference']}", f"/t/{ticket['reference']}/received"):
        await loket.browser.request(method, path)
    assert await loket.told() == 1
    assert await loket.count("step") == 0
