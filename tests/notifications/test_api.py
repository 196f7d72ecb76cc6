"""The staff API over deliveries, and the laptop's mailbox, through the front door."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr

from common.auth import Seal, Staff
from common.clock import now
from common.db import Database
from common.events import StaffSessionEnded
from common.run import Service
from common.settings import DEMO_SECRET, Settings
from common.vocabulary import Language, Role
from notifications.app import build
from notifications.channels import Parcel
from notifications.letters import Letters
from notifications.maildir import Maildir
from notifications.text_folder import TextFolder
from postroom import START, PostRoom, replied, routed, submitted

SEAL = Seal(DEMO_SECRET)


@dataclass
class Counter:
    """A running application and the post room behind it."""

    client: httpx.AsyncClient
    room: PostRoom
    service: Service

    def headers(self, role: Role = Role.AGENT, *, session_id: UUID | None = None) -> dict[str, str]:
        return {"authorization": f"Bearer {token(role, session_id or uuid4())}"}

    async def get(self, url: str, role: Role = Role.AGENT) -> httpx.Response:
        return await self.client.get(url, headers=self.headers(role))

    async def resend(self, delivery_id: object, role: Role = Role.LEAD) -> httpx.Response:
        return await self.client.post(f"/api/deliveries/{delivery_id}/resend", headers=self.headers(role))


def token(role: Role, session_id: UUID) -> str:
    return SEAL.session_token(Staff(uuid4(), session_id, role, "anybody"))


def settings(database: Database, folder: Path, *, demo: bool = True) -> Settings:
    return Settings(
        demo=demo,
        data_dir=folder.parent,
        mail_url=f"maildir:{folder}",
        notifications_database_url=database.url,
        log_database_url=database.url,
        secret_key=SecretStr(DEMO_SECRET if demo else "x" * 32),
    )


@pytest.fixture
async def counter(database: Database, tmp_path: Path) -> AsyncIterator[Counter]:
    folder = tmp_path / "mail"
    service = build(settings(database, folder))
    async with visitor(service) as client:
        channel = Maildir(folder)
        yield Counter(client, PostRoom(database, channel, folder), service)
        await channel.close()
    await service.close()


def visitor(service: Service) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://127.0.0.1:8080")


async def test_staff_read_what_became_of_each_notice_without_the_address(counter: Counter) -> None:
    ticket, other = uuid4(), uuid4()
    await counter.room.hear(submitted(ticket), routed(ticket), submitted(other))
    await counter.room.hear(replied(ticket, at=START + timedelta(minutes=1)))
    await counter.room.deliver(after=timedelta(minutes=1))

    answer = await counter.get(f"/api/deliveries?ticket_id={ticket}")

    assert answer.status_code == 200
    page = answer.json()
    assert [(d["notice"], d["state"], d["attempts"]) for d in page["deliveries"]] == [
        ("acknowledgement", "sent", 1),
        ("reply", "sent", 1),
    ]
    assert page["after"] is None
    assert "customer.example" not in answer.text
    assert "gedaan" not in answer.text


async def test_long_lists_are_read_page_by_page(counter: Counter) -> None:
    tickets = [uuid4() for _ in range(5)]
    await counter.room.hear(*map(submitted, tickets))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = (await counter.get(f"/api/deliveries?state=planned&limit=2{after}")).json()
        seen += [d["ticket_id"] for d in page["deliveries"]]
        after = f"&after={page['after']}" if page["after"] else None

    assert sorted(seen) == sorted(map(str, tickets))
    assert (await counter.get("/api/deliveries?state=failed")).json()["deliveries"] == []


async def test_a_lead_brings_a_notice_again(counter: Counter) -> None:
    ticket = uuid4()
    await counter.room.hear(submitted(ticket), routed(ticket))
    await counter.room.deliver()
    [row] = await counter.room.rows()

    answer = await counter.resend(row.delivery_id)

    assert answer.status_code == 201
    assert answer.json()["resend_of"] == str(row.delivery_id)
    counter.room.now = now()
    await counter.room.deliver()
    assert len(counter.room.mails()) == 2


@pytest.mark.parametrize(
    ("role", "reads", "resends"),
    [
        (Role.AGENT, 200, 403),
        (Role.TECHNICIAN, 200, 403),
        (Role.PARTNER, 403, 403),
        (Role.LEAD, 200, 404),
        (Role.ADMIN, 200, 404),
    ],
)
async def test_each_role_may_do_this_much(counter: Counter, role: Role, reads: int, resends: int) -> None:
    assert (await counter.get("/api/deliveries", role)).status_code == reads
    assert (await counter.resend(uuid4(), role)).status_code == resends


async def test_nobody_is_let_in_without_a_session_that_lives(counter: Counter) -> None:
    session_id = uuid4()
    living = counter.headers(session_id=session_id)
    assert (await counter.client.get("/api/deliveries", headers=living)).status_code == 200

    await counter.room.hear(StaffSessionEnded(agent_id=uuid4(), session_id=session_id, role=Role.AGENT, ended_at=now()))

    assert (await counter.client.get("/api/deliveries", headers=living)).status_code == 401
    assert (await counter.client.get("/api/deliveries")).status_code == 401
    assert (await counter.client.get("/api/deliveries", headers={"authorization": "Bearer x"})).status_code == 401


async def test_a_cookie_alone_changes_nothing(counter: Counter) -> None:
    session_id = uuid4()
    cookie = {"cookie": f"session={token(Role.LEAD, session_id)}"}
    url = f"/api/deliveries/{uuid4()}/resend"

    assert (await counter.client.get("/api/deliveries", headers=cookie)).status_code == 200
    assert (await counter.client.post(url, headers=cookie)).status_code == 403
    proven = cookie | {"x-csrf-token": SEAL.form_token(str(session_id))}
    assert (await counter.client.post(url, headers=proven)).status_code == 404


@pytest.mark.parametrize(
    "query", ["ticket_id=1", "state=lost", "limit=0", "limit=201", "after=x", "limit=1e9", "ticket_id=%00"]
)
async def test_what_cannot_be_read_is_a_problem_with_a_sentence(counter: Counter, query: str) -> None:
    answer = await counter.get(f"/api/deliveries?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_the_mailbox_lists_the_newest_first_and_shows_one_mail(counter: Counter) -> None:
    assert (await counter.client.get("/dev/mail")).status_code == 200
    first, second = uuid4(), uuid4()
    await counter.room.hear(submitted(first, language=Language.NL), routed(first))
    await counter.room.deliver()
    await counter.room.hear(submitted(second, language=Language.FR), routed(second))
    await counter.room.deliver()

    page = (await counter.client.get("/dev/mail", headers={"accept-language": "en"})).text
    assert page.index("Votre message") < page.index("Uw bericht")

    path = page.split('href="/dev/mail/')[1].split('"')[0]
    shown = await counter.client.get(f"/dev/mail/{path}")
    assert "Auto-Submitted" in shown.text
    assert "sandbox" in shown.text
    html = await counter.client.get(f"/dev/mail/{path}/html")
    assert "Nous avons bien reçu votre message" in html.text
    assert html.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("name", ["../secret", "%2e%2e%2fsecret", "x", "1.x.loket", "1" * 5000])
async def test_there_is_nothing_beside_the_mails(counter: Counter, name: str) -> None:
    assert (await counter.client.get(f"/dev/mail/{name}")).status_code == 404


async def test_texts_and_letters_that_stay_on_this_computer_can_be_read(counter: Counter) -> None:
    folder: Path = counter.service.app.state.text_folder
    letters: Path = counter.service.app.state.letter_folder
    parcel = Parcel(uuid4(), "Loket", "+31612345678", b"Zie https://loket.example/t/L1 <b>")
    assert "No text yet" in (await counter.client.get("/dev/texts", headers={"accept-language": "en"})).text
    await TextFolder(folder).send(parcel)
    await Letters(letters).send(replace(parcel, content=b"%PDF-1.7"))

    page = (await counter.client.get("/dev/texts")).text
    assert "+31612345678" in page
    assert '<a href="https://loket.example/t/L1"' in page
    assert "&lt;b&gt;" in page
    assert f"/dev/letters/{parcel.delivery_id}" in (await counter.client.get("/dev/letters")).text
    letter = await counter.client.get(f"/dev/letters/{parcel.delivery_id}")
    assert letter.content == b"%PDF-1.7"
    assert letter.headers["content-type"] == "application/pdf"
    assert (await counter.client.get(f"/dev/letters/{uuid4()}")).status_code == 404


async def test_the_mailbox_exists_only_in_the_demo(database: Database, tmp_path: Path) -> None:
    wanted = settings(database, tmp_path).model_copy(update={"demo": False})
    service = build(wanted)
    async with visitor(service) as client:
        assert {(await client.get(f"/dev/{what}")).status_code for what in ("mail", "texts", "letters")} == {404}
    await service.close()
