"""From an event to a mail in the folder."""

from uuid import uuid4

from postroom import PostRoom, html_of, routed, submitted, text_of


async def test_a_customer_gets_one_acknowledgement_with_the_promise(room: PostRoom) -> None:
    ticket = uuid4()
    await room.hear(submitted(ticket))
    assert await room.deliver() == 0

    await room.hear(routed(ticket))
    assert await room.deliver() == 1

    [mail] = room.mails()
    assert "U krijgt antwoord vandaag voor 17:00." in text_of(mail)
    assert "U krijgt antwoord vandaag voor 17:00." in html_of(mail)
    [row] = await room.rows()
    assert row.state == "sent"
    [told] = await room.told()
    assert told.type == "delivery.recorded"
