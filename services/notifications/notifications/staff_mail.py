"""Mails to staff about alarms: kept with the event, brought as all mail is, tried until they arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import Database
from common.events import Alarm, AlarmsRaised
from common.log import logger
from common.singly import alone
from common.texts import words
from common.texts.spoken import Spoken
from common.vocabulary import Language
from common.wakeup import Wakeups
from notifications import alarms
from notifications.blocks import one_line
from notifications.channels import Channel, Parcel
from notifications.mail import usable
from notifications.mime import message, phrase, unstructured
from notifications.retries import Answer, DeliveryState, Verdict, after
from notifications.tables import StaffMail
from notifications.telling import House
from notifications.wording import Letter, Templates
from notifications.writers import UnusableAddress

log = logger(__name__)

CHANNEL = "staff_mail"
LOOK_EVERY_SECONDS = 5.0
LEASE = timedelta(minutes=2)
OUTSTANDING = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.RETRYING)


async def keep(session: AsyncSession, event: AlarmsRaised, now: datetime) -> None:
    """Plan the mail; it leaves after the commit."""
    session.add(
        StaffMail(
            mail_id=event.notice_id,
            agent_id=event.agent_id,
            name=event.name,
            email=event.email,
            language=event.language,
            alarms=[alarm.model_dump(mode="json") for alarm in event.alarms],
            state=DeliveryState.PLANNED,
            planned_at=now,
            due_at=now,
        )
    )
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


@dataclass(frozen=True)
class StaffPost:
    """Writes mails to staff, and brings them."""

    database: Database
    channel: Channel
    house: House
    templates: Templates
    sender: str

    async def run(self, wakeups: Wakeups) -> None:
        """Bring what is due, for ever."""
        while True:
            if not await self.bring_one(clock.now()):
                await wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS)

    async def bring_one(self, now: datetime) -> bool:
        """Whether something was due: it was tried once, and what became of it is written down."""
        async with self.database.transaction() as session:
            due = select(StaffMail).where(StaffMail.state.in_(OUTSTANDING), StaffMail.due_at <= now)
            mail = await session.scalar(due.order_by(StaffMail.due_at).limit(1).with_for_update(skip_locked=True))
            if mail is None:
                return False
            mail.state, mail.attempts, mail.due_at = DeliveryState.SENDING, mail.attempts + 1, now + LEASE
        answer = await self._answer(mail, now)
        async with self.database.transaction() as session:
            found = await session.get_one(StaffMail, mail.mail_id, with_for_update=True)
            found.state, found.due_at = after(answer, mail.attempts, mail.planned_at, clock.now())
            found.detail, found.recorded_at = answer.detail, clock.now()
        if answer.verdict is not Verdict.ACCEPTED:
            log.warning("a mail to staff did not arrive", mail_id=str(mail.mail_id), detail=answer.detail)
        return True

    async def _answer(self, mail: StaffMail, now: datetime) -> Answer:
        async def send(_: Sequence[StaffMail]) -> Answer:
            try:
                return await self.channel.send(self.write(mail, now))
            except UnusableAddress as error:
                return Answer(Verdict.GONE, str(error))

        return await alone(mail, send, _unwritten)

    def write(self, mail: StaffMail, now: datetime) -> Parcel:
        """The mail as it should read at this moment. Raises UnusableAddress."""
        name, address = parseaddr(self.sender)
        recipient, letter = usable(mail.email), self._letter(mail, now)
        domain = address.rpartition("@")[2]
        headers = [
            ("From", f"{phrase(name)} <{usable(address)}>" if name else usable(address)),
            ("To", recipient),
            ("Subject", unstructured(letter.subject)),
            ("Date", format_datetime(now.astimezone(self.house.zone))),
            ("Message-ID", f"<{mail.mail_id.hex}@{domain}>"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
        ]
        content = message(headers, letter, boundary=f"=_{mail.mail_id.hex}")
        return Parcel(mail.mail_id, address, recipient, content)

    def _letter(self, mail: StaffMail, now: datetime) -> Letter:
        language = Language(mail.language)  # a row gives its text
        said = words("notifications", language)
        spoken = Spoken(words("common", language), self.house.zone, lambda: now)
        told = [_plain(each) for each in mail.alarms]
        return self.templates.plain(
            language,
            alarms.subject(told, said, spoken),
            alarms.body(one_line(mail.name), told, self.house.public_url, said, spoken),
            alarms.footer(self.house.brand.name, said),
        )


def _plain(stored: Mapping[str, Any]) -> Alarm:
    """The alarm, with nothing in its words that a mail could take for anything but words."""
    return Alarm.model_validate({n: one_line(v) if isinstance(v, str) else v for n, v in stored.items()})


async def _unwritten(mail: StaffMail, error: Exception) -> Answer:
    """A mail that cannot be made stops no other; it is tried again and then given up."""
    log.error("a mail to staff could not be written", mail_id=str(mail.mail_id), error=type(error).__name__)
    return Answer(Verdict.TRY_LATER, f"the mail could not be written: {type(error).__name__}")
