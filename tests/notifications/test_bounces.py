"""Mails that came back: the delivery says so, once, and the other services are told."""

from datetime import timedelta
from uuid import UUID, uuid4

from common.events import DeliveryRecorded, MailBounced
from notifications.notices import PROMISE_PATIENCE
from postroom import START, PostRoom, reopened, replied, submitted, waiting

TICKET = UUID(int=7)


async def sent(room: PostRoom) -> UUID:
    await room.hear(submitted(TICKET), replied(TICKET))
    await room.deliver(PROMISE_PATIENCE)
    return next(row.delivery_id for row in await room.rows() if row.kind == "reply" and row.state == "sent")


def bounce(delivery_id: UUID, *, is_permanent: bool = True, ticket_id: UUID = TICKET) -> MailBounced:
    return MailBounced(
        ticket_id=ticket_id, delivery_id=delivery_id, is_permanent=is_permanent, status="5.1.1", bounced_at=START
    )


async def told_failures(room: PostRoom) -> list[DeliveryRecorded]:
    return [e for e in await room.told() if isinstance(e, DeliveryRecorded) and e.state == "failed"]


async def test_a_mail_that_came_back_was_not_delivered(room: PostRoom) -> None:
    delivery_id = await sent(room)

    await room.hear(bounce(delivery_id), bounce(delivery_id))

    row = next(row for row in await room.rows() if row.delivery_id == delivery_id)
    assert (row.state, row.detail) == ("bounced", "came back: 5.1.1")
    assert len(await told_failures(room)) == 1


async def test_a_delay_and_a_bounce_of_something_else_change_nothing(room: PostRoom) -> None:
    delivery_id = await sent(room)

    await room.hear(
        bounce(delivery_id, is_permanent=False), bounce(uuid4()), bounce(delivery_id, ticket_id=UUID(int=8))
    )

    assert await told_failures(room) == []


async def test_what_a_program_wrote_gets_no_acknowledgement(room: PostRoom) -> None:
    await room.hear(submitted(TICKET).model_copy(update={"may_be_answered": False}))

    assert await room.rows() == []


async def test_a_program_gets_the_answers_of_people_and_nothing_it_could_answer_for_ever(room: PostRoom) -> None:
    early, late = waiting(TICKET, at=START), reopened(TICKET, at=START + timedelta(hours=2))
    await room.hear(early)  # before anybody knows whose ticket it is: another topic
    await room.hear(submitted(TICKET).model_copy(update={"may_be_answered": False}), submitted(UUID(int=8)))
    await room.hear(replied(TICKET, at=START + timedelta(hours=1)), late, waiting(UUID(int=8)))

    await room.deliver(timedelta(hours=3))

    states = {(row.kind, row.state, row.detail == "program") for row in await room.rows()}
    assert states == {
        ("waiting", "suppressed", True),
        ("reply", "sent", False),
        ("reopened", "suppressed", True),
        ("acknowledgement", "sent", False),
        ("waiting", "sent", False),
    }
