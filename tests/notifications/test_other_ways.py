"""Notices that go another way than by mail: by choice, after a failure, at another hour, together, or not yet."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.events import DeliveryRecorded, MailBounced
from common.vocabulary import Channel
from notifications import bad_addresses, deliveries, preferences
from notifications.channels import Parcel
from notifications.choice import CHATTY, GATHER, MOST_AUTOMATIC
from notifications.preferences import Choice
from notifications.retries import Answer, Verdict
from notifications.tables import Device
from postroom import START, PostRoom, replied, routed, submitted, text_of, waiting

PERSON = UUID(int=77)
PHONE = "06 12345678"
MINUTE = timedelta(minutes=1)


@dataclass
class Telephones:
    """A channel that keeps what it is given, and says what it is told to say."""

    at_once = 10
    a_domain = 10
    verdict: Verdict = Verdict.ACCEPTED
    taken: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Answer:
        """The verdict."""
        self.taken.append(parcel)
        return Answer(self.verdict, "200 OK")

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
async def telephones(room: PostRoom) -> Telephones:
    telephones = Telephones()
    room.add(Channel.SMS, telephones)
    return telephones


async def choose(room: PostRoom, channel: Channel | None = None, *, has_stopped: bool = False) -> None:
    choice = Choice(channel=channel, language=None, quiet=None, has_stopped=has_stopped)
    async with room.database.transaction() as session:
        await preferences.choose(session, PERSON, choice, room.now)


async def states(room: PostRoom) -> list[tuple[str, str, str | None]]:
    wanted = text("SELECT channel, state, detail FROM delivery ORDER BY delivery_id")
    async with room.database.reading() as session:
        return [(row.channel, row.state, row.detail) for row in await session.execute(wanted)]


async def test_who_chose_texts_gets_texts_and_no_mail(room: PostRoom, telephones: Telephones) -> None:
    ticket = uuid4()
    await choose(room, Channel.SMS)
    await room.hear(submitted(ticket, person_id=PERSON, phone=PHONE), routed(ticket))
    await room.deliver()

    [parcel] = telephones.taken
    assert parcel.recipient == "+31612345678"
    assert b"U krijgt antwoord vandaag" in parcel.content
    assert room.mails() == []
    assert await states(room) == [("sms", "sent", "200 OK")]


async def test_a_mail_that_came_back_marks_the_address_and_the_notice_goes_by_text(
    room: PostRoom, telephones: Telephones
) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket, person_id=PERSON, phone=PHONE), routed(ticket))
    await room.deliver()
    [mail] = await room.rows()
    await room.hear(
        MailBounced(
            ticket_id=ticket, delivery_id=mail.delivery_id, is_permanent=True, status="5.1.1", bounced_at=room.now
        )
    )
    await room.hear(replied(ticket, at=START + MINUTE))
    await room.deliver(MINUTE)

    assert [(channel, state) for channel, state, _ in await states(room)] == [
        ("email", "bounced"),
        ("sms", "sent"),
        ("sms", "sent"),
    ]
    assert len(room.mails()) == 1
    assert len(telephones.taken) == 2
    told = [(e.channel, e.state) for e in await room.told() if isinstance(e, DeliveryRecorded)]
    assert (Channel.EMAIL, "failed") in told
    assert told[-1] == (Channel.SMS, "sent")


async def test_a_marked_address_is_tried_again_once_somebody_takes_the_mark_off(
    room: PostRoom, telephones: Telephones
) -> None:
    ticket = uuid4()
    posted = submitted(ticket, person_id=PERSON, phone=PHONE)
    await room.hear(posted, routed(ticket))
    async with room.database.transaction() as session:
        await bad_addresses.mark_address(session, Channel.EMAIL, "anna@customer.example", "550", room.now)
    await room.deliver()
    async with room.database.transaction() as session:
        await bad_addresses.clear(session, posted.reference)
    await room.hear(replied(ticket, at=START + MINUTE))
    await room.deliver(MINUTE)

    assert [channel for channel, _, _ in await states(room)] == ["sms", "email"]
    assert len(telephones.taken) == 1


async def test_a_number_that_is_gone_is_followed_by_nothing_when_there_is_no_other_way(
    room: PostRoom, telephones: Telephones
) -> None:
    telephones.verdict = Verdict.GONE
    ticket = uuid4()
    await room.hear(submitted(ticket, email=None, phone=PHONE), routed(ticket), replied(ticket, at=START + MINUTE))
    await room.deliver(MINUTE)

    assert [(channel, state, detail) for channel, state, detail in await states(room)] == [
        ("sms", "failed", "200 OK"),
        ("email", "suppressed", "no_address"),
    ]
    assert len(telephones.taken) == 1


async def test_a_text_at_night_waits_for_the_morning_and_staff_see_why(room: PostRoom, telephones: Telephones) -> None:
    ticket = uuid4()
    room.now = START + timedelta(hours=9)  # eleven in the evening
    await room.hear(submitted(ticket, email=None, phone=PHONE, at=room.now), routed(ticket, at=room.now))
    await room.deliver()
    assert await states(room) == [("sms", "sent", "200 OK")]  # they wrote a moment ago, so they are awake
    await room.hear(replied(ticket, at=room.now + MINUTE))
    await room.deliver(after=MINUTE)
    assert (await states(room))[1:] == [("sms", "planned", "quiet_hours")]

    await room.deliver(after=timedelta(hours=9, minutes=1))
    assert [state for _, state, _ in await states(room)] == ["sent", "sent"]
    assert len(telephones.taken) == 2


async def test_the_replies_of_a_chatty_ticket_come_in_one_mail(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    for n in range(CHATTY):
        await room.hear(replied(ticket, f"Antwoord {n}", at=START + n * MINUTE))
        await room.deliver(MINUTE)
    for n in range(CHATTY, CHATTY + 3):
        await room.hear(replied(ticket, f"Antwoord {n}", at=START + n * MINUTE))
        await room.deliver(MINUTE)
    assert len(room.mails()) == 1 + CHATTY

    await room.deliver(GATHER)

    last = room.mails()[1 + CHATTY :]
    assert len(last) == 1
    assert all(f"Antwoord {n}" in text_of(last[0]) for n in range(CHATTY, CHATTY + 3))
    assert [row.state for row in await room.rows()] == ["sent"] * (1 + CHATTY + 3)
    assert [row.detail for row in await room.rows()][-2:] == ["told_together"] * 2
    told = [event for event in await room.told() if isinstance(event, DeliveryRecorded)]
    assert [(event.state, event.detail) for event in told][-2:] == [("sent", "told_together")] * 2


async def test_two_programs_that_answer_each_other_are_held_and_let_go_by_a_person(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    await room.deliver()
    for n in range(1, MOST_AUTOMATIC + 2):
        await room.hear(waiting(ticket, at=START + n * MINUTE))
        await room.deliver(MINUTE)
    rows = await room.rows()
    assert [row.state for row in rows] == ["sent"] * MOST_AUTOMATIC + ["held"] * 2
    assert rows[-1].detail == "too_many"

    async with room.database.transaction() as session:
        await deliveries.release(session, rows[-1].delivery_id, "lead", room.now)
    await room.deliver()

    assert [row.state for row in await room.rows()][-2:] == ["held", "sent"]


async def test_the_last_of_a_person_s_devices_is_forgotten_when_it_is_gone(room: PostRoom) -> None:
    devices = Telephones(Verdict.GONE)
    room.add(Channel.PUSH, devices)
    ticket = uuid4()
    await choose(room, Channel.PUSH)
    async with room.database.transaction() as session:
        device = Device(endpoint="https://push.example/1", person_id=PERSON, p256dh="p", auth="a", added_at=room.now)
        await preferences.add_device(session, PERSON, device, room.now)
    await room.hear(submitted(ticket, person_id=PERSON), routed(ticket))
    await room.deliver()

    assert [(channel, state) for channel, state, _ in await states(room)] == [("push", "failed"), ("email", "sent")]
    assert devices.taken[0].recipient == "https://push.example/1"
    async with room.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM device")) == 0
