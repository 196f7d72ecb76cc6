"""Incidents told to many: each person once when it is declared and once when it is over, at a pace."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.events import (
    AffectedTicket,
    IncidentClosed,
    IncidentDeclared,
    IncidentSpread,
    KnownIncident,
    TicketSubmitted,
)
from common.vocabulary import Channel, Language
from notifications import broadcasts
from notifications.text_folder import TextFolder, newest_texts
from postroom import START, PostRoom, replied, routed, submitted, text_of

INCIDENT = UUID(int=77)
WORDS = {"nl": "Er is een waterstoring.", "en": "There is a water outage.", "fr": "Pas d’eau.", "de": "Kein Wasser."}
OVER = {"nl": "Het water is terug.", "en": "The water is back.", "fr": "L’eau est revenue.", "de": "Es läuft wieder."}
DECLARED = IncidentDeclared(
    incident_id=INCIDENT,
    title="Waterstoring Dorpsstraat",
    words=WORDS,
    per_minute=60_000,
    declared_by="Sofie",
    declared_at=START,
)
CLOSED = IncidentClosed(incident_id=INCIDENT, words=OVER, per_minute=60_000, closed_by="Sofie", closed_at=START)


def spread(*tickets: TicketSubmitted, is_told: bool = False) -> IncidentSpread:
    affected = [AffectedTicket(ticket_id=each.ticket_id, person_id=each.customer.person_id) for each in tickets]
    return IncidentSpread(incident_id=INCIDENT, tickets=tuple(affected), is_told=is_told, spread_at=START)


async def known(room: PostRoom, *tickets: TicketSubmitted) -> Sequence[TicketSubmitted]:
    """Tickets whose customers had their acknowledgement an hour ago."""
    for ticket in tickets:
        await room.hear(ticket, routed(ticket.ticket_id))
    await room.deliver()
    room.now += timedelta(hours=2)
    return tickets


def told(room: PostRoom, words: str) -> list[str]:
    """Who got a mail with these words."""
    return [str(mail["to"]) for mail in room.mails() if words in text_of(mail)]


async def test_everybody_is_told_once_in_their_language_and_once_that_it_is_over(room: PostRoom) -> None:
    anna, bert = uuid4(), uuid4()
    tickets = await known(
        room,
        submitted(uuid4(), email="anna@a.example", person_id=anna),
        submitted(uuid4(), email="anna@a.example", person_id=anna),
        submitted(uuid4(), email="bert@b.example", person_id=bert, language=Language.DE),
    )

    await room.hear(DECLARED, spread(*tickets))
    await room.deliver(after=timedelta(seconds=1))
    assert told(room, WORDS["nl"]) == ["anna@a.example"]
    assert told(room, WORDS["de"]) == ["bert@b.example"]
    await room.hear(CLOSED)
    await room.deliver(after=timedelta(seconds=1))

    assert told(room, OVER["nl"]) == ["anna@a.example"]
    assert told(room, OVER["de"]) == ["bert@b.example"]
    assert told(room, WORDS["nl"]) == ["anna@a.example"]


async def test_it_goes_by_the_way_that_reaches_them(room: PostRoom, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("texts")
    room.add(Channel.SMS, TextFolder(folder))
    tickets = await known(room, submitted(uuid4(), email=None, phone="06 12345678"))

    await room.hear(DECLARED, spread(*tickets))
    await room.deliver(after=timedelta(seconds=1))

    newest = newest_texts(folder, 1)[0]
    assert newest.recipient == "+31612345678"
    assert WORDS["nl"] in newest.words


async def test_they_are_told_at_the_pace_that_was_chosen_also_over_several_events(room: PostRoom) -> None:
    tickets = await known(room, *(submitted(uuid4(), email=f"c{n}@c.example") for n in range(6)))
    slow = DECLARED.model_copy(update={"per_minute": 2})
    await room.hear(slow, spread(*tickets[:3]), spread(*tickets[3:]))

    counts = []
    for _ in range(7):
        await room.deliver()
        counts.append(len(told(room, WORDS["nl"])))
        room.now += timedelta(seconds=30)

    assert counts == [1, 2, 3, 4, 5, 6, 6]


async def test_an_answer_does_not_wait_behind_news_whose_turn_has_not_come(room: PostRoom) -> None:
    first, second = await known(room, submitted(uuid4(), email="a@a.example"), submitted(uuid4(), email="b@b.example"))
    await room.hear(DECLARED.model_copy(update={"per_minute": 1}), spread(first, second))
    await room.deliver(after=timedelta(seconds=1))

    await room.hear(*(replied(each.ticket_id, at=room.now) for each in (first, second)))
    await room.deliver(after=timedelta(seconds=1))

    assert sorted(told(room, "Het is gedaan.")) == ["a@a.example", "b@b.example"]


async def test_who_writes_while_it_goes_on_reads_it_in_the_acknowledgement_alone(room: PostRoom) -> None:
    await room.hear(DECLARED)
    late = submitted(uuid4(), email="late@l.example", language=Language.FR)
    promise = routed(late.ticket_id).model_copy(update={"incident": KnownIncident(incident_id=INCIDENT, words=WORDS)})

    await room.hear(late, promise, spread(late, is_told=True))
    await room.deliver(after=timedelta(minutes=2))

    [mail] = room.mails()
    assert WORDS["fr"] in text_of(mail)
    await room.hear(CLOSED)
    await room.deliver(after=timedelta(hours=2))
    assert told(room, OVER["fr"]) == ["late@l.example"]
    assert len(room.mails()) == 2


async def test_without_an_incident_the_acknowledgement_says_nothing_of_one(room: PostRoom) -> None:
    [ticket] = await known(room, submitted(uuid4()))

    [mail] = room.mails()
    assert ticket
    assert "None" not in text_of(mail)


async def test_it_is_told_of_a_ticket_that_is_heard_of_later(room: PostRoom) -> None:
    ticket = submitted(uuid4(), email="anna@a.example")

    await room.hear(DECLARED, spread(ticket))
    assert await room.deliver() == 0
    await room.hear(ticket, routed(ticket.ticket_id))
    await room.deliver(after=timedelta(seconds=1))

    assert told(room, WORDS["nl"]) == ["anna@a.example"]


async def test_who_was_not_told_yet_when_it_is_over_hears_only_that(room: PostRoom) -> None:
    first, second = await known(room, submitted(uuid4(), email="a@a.example"), submitted(uuid4(), email="b@b.example"))
    await room.hear(DECLARED.model_copy(update={"per_minute": 1}), spread(first, second))
    await room.deliver()

    await room.hear(CLOSED)
    await room.deliver(after=timedelta(hours=2))

    assert told(room, WORDS["nl"]) == ["a@a.example"]
    assert sorted(told(room, OVER["nl"])) == ["a@a.example", "b@b.example"]


async def test_a_lead_stops_it_and_tickets_that_are_added_afterwards_are_not_told(room: PostRoom) -> None:
    first, second = await known(room, submitted(uuid4(), email="a@a.example"), submitted(uuid4(), email="b@b.example"))
    await room.hear(DECLARED.model_copy(update={"per_minute": 1}), spread(first))
    async with room.database.transaction() as session:
        [progress] = await broadcasts.newest(session, 5)
        await broadcasts.stop(session, progress.broadcast.broadcast_id, room.now)

    await room.hear(spread(second))
    await room.deliver(after=timedelta(hours=1))

    assert told(room, WORDS["nl"]) == []


async def test_the_database_refuses_a_second_telling(room: PostRoom) -> None:
    [ticket] = await known(room, submitted(uuid4()))
    await room.hear(DECLARED, spread(ticket))
    again = text("""
        INSERT INTO notice (notice_id, ticket_id, kind, occurred_at, broadcast_id)
        SELECT gen_random_uuid(), ticket_id, kind, occurred_at, broadcast_id FROM notice WHERE broadcast_id IS NOT NULL
    """)

    with pytest.raises(IntegrityError, match="notice_of_broadcast_once"):
        async with room.database.transaction() as session:
            await session.execute(again)
    with pytest.raises(IntegrityError, match="broadcast_once_a_stage"):
        await room.hear(DECLARED)
