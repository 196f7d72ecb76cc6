"""The mail room as tests meet it: the real listener, reading children and worker beside the counter's application."""

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from common.auth import Seal
from common.db import Database
from front_desk import Loket
from intake.attachments import AttachmentStore
from intake.context import Parts
from intake.incoming import Arrived
from intake.judging import Judge
from intake.mailroom.checkers import Checkers
from intake.mailroom.listener import Door, Listener, Store
from intake.mailroom.readers import Readers
from intake.mailroom.worker import Desk, Worker
from intake.settling import House

US = "help@loket.example"
ANNA = "anna@example.org"
BORDER = "mx.loket.example"
PASSED = f"Authentication-Results: {BORDER}; dmarc=pass header.from=example.org"
LEAK = "Er druppelt water door het plafond van de keuken en het wordt erger."


def letter(
    body: str = LEAK, *headers: str, sender: str = f"Anna Jansen <{ANNA}>", subject: str = "Lekkage", to: str = US
) -> bytes:
    """A plain mail; `headers` come on top and may repeat the usual ones."""
    given = {line.partition(":")[0].lower() for line in headers}
    usual = {"From": sender, "To": to, "Subject": subject, "Content-Type": "text/plain; charset=utf-8"}
    lines = [*headers, *(f"{name}: {value}" for name, value in usual.items() if name.lower() not in given)]
    return "\r\n".join([*lines, "", body, ""]).encode()


@dataclass(frozen=True)
class Row:
    """A mail as it stands in the table."""

    mail_id: UUID
    recipient: str
    state: str
    thread: str | None
    reason: str | None
    ticket_id: UUID | None
    message_id: UUID | None
    sender: str | None
    subject: str | None
    settled_at: datetime | None

    @property
    def end(self) -> str:
        """How it ended, in one word."""
        return self.thread or self.state


@dataclass
class Letterbox:
    """Mail comes in at a real port; `settle` lets the worker do what waits."""

    loket: Loket
    readers: Readers
    judge: Judge
    house: House = field(default_factory=lambda: House(frozenset({US}), frozenset({"loket.example"}), border=BORDER))
    listeners: list[Listener] = field(default_factory=list)
    checkers: Checkers | None = None

    @property
    def database(self) -> Database:
        return self.loket.database

    @property
    def parts(self) -> Parts:
        parts: Parts = self.loket.service.app.state.parts
        return parts

    @property
    def seal(self) -> Seal:
        return self.parts.seal

    @property
    def store(self) -> AttachmentStore:
        return self.parts.store

    @property
    def door(self) -> Store:
        """Where the listener brings mails."""
        return Store(self.database)

    @property
    def worker(self) -> Worker:
        return Worker(Desk(self.database, self.judge, self.store, self.seal, self.house), self.readers, self.checkers)

    async def listen(self, door: Door | None = None) -> int:
        """The port of a new door."""
        listener = Listener(Store(self.database), door or Door(frozenset({US})))
        await listener.open("127.0.0.1", 0)
        self.listeners.append(listener)
        return listener.port

    async def bring(
        self, *raws: bytes, recipient: str = US, envelope_sender: str = ANNA, client: str | None = None
    ) -> list[Row]:
        """Store mails as the listener does, settle them: the rows, in order of arrival."""
        store = Store(self.database)
        for raw in raws:
            await store.keep(Arrived("smtp", recipient, envelope_sender, raw, client, "mx.example.org"))
        await self.worker.drain()
        return await self.rows()

    async def rows(self) -> list[Row]:
        """Every mail, in order of arrival."""
        wanted = text("""
            SELECT mail_id, recipient, state, thread, reason, ticket_id, message_id, sender, subject, settled_at
            FROM mail ORDER BY mail_id
        """)
        async with self.database.reading() as session:
            return [Row(*row) for row in await session.execute(wanted)]

    async def last(self, raw: bytes, **envelope: str) -> Row:
        """Bring one more mail: its row."""
        return (await self.bring(raw, **envelope))[-1]

    async def said(self, ticket_id: UUID | None) -> list[str]:
        """What was said on a ticket, in order."""
        wanted = text("SELECT body FROM message WHERE ticket_id = :ticket_id ORDER BY message_id")
        async with self.database.reading() as session:
            return list(await session.scalars(wanted, {"ticket_id": ticket_id}))

    async def files(self) -> list[tuple[str, str, int]]:
        """Every attachment: name, type and size."""
        wanted = text("SELECT name, media_type, size_bytes FROM attachment ORDER BY attachment_id")
        async with self.database.reading() as session:
            return [(row.name, row.media_type, row.size_bytes) for row in await session.execute(wanted)]

    def reply_to(self, ticket_id: UUID | None, email: str = ANNA) -> str:
        """The reply address in our mails on the ticket to this address."""
        assert ticket_id
        return f"help+{self.seal.reply_token(ticket_id, email)}@loket.example"


def send(port: int, *raws: bytes, sender: str = ANNA, recipients: Sequence[str] = (US,)) -> None:
    """Bring mails over SMTP, in one connection."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for raw in raws:
            client.sendmail(sender, recipients, raw)


def arrived(raw: bytes, recipient: str = US, envelope_sender: str = ANNA) -> Arrived:
    """A mail at the door."""
    return Arrived("smtp", recipient, envelope_sender, raw)
