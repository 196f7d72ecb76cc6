"""Notifications moved forward by hand: events come in, mails go out, the clock is set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from uuid_utils.compat import uuid7

from common.auth import Seal
from common.brand import Brand
from common.db import Database
from common.events import (
    CATALOGUE,
    Customer,
    Event,
    Judgement,
    Promise,
    ReplySent,
    TicketReopened,
    TicketResolved,
    TicketRouted,
    TicketSubmitted,
    TicketWaiting,
)
from common.inbox import Together
from common.vocabulary import Channel as Means
from common.vocabulary import HandlingClass, Language, Sensitivity, Tier
from notifications.channels import Channel
from notifications.consumers import HANDLERS
from notifications.mail import MailWriter
from notifications.sender import Sender, Surroundings, Way
from notifications.telling import House
from notifications.wording import Templates
from notifications.writers import LetterWriter, PushWriter, TextWriter
from notifications.writers import Writer as AnyWriter

START = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # a Wednesday, 14:00 in Amsterdam
SEAL = Seal("a secret of the tests, long enough to be one")
BASE_URL = "https://loket.example"


HOUSE = House(Brand(), BASE_URL, ZoneInfo("Europe/Amsterdam"), SEAL)
TEMPLATES = Templates(Brand())


def writer() -> MailWriter:
    return MailWriter(HOUSE, TEMPLATES, "Loket <help@loket.example>")


def submitted(  # noqa: PLR0913 - each is named, and a test gives two of them
    ticket_id: UUID,
    *,
    email: str | None = "anna@customer.example",
    language: Language = Language.NL,
    at: datetime = START,
    person_id: UUID | None = None,
    phone: str | None = None,
) -> TicketSubmitted:
    return TicketSubmitted(
        ticket_id=ticket_id,
        reference=f"L{ticket_id.hex[-9:].upper()}",
        customer=Customer(
            person_id=person_id or uuid7(),
            name="Buy pills at evil.example",
            email=email,
            phone=phone,
            language=language,
        ),
        channel=Means.WEB,
        subject="Click http://evil.example",
        body="Go to http://evil.example now",
        judgement=Judgement(
            handling_class=HandlingClass.ROUTINE,
            confidence=0.9,
            probabilities={},
            topic=None,
            task_type=None,
            is_urgent=False,
            sensitivity=Sensitivity.NORMAL,
            language=language,
            model_version="test",
        ),
        message_id=uuid7(),
        submitted_at=at,
    )


def routed(
    ticket_id: UUID, *, at: datetime = START, answer_in: timedelta = timedelta(hours=3), is_reopened: bool = False
) -> TicketRouted:
    return TicketRouted(
        ticket_id=ticket_id,
        reference="L",
        queue_id="front-office",
        tier=Tier.FRONT_OFFICE,
        handling_class=HandlingClass.ROUTINE,
        priority=3,
        promise=Promise(answer_by=at + answer_in, solve_by=at + answer_in + timedelta(days=5)),
        cause="reopened" if is_reopened else "accepted",
        routed_at=at,
    )


def replied(
    ticket_id: UUID, body: str = "Het is gedaan.", *, at: datetime = START, message_id: UUID | None = None
) -> ReplySent:
    return ReplySent(
        ticket_id=ticket_id, message_id=message_id or uuid7(), agent_name="Piet Bakker", body=body, sent_at=at
    )


def waiting(
    ticket_id: UUID, *, waits_for: str = "customer", at: datetime = START, until: datetime | None = None
) -> TicketWaiting:
    return TicketWaiting.model_validate(
        {"ticket_id": ticket_id, "waits_for": waits_for, "waiting_since": at, "until": until}
    )


def resolved(
    ticket_id: UUID, *, body: str | None = None, message_id: UUID | None = None, at: datetime = START
) -> TicketResolved:
    return TicketResolved(
        ticket_id=ticket_id,
        outcome="answered",
        body=body,
        message_id=message_id,
        agent_name="Piet Bakker",
        resolved_at=at,
    )


def reopened(ticket_id: UUID, *, at: datetime = START) -> TicketReopened:
    return TicketReopened(ticket_id=ticket_id, reason="Not solved", reopened_at=at)


@dataclass(frozen=True)
class Row:
    """A delivery as it stands in the table."""

    delivery_id: UUID
    kind: str
    state: str
    attempts: int
    detail: str | None
    mail_id: str | None
    due_at: datetime


@dataclass
class PostRoom:
    database: Database
    channel: Channel
    folder: Path | None = None
    now: datetime = START
    ways: list[Means] = field(default_factory=list)
    others: list[Sender] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sender = self.another_sender()

    def another_sender(self) -> Sender:
        """One more sender of mail on the same table and channel."""
        return self.sender_by(Means.EMAIL, self.channel, writer())

    def sender_by(self, means: Means, channel: Channel, who: AnyWriter) -> Sender:
        """A sender of one more way; from now on notices may go by it."""
        if means not in self.ways:
            self.ways.append(means)
        around = Surroundings(self.ways, HOUSE.zone, "loket.example")
        return Sender(self.database, Way(means, channel, who), around, lambda: self.now)

    def add(self, means: Means, channel: Channel) -> None:
        """Let notices go by this way too."""
        writers: dict[Means, AnyWriter] = {
            Means.SMS: TextWriter(HOUSE, TEMPLATES, "Loket", "nl"),
            Means.PUSH: PushWriter(HOUSE, TEMPLATES),
            Means.LETTER: LetterWriter(HOUSE, TEMPLATES),
        }
        self.others.append(self.sender_by(means, channel, writers[means]))

    async def hear(self, *events: Event) -> None:
        """Handle the events as one batch of the consumer does."""
        async with self.database.transaction() as session:
            for event in events:
                handler = HANDLERS[type(event)]
                if isinstance(handler, Together):
                    await handler.handle(session, [event], self.now)
                else:
                    await handler(session, event, self.now)

    def handler_of(self, event: type[Event]) -> Together:
        """What takes a whole batch of these."""
        handler = HANDLERS[event]
        assert isinstance(handler, Together)
        return handler

    async def deliver(self, after: timedelta = timedelta()) -> int:
        """Let time pass, then send what is due: how many outcomes were recorded."""
        self.now += after
        recorded = 0
        while True:
            moved = sum([await sender.drain() for sender in (self.sender, *self.others)])
            recorded += moved
            if not moved:
                return recorded

    async def rows(self) -> list[Row]:
        """Every delivery, in the order planned."""
        wanted = text("""
            SELECT d.delivery_id, n.kind, d.state, d.attempts, d.detail, d.mail_id, d.due_at
            FROM delivery d JOIN notice n USING (notice_id) ORDER BY d.delivery_id
        """)
        async with self.database.reading() as session:
            return [Row(*row) for row in await session.execute(wanted)]

    async def told(self) -> list[Event]:
        """What the other services are told, in order."""
        async with self.database.reading() as session:
            rows = await session.execute(text("SELECT type, body FROM outbox ORDER BY seq"))
        return [CATALOGUE[type_].model_validate_json(body) for type_, body in rows]

    def mails(self) -> list[EmailMessage]:
        """What lies in the Maildir, oldest first."""
        assert self.folder
        files = sorted((self.folder / "new").glob("*"), key=lambda path: path.name)
        return [parsed(path.read_bytes()) for path in files]


def parsed(raw: bytes) -> EmailMessage:
    """The mail as a mail program reads it."""
    return message_from_bytes(raw, _class=EmailMessage, policy=default)


def text_of(mail: EmailMessage) -> str:
    return content_of(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return content_of(mail, "html")


def content_of(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part
    return str(part.get_content())


def subjects(mails: Sequence[EmailMessage]) -> list[str]:
    return [str(mail["subject"]) for mail in mails]
