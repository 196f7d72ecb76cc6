"""A promise is put off once: whatever is told twice, the customer hears of one delay, and the database holds to it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.events import DelayExpected
from postroom import START, PostRoom, routed, submitted, text_of

HOUR = timedelta(hours=1)


def delay(ticket_id: UUID, *, promised_at: timedelta | None = timedelta(), by: int = 3) -> DelayExpected:
    """The word that a promise, made then, will be kept two hours later than it said."""
    return DelayExpected(
        ticket_id=ticket_id,
        about="answer",
        promised_by=START + by * HOUR,
        expected_by=START + (by + 2) * HOUR,
        told_at=START + HOUR,
        promised_at=START + promised_at if promised_at is not None else None,
    )


async def sent(room: PostRoom) -> int:
    await room.deliver(after=HOUR)
    return sum("langer" in text_of(mail) for mail in room.mails())


async def test_a_promise_is_put_off_once_however_often_it_is_told(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))

    await room.hear(delay(ticket), delay(ticket))
    await room.hear(delay(ticket, by=4))

    assert await sent(room) == 1


async def test_a_batch_that_tells_it_twice_is_taken(room: PostRoom) -> None:
    ticket, other = uuid4(), uuid4()
    await room.hear(submitted(ticket), routed(ticket), submitted(other), routed(other))
    handler = room.handler_of(DelayExpected)

    async with room.database.transaction() as session:
        await handler.handle(session, [delay(ticket), delay(other), delay(ticket)], room.now)

    assert await sent(room) == 2


async def test_a_new_promise_can_be_put_off_too(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))

    await room.hear(delay(ticket), delay(ticket, promised_at=HOUR, by=6))

    assert await sent(room) == 2


async def test_a_sender_that_does_not_say_which_promise_is_held_to_its_date(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), routed(ticket))

    await room.hear(delay(ticket, promised_at=None), delay(ticket, promised_at=None))

    assert await sent(room) == 1


async def test_the_database_refuses_a_second_delay_of_one_promise(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket), delay(ticket))
    again = text("""
        INSERT INTO notice (notice_id, ticket_id, kind, occurred_at, promised_at)
        SELECT gen_random_uuid(), ticket_id, kind, occurred_at, promised_at FROM notice WHERE kind = 'delay'
    """)

    with pytest.raises(IntegrityError, match="notice_of_delay_once"):
        async with room.database.transaction() as session:
            await session.execute(again)
