"""The life of a delivery, from the event to the proof: once, in order, whatever is killed in between."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import IntegrityError

from common.auth import SESSION_LIFE
from common.clock import now
from common.errors import Conflict, NotFound
from common.events import DeliveryRecorded, StaffSessionEnded
from common.vocabulary import Channel, Role
from notifications import deliveries
from notifications.channels import Parcel
from notifications.claims import Claimed, Room
from notifications.deliveries import LEASE
from notifications.mail import MailWriter
from notifications.notices import PROMISE_PATIENCE
from notifications.queries import is_ended
from notifications.retries import DeliveryState
from notifications.upkeep import look_once
from postroom import (
    HOUSE,
    START,
    TEMPLATES,
    PostRoom,
    reopened,
    replied,
    resolved,
    routed,
    subjects,
    submitted,
    text_of,
    waiting,
    writer,
)

MINUTE = timedelta(minutes=1)
ALL = Room(channel=Channel.EMAIL, most=100, a_domain=100, busy_domains=[])


async def claim(room: PostRoom, wanted: Room = ALL) -> list[Claimed]:
    async with room.database.transaction() as session:
        return await deliveries.claim(session, wanted, "loket.example", room.now)


async def test_a_customer_gets_one_acknowledgement_with_the_promise_as_soon_as_there_is_one(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket))
    assert await room.deliver() == 0

    await room.hear(routed(ticket))
    assert await room.deliver() == 1

    [mail] = room.mails()
    assert "U krijgt antwoord vandaag voor 17:00." in text_of(mail)
    assert await room.deliver(after=2 * PROMISE_PATIENCE) == 0


async def test_the_acknowledgement_comes_without_a_promise_when_routing_is_down(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket))
    await room.deliver(after=PROMISE_PATIENCE)

    [mail] = room.mails()
    assert "wanneer u antwoord krijgt" in text_of(mail)

    await room.hear(routed(ticket, at=room.now))
    assert await room.deliver() == 0


async def test_it_does_not_matter_which_topic_is_read_first(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(routed(ticket), replied(ticket, at=START + MINUTE))
    assert await room.deliver(after=10 * PROMISE_PATIENCE) == 0

    await room.hear(submitted(ticket))
    await room.deliver()

    assert ["vandaag voor 17:00" in text_of(mail) for mail in room.mails()] == [True, False]
    assert [row.state for row in await room.rows()] == ["sent", "sent"]


async def test_an_acknowledgement_repeats_nothing_the_customer_wrote(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    await room.deliver()

    assert "evil.example" not in room.mails()[0].as_string()


async def test_every_step_of_a_ticket_is_told_in_one_thread(room: PostRoom) -> None:
    ticket, at = uuid4(), START
    await room.hear(submitted(ticket), routed(ticket))
    await room.hear(replied(ticket, at=at + MINUTE), waiting(ticket, at=at + 2 * MINUTE))
    await room.hear(replied(ticket, "Nog iets.", at=at + 3 * MINUTE), resolved(ticket, at=at + 4 * MINUTE))
    await room.hear(reopened(ticket, at=at + 5 * MINUTE), routed(ticket, at=at + 5 * MINUTE, is_reopened=True))
    await room.deliver(after=5 * MINUTE)

    rows = await room.rows()
    assert [(row.kind, row.state) for row in rows] == [
        ("acknowledgement", "sent"),
        ("reply", "sent"),
        ("waiting", "suppressed"),
        ("reply", "sent"),
        ("resolved", "sent"),
        ("reopened", "sent"),
    ]
    assert rows[2].detail == "asked_in_reply"
    mails = room.mails()
    ids = [str(mail["Message-ID"]) for mail in mails]
    assert [str(mail["In-Reply-To"]) for mail in mails[1:]] == ids[:-1]
    assert len({str(mail["References"]).split()[0] for mail in mails}) == 1
    assert len({subject.removeprefix("Re: ") for subject in subjects(mails)}) == 1


async def test_a_reopened_ticket_is_told_with_its_new_promise(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    await room.deliver()
    later = START + timedelta(days=1)
    room.now = later
    await room.hear(reopened(ticket, at=later))
    assert await room.deliver() == 0

    await room.hear(routed(ticket, at=later, answer_in=timedelta(hours=22), is_reopened=True))
    await room.deliver()

    assert "U krijgt antwoord morgen voor 12:00." in text_of(room.mails()[-1])


async def test_a_reopened_ticket_never_repeats_its_old_promise(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    await room.hear(reopened(ticket, at=START + MINUTE))
    await room.deliver(after=2 * PROMISE_PATIENCE)

    told_first, told_again = room.mails()
    assert "vandaag voor 17:00" in text_of(told_first)
    assert "vandaag voor 17:00" not in text_of(told_again)


async def test_a_customer_without_an_address_is_not_told_and_staff_can_see_why(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket, email=None), routed(ticket), replied(ticket, at=START + MINUTE))
    await room.deliver(after=MINUTE)

    assert [(row.state, row.detail) for row in await room.rows()] == [("suppressed", "no_address")] * 2
    assert [told.state for told in await told_by(room)] == ["suppressed"] * 2


async def told_by(room: PostRoom) -> Sequence[DeliveryRecorded]:
    return [event for event in await room.told() if isinstance(event, DeliveryRecorded)]


async def test_an_address_that_cannot_be_used_fails_where_staff_see_it(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket, email="anna@customer.example\r\nBcc: eve@evil.example"), routed(ticket))
    await room.deliver()

    [row] = await room.rows()
    assert (row.state, row.detail) == ("failed", "the address cannot be used")
    assert room.mails() == []


async def test_a_sender_killed_between_sending_and_recording_sends_again_with_the_same_message_id(
    room: PostRoom,
) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    [claimed] = await claim(room)
    await room.channel.send(writer().write(claimed, room.now))
    # Killed here: nothing was recorded.
    assert await room.deliver(after=LEASE - MINUTE) == 0
    assert await room.deliver(after=MINUTE) == 1

    first, second = room.mails()
    assert first["Message-ID"] == second["Message-ID"]
    [row] = await room.rows()
    assert (row.state, row.attempts) == ("sent", 2)


async def test_a_sender_that_lost_its_lease_records_nothing(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    [stale] = await claim(room)
    room.now += LEASE
    [fresh] = await claim(room)
    late = deliveries.Outcome(stale, DeliveryState.FAILED, room.now, "too late")
    good = deliveries.Outcome(fresh, DeliveryState.SENT, room.now, "in time")

    async with room.database.transaction() as session:
        assert await deliveries.record(session, [late], room.now) == []
        assert await deliveries.record(session, [good], room.now) == [good]

    [row] = await room.rows()
    assert (row.state, row.detail) == ("sent", "in time")


async def test_two_senders_never_claim_the_same_delivery(room: PostRoom) -> None:
    tickets = [uuid4() for _ in range(40)]
    await room.hear(*map(submitted, tickets), *map(routed, tickets))
    room.now += PROMISE_PATIENCE  # due by themselves: no sender has to touch them first
    twenty = Room(channel=Channel.EMAIL, most=20, a_domain=100, busy_domains=[])
    async with room.database.transaction() as one, room.database.transaction() as other:
        first = await deliveries.claim(one, twenty, "loket.example", room.now)
        second = await deliveries.claim(other, twenty, "loket.example", room.now)

    assert len(first) == len(second) == 20
    assert len({claimed.delivery_id for claimed in [*first, *second]}) == 40


async def test_a_later_notice_of_a_ticket_waits_until_the_earlier_one_is_done(room: PostRoom) -> None:
    ticket, other = uuid4(), uuid4()
    await room.hear(submitted(ticket), routed(ticket), replied(ticket, at=START + MINUTE))
    await room.hear(submitted(other), routed(other))

    first = await claim(room)
    assert sorted(c.kind for c in first) == ["acknowledgement", "acknowledgement"]
    assert await claim(room) == []

    await room.deliver(after=LEASE)
    assert [str(mail["Auto-Submitted"]) for mail in room.mails()].count("None") == 1


async def test_one_domain_gets_its_share_and_no_more(room: PostRoom) -> None:
    big = [uuid4() for _ in range(30)]
    small = uuid4()
    await room.hear(*(submitted(t, email=f"{t.hex}@Big.example") for t in big), *map(routed, big))
    room.now += MINUTE
    await room.hear(submitted(small, email="x@small.example"), routed(small))

    claimed = await claim(room, Room(channel=Channel.EMAIL, most=20, a_domain=8, busy_domains=[]))
    assert sorted(c.domain or "" for c in claimed) == ["big.example"] * 8 + ["small.example"]

    assert await claim(room, Room(channel=Channel.EMAIL, most=20, a_domain=8, busy_domains=["big.example"])) == []


async def test_an_acknowledgement_is_planned_once(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket))

    with pytest.raises(IntegrityError):
        await room.hear(replied(ticket, message_id=UUID(int=1)), replied(ticket, message_id=UUID(int=1)))
    assert len(await room.rows()) == 1


async def test_a_resend_brings_the_notice_again_under_a_new_message_id(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))
    await room.deliver()
    [old] = await room.rows()

    async with room.database.transaction() as session:
        shown = await deliveries.resend(session, old.delivery_id, room.now)
    assert shown.delivery.resend_of == old.delivery_id
    await room.deliver()

    first, second = room.mails()
    assert first["Message-ID"] != second["Message-ID"]
    assert [row.state for row in await room.rows()] == ["sent", "sent"]


async def test_nothing_is_resent_that_is_still_on_its_way_or_has_nowhere_to_go(room: PostRoom) -> None:
    ticket, mute = uuid4(), uuid4()
    await room.hear(submitted(ticket), submitted(mute, email=None), routed(mute))
    await room.deliver()
    on_its_way, nowhere = await room.rows()

    for delivery_id, refusal in (
        (on_its_way.delivery_id, Conflict),
        (nowhere.delivery_id, Conflict),
        (uuid4(), NotFound),
    ):
        async with room.database.transaction() as session:
            with pytest.raises(refusal):
                await deliveries.resend(session, delivery_id, room.now)


async def test_a_batch_of_events_is_written_with_few_statements(room: PostRoom) -> None:
    tickets = [uuid4() for _ in range(200)]
    await room.hear(*map(submitted, tickets))
    await room.hear(*map(routed, tickets))

    assert await room.deliver() == 200
    assert len(room.mails()) == 200
    assert {event.state for event in await told_by(room)} == {"sent"}


class Clumsy(MailWriter):
    """A writer that cannot make the mails of one ticket."""

    def __init__(self, ticket_id: UUID) -> None:
        super().__init__(HOUSE, TEMPLATES, "help@loket.example")
        self._ticket_id = ticket_id

    def write(self, claimed: Claimed, now: datetime) -> Parcel:
        """The mail, or none."""
        if claimed.ticket_id == self._ticket_id:
            raise LookupError("anna@customer.example")
        return super().write(claimed, now)


async def test_a_mail_that_cannot_be_made_stops_no_other_and_is_seen(room: PostRoom) -> None:
    bad, good = uuid4(), uuid4()
    await room.hear(submitted(bad), routed(bad), submitted(good), routed(good))
    sender = room.sender_by(Channel.EMAIL, room.channel, Clumsy(bad))
    await sender.drain()

    rows = {row.state: row for row in await room.rows()}
    assert set(rows) == {"retrying", "sent"}
    assert rows["retrying"].detail == "the notice could not be written: LookupError"


async def test_the_backlog_is_a_figure_and_ended_sessions_are_forgotten(room: PostRoom) -> None:
    ticket, old, new = uuid4(), uuid4(), uuid4()
    room.now = now() - timedelta(hours=1)
    await room.hear(submitted(ticket), routed(ticket))
    await room.hear(*(ended(s, now() - age) for s, age in ((old, SESSION_LIFE + MINUTE), (new, MINUTE))))
    await look_once(room.database)

    assert (REGISTRY.get_sample_value("loket_delivery_oldest_due_seconds") or 0) >= 3500
    async with room.database.reading() as session:
        assert not await is_ended(session, old)
        assert await is_ended(session, new)


def ended(session_id: UUID, at: datetime) -> StaffSessionEnded:
    return StaffSessionEnded(agent_id=uuid4(), session_id=session_id, role=Role.AGENT, ended_at=at)
