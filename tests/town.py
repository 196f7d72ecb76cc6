"""A town to tell stories in: the three services as they are deployed, people at their pages, and the post."""

import mailbox
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx

from common.brand import Brand
from common.clock import now
from common.db import Database
from common.run import Service
from common.settings import Settings
from embedded.one_port import OnePort
from intake.splitter import Splitter
from notifications.outside import Outside
from notifications.sender import Sender
from notifications.settings import Outgoing
from notifications.text_folder import newest_texts
from notifications.ways import every_way, surroundings
from notifications.wording import Templates
from running import Stage, empty


@dataclass
class Form:
    """A form on a page: where it goes and what it already holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, as a browser without JavaScript sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(given.get("action") or ""))
        is_typed = tag in {"input", "textarea"} and given.get("type") not in {"checkbox", "radio", "file", "submit"}
        if is_typed and self.forms and (name := given.get("name")):
            self.forms[-1].fields[name] = given.get("value") or ""

    def with_field(self, name: str) -> Form:
        return next(form for form in self.forms if name in form.fields)


@dataclass(frozen=True)
class Posted:
    """What a customer holds after sending something in."""

    reference: str
    status_url: str


class Customer:
    """Somebody with a browser of their own."""

    def __init__(self, town: "Town", email: str, language: str = "nl") -> None:
        self._town = town
        self.email = email
        self.browser = town.browser({"accept-language": language})

    async def fill_in(self, body: str, **fields: str) -> httpx.Response:
        """The answer to the form on the front page, sent as a browser sends it."""
        page = await self.browser.get("/")
        form = Forms(page.text).with_field("body")
        given = form.fields | {"body": body, "name": "Fatima el Amrani", "email": self.email} | fields
        return await self.browser.post(form.action or "/", data=given, headers=self._town.same_origin)

    async def submit(self, body: str, **fields: str) -> Posted:
        """A ticket brought through the form; the status page is open in the browser afterwards."""
        answer = await self.fill_in(body, **fields)
        assert answer.status_code == 303, answer.text
        page = await self.browser.get(answer.headers["location"], follow_redirects=True)
        assert page.status_code == 200, page.text
        found = re.search(r"/t/(L[-0-9A-Z]+)", str(page.url))
        assert found, page.url
        return Posted(found[1], str(page.url.copy_with(path=f"/t/{found[1]}", query=None)))

    async def status(self, posted: Posted) -> str:
        """What the status page says."""
        page = await self.browser.get(f"/t/{posted.reference}", follow_redirects=True)
        assert page.status_code == 200, page.text
        return page.text

    async def say(self, posted: Posted, words: str) -> None:
        """Another message, through the status page."""
        form = Forms(await self.status(posted)).with_field("body")
        answer = await self.browser.post(
            form.action, data=form.fields | {"body": words}, headers=self._town.same_origin
        )
        assert answer.status_code == 303, answer.text


class Agent:
    """A member of staff, over the staff API."""

    def __init__(self, town: "Town", username: str) -> None:
        self._town = town
        self._client = town.browser({})
        self.username = username

    async def log_in(self) -> "Agent":
        answer = await self._client.post("/api/session", json={"username": self.username, "password": "loket-demo"})
        assert answer.status_code in {200, 201}, answer.text
        self._client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        return self

    async def take_next(self, queues: Sequence[str] | None = None) -> dict[str, Any] | None:
        answer = await self._client.post("/api/work/next", json={"queues": queues})
        assert answer.status_code in {200, 204}, answer.text
        return answer.json() if answer.status_code == 200 else None

    async def see(self, ticket_id: str | UUID) -> dict[str, Any]:
        answer = await self._client.get(f"/api/work/{ticket_id}")
        assert answer.status_code == 200, answer.text
        seen: dict[str, Any] = answer.json()
        return seen

    async def try_to(self, act: str, ticket: dict[str, Any], **body: object) -> httpx.Response:
        return await self._client.post(f"/api/work/{ticket['id']}/{act}", json={"version": ticket["version"], **body})

    async def act(self, act: str, ticket: dict[str, Any], **body: object) -> dict[str, Any]:
        """The ticket after the act, with its new version."""
        answer = await self.try_to(act, ticket, **body)
        assert answer.status_code == 200, answer.text
        return ticket | {"version": answer.json()["version"]}

    async def queues(self) -> dict[str, dict[str, Any]]:
        answer = await self._client.get("/api/queues")
        assert answer.status_code == 200, answer.text
        return {queue["id"]: queue for queue in answer.json()}


class Town:
    """Three services around one log, on one address."""

    def __init__(self, services: Sequence[Service], stage: Stage, settings: Settings) -> None:
        self.services = {service.name: service for service in services}
        self.stage = stage
        self.settings = settings
        self.app = OnePort(services)
        outgoing = Outgoing().in_the_house(settings.data_dir)
        mail, _, text, *_ = ways = every_way(settings, outgoing, Templates(Brand.of(settings)), Outside(()))
        around, database = surroundings(settings, ways), self.services["notifications"].database
        self._sender = Sender(database, mail, around)
        self._texter = Sender(database, text, around, lambda: _noon_after(now()))
        self._browsers: list[httpx.AsyncClient] = []

    @property
    def same_origin(self) -> dict[str, str]:
        return {"origin": self.settings.public_url}

    def browser(self, headers: dict[str, str]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app)
        client = httpx.AsyncClient(transport=transport, base_url=self.settings.public_url, headers=headers)
        self._browsers.append(client)
        return client

    async def open(self) -> None:
        """Every service prepared and listening."""
        for name, service in self.services.items():
            await service.prepare()
            await self.stage.join(name, service.database, import_module(f"{name}.consumers").HANDLERS)

    async def forget(self, *, keep: Sequence[str]) -> None:
        """Every row and mail is gone but those of the tables to keep."""
        for name, service in self.services.items():
            await empty(service.database, import_module(f"{name}.tables").Base.metadata, keep=keep)
        rmtree(self.mail, ignore_errors=True)
        rmtree(self.settings.data_dir / "texts", ignore_errors=True)

    @property
    def mail(self) -> Path:
        return Path(self.settings.mail_url.removeprefix("maildir:"))

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.aclose()

    def database(self, service: str) -> Database:
        return self.services[service].database

    async def settle(self, *, without: Sequence[str] = ()) -> None:
        """Everything in the log has reached everybody, and the post is sent."""
        await self.stage.settle(without=without)
        if "intake" not in without:
            splitter: Splitter = self.services["intake"].app.state.splitter
            while await splitter.drain():
                await self.stage.settle(without=without)
        if "notifications" not in without:
            while await self._sender.drain() + await self._texter.drain():
                await self.stage.settle(without=without)

    def mail_to(self, address: str) -> list[EmailMessage]:
        """What lies in somebody's mailbox, oldest first."""
        box = mailbox.Maildir(str(self.mail), factory=None, create=True)
        # By name, which begins with the nanosecond: the Date header knows seconds only.
        mails = [read_mail(box.get_bytes(key)) for key in sorted(box.keys())]
        return [mail for mail in mails if address in str(mail["to"])]

    async def text(self, number: str, words: str) -> None:
        """Somebody texts us."""
        browser = self.browser(self.same_origin)
        form = Forms((await browser.get("/dev/texts")).text).with_field("number")
        sent = await browser.post(form.action, data=form.fields | {"number": number, "text": words})
        assert sent.status_code == 303, sent.text

    def texts_to(self, number: str) -> list[str]:
        """What stands on somebody's telephone, oldest first."""
        found = newest_texts(self.settings.data_dir / "texts", 50)
        return [text.words for text in reversed(found) if text.recipient == number]

    def last_mail_to(self, address: str) -> str:
        """The words of the newest mail."""
        body = self.mail_to(address)[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())


def _noon_after(moment: datetime) -> datetime:
    """The next day's noon in the town: texts do not leave at night, and stories are told at any hour."""
    return (moment + timedelta(days=1)).astimezone(ZoneInfo("Europe/Amsterdam")).replace(hour=12)


def read_mail(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message
