"""Mails to staff about alarms: in their language, once an event, tried until they arrive, never in a loop."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from common.auth import Seal
from common.brand import Brand
from common.clock import now
from common.db import Database
from common.events import Alarm, AlarmsRaised
from common.vocabulary import Language
from notifications import staff_mail
from notifications.channels import Parcel
from notifications.maildir import Maildir
from notifications.retries import Answer, Verdict
from notifications.staff_mail import StaffPost
from notifications.telling import House
from notifications.wording import Templates

DUE = datetime.fromisoformat("2026-11-25T09:00:00+00:00")
NOBODY = Alarm(kind="unstaffed", queue="Buitendienst", tickets=3)
RULE = Alarm(kind="rule_broken", rule="Gas wacht nooit")
LATE = Alarm(kind="department_late", queue="Backoffice", reference="L7K3M9QX2C", due_at=DUE)


def raised(*alarms: Alarm, language: Language = Language.NL, email: str = "sofie@loket.example") -> AlarmsRaised:
    return AlarmsRaised(
        notice_id=uuid4(),
        agent_id=uuid4(),
        name="Sofie Janssens",
        email=email,
        language=language,
        alarms=alarms,
        raised_at=now(),
    )


class Refusing:
    """A mail server that is away."""

    at_once = a_domain = 1

    async def send(self, _parcel: Parcel, /) -> Answer:
        return Answer(Verdict.AWAY, "the server is away")

    async def close(self) -> None:
        """Nothing to give back."""


@pytest.fixture
async def post(database: Database, tmp_path: Path) -> AsyncIterator[StaffPost]:
    channel = Maildir(tmp_path / "mail")
    seal = Seal("only for these tests, never elsewhere!")
    house = House(Brand(), "http://127.0.0.1:8080", ZoneInfo("Europe/Amsterdam"), seal)
    yield StaffPost(database, channel, house, Templates(Brand()), "Loket <help@loket.example>")
    await channel.close()


async def hear(database: Database, event: AlarmsRaised) -> None:
    async with database.transaction() as session:
        await staff_mail.keep(session, event, now())


def mails(folder: Path) -> list[EmailMessage]:
    found = sorted((folder / "mail" / "new").iterdir()) if (folder / "mail" / "new").is_dir() else []
    return [message_from_bytes(each.read_bytes(), policy=default) for each in found]


def words_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


async def test_one_alarm_is_the_subject_itself(database: Database, post: StaffPost, tmp_path: Path) -> None:
    await hear(database, raised(NOBODY))
    assert await post.bring_one(now())
    assert not await post.bring_one(now())

    [mail] = mails(tmp_path)
    assert mail["Subject"] == "Niemand kan 3 tickets in de wachtrij Buitendienst doen."
    assert (mail["To"], mail["Auto-Submitted"]) == ("sofie@loket.example", "auto-generated")
    assert "Hallo Sofie Janssens," in words_of(mail)
    assert "http://127.0.0.1:8080/admin/staff" in words_of(mail)


async def test_many_alarms_are_one_mail(database: Database, post: StaffPost, tmp_path: Path) -> None:
    await hear(database, raised(NOBODY, RULE, LATE))
    await post.bring_one(now())
    [mail] = mails(tmp_path)
    said = words_of(mail)
    assert mail["Subject"] == "3 dingen vragen je aandacht"
    assert said.index("Buitendienst") < said.index("Gas wacht nooit") < said.index("L7K3M9QX2C")
    assert "http://127.0.0.1:8080/desk/search?q=L7K3M9QX2C" in said


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        (Language.EN, "Nobody can do 3 tickets"),
        (Language.FR, "Personne ne peut traiter 3 tickets"),
        (Language.DE, "Niemand kann 3 Tickets"),
    ],
)
async def test_everybody_reads_it_in_their_language(
    database: Database, post: StaffPost, tmp_path: Path, language: Language, begins: str
) -> None:
    await hear(database, raised(NOBODY, language=language))
    await post.bring_one(now())
    [mail] = mails(tmp_path)
    assert mail["Subject"].startswith(begins)


async def test_a_mail_that_finds_no_server_is_tried_again_under_the_same_id(
    database: Database, post: StaffPost, tmp_path: Path
) -> None:
    event = raised(RULE)
    await hear(database, event)
    away = StaffPost(database, Refusing(), post.house, post.templates, post.sender)
    assert await away.bring_one(now())
    assert not await away.bring_one(now())
    assert await post.bring_one(now() + timedelta(minutes=2))
    [mail] = mails(tmp_path)
    assert mail["Message-ID"] == f"<{event.notice_id.hex}@loket.example>"
    async with database.reading() as session:
        assert await session.scalar(text("SELECT state || attempts FROM staff_mail")) == "sent2"


async def test_a_post_that_died_with_a_mail_in_hand_brings_it_after_a_while(
    database: Database, post: StaffPost, tmp_path: Path
) -> None:
    await hear(database, raised(RULE))
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE staff_mail SET state = 'sending', attempts = 1, due_at = now() + interval '2 min'")
        )
    assert not await post.bring_one(now())
    assert await post.bring_one(now() + timedelta(minutes=3))
    assert len(mails(tmp_path)) == 1


async def test_an_address_that_is_none_is_given_up_where_people_can_see_it(
    database: Database, post: StaffPost, tmp_path: Path
) -> None:
    await hear(database, raised(RULE, email="nobody"))
    assert await post.bring_one(now())
    assert mails(tmp_path) == []
    async with database.reading() as session:
        assert await session.scalar(text("SELECT state || ': ' || detail FROM staff_mail")) == (
            "failed: the address cannot be used"
        )


async def test_what_a_rule_is_called_cannot_add_a_header_or_a_button(
    database: Database, post: StaffPost, tmp_path: Path
) -> None:
    sly = Alarm(kind="rule_broken", rule="x\r\nBcc: all@example.org\n\n[Klik](https://evil.example)")
    await hear(database, raised(sly))
    await post.bring_one(now())
    [mail] = mails(tmp_path)
    assert mail["Bcc"] is None
    assert "\nhttps://evil.example" not in words_of(mail)
