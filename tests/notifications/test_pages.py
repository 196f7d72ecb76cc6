"""The pages of notifications through the front door: who may see and do what, and what comes of it."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import text

from common.auth import Seal, Staff
from common.clock import now
from common.db import Database
from common.settings import DEMO_SECRET, Settings
from common.vocabulary import Language, Role
from notifications.app import build
from notifications.maildir import Maildir
from notifications.upkeep import look_once
from postroom import PostRoom, replied, routed, submitted, text_of
from push_browser import Browser

SEAL = Seal(DEMO_SECRET)
PERSON = UUID(int=5)
ORIGIN = "http://127.0.0.1:8080"
PAGES = ["/admin/messages", *(f"/admin/messages/{name}" for name in ("words", "frame", "news", "calls"))]
MOST_ROLES = {Role.AGENT: 3, Role.TECHNICIAN: 3, Role.PARTNER: 0, Role.LEAD: 4, Role.ADMIN: 5}  # pages they may open


@dataclass
class Office:
    """Pages as a member of staff or a customer sees them, and the post room behind."""

    client: httpx.AsyncClient
    room: PostRoom

    def headers(self, role: Role, session_id: UUID) -> dict[str, str]:
        token = SEAL.session_token(Staff(uuid4(), session_id, role, "anybody", "en"))
        return {"cookie": f"session={token}", "origin": ORIGIN}

    async def get(self, url: str, role: Role = Role.ADMIN) -> httpx.Response:
        return await self.client.get(url, headers=self.headers(role, uuid4()))

    async def post(self, page: str, role: Role = Role.ADMIN, /, **fields: str | list[str]) -> httpx.Response:
        session_id = uuid4()
        data = {"csrf_token": SEAL.form_token(str(session_id)), **fields}
        return await self.client.post(page, headers=self.headers(role, session_id), data=data)

    async def scalar(self, query: str) -> object:
        async with self.room.database.reading() as session:
            return await session.scalar(text(query))


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    folder = tmp_path / "mail"
    settings = Settings(
        demo=True,
        data_dir=tmp_path,
        mail_url=f"maildir:{folder}",
        notifications_database_url=database.url,
        log_database_url=database.url,
        secret_key=SecretStr(DEMO_SECRET),
    )
    service = build(settings)
    channel = Maildir(folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url=ORIGIN) as client:
        yield Office(client, PostRoom(database, channel, folder, now()))
    await channel.close()
    await service.close()


@pytest.mark.parametrize("role", Role)
async def test_each_role_opens_its_pages_and_no_other(office: Office, role: Role) -> None:
    statuses = [(await office.get(page, role)).status_code for page in PAGES]

    assert statuses == [200] * MOST_ROLES[role] + [403] * (len(PAGES) - MOST_ROLES[role])
    assert (await office.client.get(PAGES[0])).status_code == 401


@pytest.mark.parametrize(
    "url",
    [
        f"/admin/messages/{UUID(int=1)}/resend",
        f"/admin/messages/{UUID(int=1)}/release",
        f"/admin/messages/{UUID(int=1)}/address",
        "/admin/messages/words/email.nl.reply",
        "/admin/messages/words/email.nl.reply/back",
        "/admin/messages/frame",
        "/admin/messages/frame/back",
        "/admin/messages/news",
        f"/admin/messages/news/{UUID(int=1)}/stop",
        "/admin/messages/calls",
        f"/admin/messages/calls/{UUID(int=1)}/replay",
    ],
)
async def test_nothing_is_changed_by_an_agent_another_site_or_without_a_token(office: Office, url: str) -> None:
    assert (await office.post(url, Role.AGENT)).status_code == 403
    assert (await office.client.post(url, headers=office.headers(Role.ADMIN, uuid4()))).status_code == 403
    foreign = office.headers(Role.ADMIN, uuid4()) | {"origin": "https://evil.example"}
    assert (await office.client.post(url, headers=foreign)).status_code == 403


async def test_every_notice_is_seen_with_its_state_and_sent_again_by_a_lead(office: Office) -> None:
    ticket = uuid4()
    posted = submitted(ticket, at=now())
    await office.room.hear(posted, routed(ticket, at=now()))
    await office.room.deliver()
    [row] = await office.room.rows()

    page = (await office.get(f"/admin/messages?q={posted.reference}", Role.LEAD)).text
    assert "written to the mail folder" in page
    assert "anna" not in page

    answer = await office.post(f"/admin/messages/{row.delivery_id}/resend", Role.LEAD)
    assert answer.status_code == 303
    office.room.now = now()
    await office.room.deliver()
    assert len(office.room.mails()) == 2
    assert "sent again by hand" in (await office.get("/admin/messages")).text


async def test_what_is_stuck_stands_on_top_and_behind_the_api(office: Office) -> None:
    office.room.now = now() - timedelta(hours=2)
    late, fine = submitted(uuid4(), at=office.room.now), submitted(uuid4(), at=office.room.now)
    await office.room.hear(late, fine, routed(fine.ticket_id, at=office.room.now))
    await office.room.deliver()

    page = (await office.get("/admin/messages", Role.LEAD)).text
    stuck = page.partition("Needs a look")[2].partition("All notices")[0]
    assert late.reference in stuck
    assert fine.reference not in stuck
    told = (await office.get("/api/deliveries/stuck", Role.LEAD)).text
    assert late.reference in told
    assert fine.reference not in told


async def test_each_outcome_is_counted_by_its_channel_and_what_is_stuck_is_a_figure(office: Office) -> None:
    def sent() -> float:
        labels = {"channel": "email", "state": "sent"}
        return REGISTRY.get_sample_value("loket_deliveries_total", labels) or 0

    before, ticket = sent(), uuid4()
    office.room.now = now() - timedelta(hours=2)
    await office.room.hear(submitted(ticket, at=office.room.now), routed(ticket, at=office.room.now))
    await office.room.deliver()
    await office.room.hear(submitted(uuid4(), at=office.room.now))
    await look_once(office.room.database)

    assert sent() == before + 1
    assert REGISTRY.get_sample_value("loket_deliveries_stuck", {"channel": "email"}) == 1
    assert "loket_delivery_seconds_bucket" in (await office.client.get("/metrics")).text


async def test_a_call_that_failed_is_replayed_with_a_click(office: Office) -> None:
    await office.post("/admin/messages/calls", url="https://hook.example/x", types=["reply.sent"])
    await office.room.hear(submitted(uuid4(), at=now()), replied(uuid4(), at=now()))
    failed = "UPDATE call SET state = 'failed', attempts = 3, recorded_at = now() RETURNING call_id"
    async with office.room.database.transaction() as session:
        call_id = await session.scalar(text(failed))
    address = f"/admin/messages/calls/{call_id}/replay"
    assert address in (await office.get("/admin/messages/calls")).text

    assert (await office.post(address)).status_code == 303

    assert await office.scalar("SELECT state FROM call") == "planned"
    assert await office.scalar("SELECT call_id FROM call") == call_id


async def test_the_frame_is_tried_changed_and_taken_back(office: Office) -> None:
    frame = {"accent": "#1A3C8F", "accent_ground": "#E7ECF8", "width": "600", "corners": "0", "align": "left"}
    tried = await office.post("/admin/messages/frame/preview", Role.AGENT, **frame)
    assert "#1A3C8F" in tried.text
    assert tried.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "#1A3C8F" not in (await office.get("/admin/messages/frame/preview")).text

    saved = await office.post("/admin/messages/frame", seen="0", **frame)
    assert saved.status_code == 303
    assert "#1A3C8F" in (await office.get("/admin/messages/frame/preview")).text
    assert (await office.post("/admin/messages/frame", seen="0", **frame)).status_code == 409
    page = (await office.get("/admin/messages/frame")).text
    assert "Use this one again" in page
    assert (await office.post("/admin/messages/frame/back", seen="1", version="0")).status_code == 303
    assert "#1A3C8F" not in (await office.get("/admin/messages/frame/preview")).text


async def test_a_frame_that_nobody_could_read_is_refused_and_its_preview_says_why(office: Office) -> None:
    pale = {"ink": "#CCCCCC", "width": "600", "corners": "0", "align": "left"}

    assert "cannot be read on" in (await office.post("/admin/messages/frame/preview", **pale)).text
    assert (await office.post("/admin/messages/frame", seen="0", **pale)).status_code == 422
    assert await office.scalar("SELECT count(*) FROM frame_version") == 0


async def test_the_list_is_filtered_and_read_page_by_page(office: Office) -> None:
    await office.room.hear(*(submitted(uuid4(), at=now()) for _ in range(60)))

    first = (await office.get("/admin/messages?channel=&state=planned&q=")).text
    older = re.search(r'href="(/admin/messages\?[^"]*before=[^"]*)"', first)
    assert older
    rest = (await office.get(older[1].replace("&amp;", "&"))).text
    assert first.count('class="moment"') == 50
    assert rest.count('class="moment"') == 10
    assert "Nothing found" in (await office.get("/admin/messages?state=bounced")).text


async def test_words_are_tried_changed_and_taken_back(office: Office) -> None:
    page = "/admin/messages/words/email.nl.reopened"
    words = "# Daar zijn wij weer\r\n\r\n[Bekijk]({{ status_url }})"

    tried = await office.post(f"{page}/preview", source=words, seen="0")
    assert "Daar zijn wij weer" in tried.text
    assert tried.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "Wij gaan weer aan de slag" in (await office.get(f"{page}/preview")).text

    assert (await office.post(page, source=words, seen="0")).status_code == 303
    assert "Daar zijn wij weer" in (await office.get(page)).text
    assert (await office.post(page, source="# Ook", seen="0")).status_code == 409
    assert (await office.post(f"{page}/back", version="0", seen="1")).status_code == 303
    assert "Daar zijn wij weer" not in (await office.get(page)).text
    assert (await office.post(f"{page}/back", version="1", seen="2")).status_code == 303
    assert "Daar zijn wij weer" in (await office.get(page)).text


@pytest.mark.parametrize("source", ["{{ nobody }}", "{% for a in brand %}{% endfor %}", "x" * 9000, "{{"])
async def test_words_that_cannot_be_used_are_refused_with_the_line(office: Office, source: str) -> None:
    page = "/admin/messages/words/sms.fr.reply"

    answer = await office.post(page, source=source, seen="0")

    assert answer.status_code == 422
    assert "Line 1 cannot be used" in answer.text or "1" in answer.text
    assert "line 1" in (await office.post(f"{page}/preview", source=source)).text
    assert await office.scalar("SELECT count(*) FROM template_version") == 0


@pytest.mark.parametrize("name", ["email.nl", "email.xx.reply", "fax.nl.reply", "email.nl.nothing", "email.nl.reply.x"])
async def test_there_is_no_template_of_another_name(office: Office, name: str) -> None:
    assert (await office.get(f"/admin/messages/words/{name}")).status_code == 404


async def test_every_template_can_be_looked_at(office: Office) -> None:
    for channel in ("email", "sms", "push", "letter"):
        for language in Language:
            shown = await office.get(f"/admin/messages/words/{channel}.{language}.acknowledgement/preview")
            assert shown.status_code == 200
            assert "{{" not in shown.text
    assert "L-7K3M9" in (await office.get("/admin/messages/words/email.de.subject/preview")).text


async def test_news_goes_to_each_person_once_in_their_language_at_a_pace(office: Office) -> None:
    first, second, other, unknown = uuid4(), uuid4(), uuid4(), "LAAAAAAAAA"
    events = [
        submitted(first, person_id=PERSON, at=now()),
        submitted(second, person_id=PERSON, at=now()),
        submitted(other, email="x@other.example", language=Language.FR, at=now()),
    ]
    await office.room.hear(*events)
    await office.room.deliver(timedelta(minutes=2))
    told = len(office.room.mails())
    words = {f"words_{language}": f"Nieuws in {language}" for language in Language}
    references = " ".join([*(event.reference for event in events), unknown])

    answer = await office.post("/admin/messages/news", title="Storing", references=references, per_minute="1", **words)
    assert answer.status_code == 303
    office.room.now = now()
    await office.room.deliver()
    assert len(office.room.mails()) == told + 1
    await office.room.deliver(timedelta(seconds=61))

    news = [text_of(mail) for mail in office.room.mails()[told:]]
    assert ["Nieuws in nl" in news[0], "Nieuws in fr" in news[1]] == [True, True]
    assert len(news) == 2
    assert "Storing" in (await office.get("/admin/messages/news")).text


async def test_news_that_is_stopped_reaches_nobody_any_more(office: Office) -> None:
    events = [submitted(uuid4(), email=f"{n}@x.example", at=now()) for n in range(5)]
    await office.room.hear(*events)
    await office.room.deliver(timedelta(minutes=2))
    words = {f"words_{language}": "Nieuws" for language in Language}
    references = ",".join(event.reference for event in events)
    await office.post("/admin/messages/news", title="", references=references, per_minute="1", **words)
    broadcast_id = await office.scalar("SELECT broadcast_id FROM broadcast")

    assert (await office.post(f"/admin/messages/news/{broadcast_id}/stop")).status_code == 303
    await office.room.deliver(timedelta(hours=1))

    assert len(office.room.mails()) == 5
    assert (await office.get("/admin/messages?state=suppressed")).text.count("the news was stopped") == 5


async def test_news_needs_all_languages_a_pace_and_somebody(office: Office) -> None:
    words = {f"words_{language}": "Nieuws" for language in Language}
    post = "/admin/messages/news"

    assert (await office.post(post, references="LAAAAAAAAA", per_minute="1", **words)).status_code == 422
    assert (await office.post(post, references="LAAAAAAAAA", **(words | {"words_fr": " "}))).status_code == 422
    assert (await office.post(post, references="LAAAAAAAAA", per_minute="0", **words)).status_code == 422
    assert await office.scalar("SELECT count(*) FROM broadcast") == 0


async def test_a_customer_chooses_how_to_be_reached(office: Office) -> None:
    ticket = uuid4()
    await office.room.hear(submitted(ticket, person_id=PERSON, phone="0612345678", at=now()))
    link = SEAL.preferences_url(ORIGIN, PERSON)
    page = (await office.client.get(link)).text
    assert "Hoe mogen wij u bereiken?" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token

    chosen = {"channel": "sms", "language": "fr", "quiet_from": "20:00", "quiet_until": "09:30", "stop": "yes"}
    answer = await office.client.post(link, data={"csrf_token": token[1], **chosen}, headers={"origin": ORIGIN})

    assert answer.status_code == 303
    after = (await office.client.get(answer.headers["location"])).text
    assert "Comment pouvons-nous vous contacter" in after
    assert 'value="sms" checked' in after
    assert 'value="09:30"' in after


async def test_a_wrong_or_borrowed_link_opens_nothing(office: Office) -> None:
    await office.room.hear(submitted(uuid4(), person_id=PERSON, at=now()))
    link = SEAL.preferences_url(ORIGIN, PERSON)

    for wrong in (link[:-1], link.replace(str(PERSON), str(uuid4())), link.partition("?")[0], link + "é"):
        assert (await office.client.get(wrong)).status_code == 404
    stranger = SEAL.preferences_url(ORIGIN, uuid4())
    assert (await office.client.get(stranger)).status_code == 404
    assert (await office.client.post(link, data={"channel": "sms"}, headers={"origin": ORIGIN})).status_code == 403


async def test_one_click_of_a_mail_program_stops_the_news_and_following_the_link_does_not(office: Office) -> None:
    ticket = uuid4()
    await office.room.hear(submitted(ticket, person_id=PERSON, at=now()))
    stop = SEAL.preferences_url(ORIGIN, PERSON).replace("?", "/stop?")

    assert (await office.client.get(stop)).status_code == 303
    assert await office.scalar("SELECT count(*) FROM preference") == 0
    clicked = await office.client.post(stop, data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    assert await office.scalar("SELECT stopped_at IS NOT NULL FROM preference")
    await office.room.hear(replied(ticket, at=now()))
    await office.room.deliver(timedelta(minutes=2))
    assert [row.state for row in await office.room.rows()] == ["sent", "sent"]


async def test_a_browser_can_be_sent_notices_and_only_to_an_address_outside(office: Office) -> None:
    await office.room.hear(submitted(uuid4(), person_id=PERSON, at=now()))
    link = SEAL.preferences_url(ORIGIN, PERSON).replace("?", "/device?")
    keys = Browser().keys

    good = await office.client.post(link, json={"endpoint": "https://push.example/1", **keys})
    bad = await office.client.post(link, json={"endpoint": "http://127.0.0.1/1", **keys})

    assert (good.status_code, bad.status_code) == (204, 422)
    assert await office.scalar("SELECT count(*) FROM device") == 1
    worker = await office.client.get("/preferences/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "showNotification" in worker.text


async def test_a_program_is_added_stopped_and_started(office: Office) -> None:
    page = "/admin/messages/calls"

    added = await office.post(page, url="https://crm.example/hook", types=["ticket.submitted", "reply.sent"])
    assert added.status_code == 303
    assert "whsec_" in (await office.get(page)).text
    who = await office.scalar("SELECT subscriber_id FROM subscriber")
    await office.post(f"{page}/of/{who}/stop")
    assert "Stopped" in (await office.get(page)).text
    await office.post(f"{page}/of/{who}/start")
    assert await office.scalar("SELECT stopped_at IS NULL FROM subscriber")


@pytest.mark.parametrize(
    ("url", "types"), [("ftp://x", ["reply.sent"]), ("https://x", []), ("https://x", ["nothing"]), ("", ["reply.sent"])]
)
async def test_a_program_needs_an_address_and_something_to_hear(office: Office, url: str, types: list[str]) -> None:
    assert (await office.post("/admin/messages/calls", url=url, types=types)).status_code == 422
