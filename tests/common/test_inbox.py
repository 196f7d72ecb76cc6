"""Events enter once, in order; what fails waits in its own place and other tickets go on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import hypothesis
import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import parked
from common.bus import Delivery, Record
from common.clock import now
from common.consume import retry_parked_once
from common.db import Database
from common.errors import Conflict, NotFound
from common.events import FeedbackGiven
from common.inbox import Inbox, Together
from common.outbox import emit
from plumbing import Effects, effects_of, feedback, record


def delivered(*records: Record) -> list[Delivery]:
    return [Delivery(r.topic, 0, n, r) for n, r in enumerate(records)]


def history(ticket: UUID, *versions: int) -> list[Record]:
    """The numbered events of a ticket; the score repeats the version, so that effects can be told apart."""
    return [record(feedback(ticket, score=1).model_copy(update={"score": min(v, 5)}), v) for v in versions]


async def letters(database: Database) -> list[parked.DeadLetter]:
    async with database.reading() as session:
        return await parked.dead_letters(session)


async def test_a_second_delivery_changes_nothing(inbox: Inbox, database: Database) -> None:
    ticket = uuid4()
    batch = delivered(*history(ticket, 1, 2))

    await inbox.take(batch)
    await inbox.take(batch)

    assert await effects_of(database, ticket) == [1, 2]


async def test_an_old_version_under_a_new_id_is_dropped(inbox: Inbox, database: Database) -> None:
    ticket = uuid4()
    await inbox.take(delivered(*history(ticket, 1, 2)))

    await inbox.take(delivered(*history(ticket, 1)))

    assert await effects_of(database, ticket) == [1, 2]


async def test_a_version_too_early_waits_for_the_one_before_it(inbox: Inbox, database: Database) -> None:
    ticket = uuid4()
    first, second, third = history(ticket, 1, 2, 3)

    await inbox.take(delivered(first, third))
    assert await effects_of(database, ticket) == [1]
    await inbox.take(delivered(second))
    await retry_parked_once(database, inbox)

    assert await effects_of(database, ticket) == [1, 2, 3]


async def test_one_bad_event_does_not_hold_up_its_neighbours(
    inbox: Inbox, database: Database, effects: Effects
) -> None:
    ill, well = uuid4(), uuid4()
    effects.broken = {2}

    await inbox.take(delivered(*history(ill, 1, 2, 3), *history(well, 1, 3)[:1]))

    assert await effects_of(database, ill) == [1]
    assert await effects_of(database, well) == [1]


async def test_a_handler_bug_is_tried_five_times_and_then_waits_for_a_person(
    inbox: Inbox, database: Database, effects: Effects
) -> None:
    ticket = uuid4()
    effects.broken = {2}
    tries = 0
    with time_machine.travel(now(), tick=False) as clock:
        await inbox.take(delivered(*history(ticket, 1, 2, 3)))
        for pause in parked.RETRY_AFTER:
            assert await letters(database) == []
            assert await retry_parked_once(database, inbox) == 0
            clock.shift(pause)
            tries += await retry_parked_once(database, inbox)

    [letter] = await letters(database)
    assert tries + 1 == letter.attempts == 5
    assert sum(parked.RETRY_AFTER, timedelta()) == timedelta(minutes=15)
    assert (letter.version, letter.behind) == (2, 1)
    assert await effects_of(database, ticket) == [1]


async def dead(inbox: Inbox, database: Database, effects: Effects, ticket: UUID) -> parked.DeadLetter:
    effects.broken = {2}
    with time_machine.travel(now(), tick=False) as clock:
        await inbox.take(delivered(*history(ticket, 1, 2, 3)))
        for pause in parked.RETRY_AFTER:
            clock.shift(pause)
            await retry_parked_once(database, inbox)
    [letter] = await letters(database)
    return letter


async def test_a_replayed_letter_is_handled_and_those_behind_it_follow(
    inbox: Inbox, database: Database, effects: Effects
) -> None:
    ticket = uuid4()
    letter = await dead(inbox, database, effects, ticket)
    effects.broken = set()

    async with database.transaction() as session:
        await parked.replay(session, letter.parked_id, now())
    with time_machine.travel(now() + timedelta(hours=1)):
        await retry_parked_once(database, inbox)

    assert await effects_of(database, ticket) == [1, 2, 3]
    assert await letters(database) == []


async def test_a_discarded_letter_lets_those_behind_it_go_on(
    inbox: Inbox, database: Database, effects: Effects
) -> None:
    ticket = uuid4()
    letter = await dead(inbox, database, effects, ticket)

    async with database.transaction() as session:
        await parked.discard(session, letter.parked_id, "lead", now())
    with time_machine.travel(now() + timedelta(hours=1)):
        await retry_parked_once(database, inbox)

    assert await effects_of(database, ticket) == [1, 3]
    async with database.reading() as session:
        assert await session.scalar(text("SELECT discarded_by FROM discarded_event")) == "lead"


async def test_an_unreadable_body_is_a_dead_letter_at_once(inbox: Inbox, database: Database) -> None:
    event = feedback()

    await inbox.take(delivered(record(event, 1, body=b'{"type": "feedback.given", "score": "Jan Jansen"}')))

    [letter] = await letters(database)
    assert "Jansen" not in letter.problem
    assert letter.attempts == 1


async def test_what_never_was_an_event_can_only_be_discarded(inbox: Inbox, database: Database) -> None:
    await inbox.take([Delivery("intake.tickets", 0, 7, None, b"\x00\xff", "no CloudEvent: KeyError: 'ce_id'")])

    [letter] = await letters(database)
    async with database.transaction() as session:
        with pytest.raises(Conflict):
            await parked.replay(session, letter.parked_id, now())
        await parked.discard(session, letter.parked_id, "lead", now())
    assert await letters(database) == []


async def test_a_letter_that_is_not_there_is_not_found(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(NotFound):
            await parked.replay(session, uuid4(), now())
        with pytest.raises(NotFound):
            await parked.discard(session, uuid4(), "lead", now())


async def test_types_nobody_listens_to_still_count_as_versions(inbox: Inbox, database: Database) -> None:
    ticket = uuid4()
    first, second = history(ticket, 1, 2)
    stranger = Record(first.topic, ticket, first.id, "something.new", 1, first.time, "test", b"{}")

    await inbox.take(delivered(stranger, second))

    assert await effects_of(database, ticket) == [2]


async def test_what_a_batch_makes_known_names_the_event_of_its_own_ticket(database: Database) -> None:
    async def answer(session: AsyncSession, events: Sequence[FeedbackGiven], _now: datetime) -> None:
        for event in events:
            emit(session, feedback(event.ticket_id))
        emit(session, feedback(elsewhere))

    one, other, elsewhere = uuid4(), uuid4(), uuid4()
    batch = [
        replace(cause, traceparent=f"00-{n:032x}-{n:016x}-01")
        for n, cause in enumerate((*history(one, 1), *history(other, 1)), start=1)
    ]

    await Inbox(database, {FeedbackGiven: Together(answer)}, "plumbing").take(delivered(*batch))

    async with database.reading() as session:
        rows = await session.execute(text("SELECT key, causation, traceparent FROM outbox ORDER BY seq"))
    first, second = batch
    assert [tuple(row) for row in rows] == [
        (one, first.id, first.traceparent),
        (other, second.id, second.traceparent),
        (elsewhere, first.id, first.traceparent),
    ]


async def test_a_projection_gets_neighbouring_events_at_once_and_in_order(database: Database) -> None:
    runs: list[list[int]] = []

    async def keep(_session: AsyncSession, events: Sequence[FeedbackGiven], _now: datetime) -> None:
        runs.append([event.score for event in events])

    one, other = uuid4(), uuid4()
    inbox = Inbox(database, {FeedbackGiven: Together(keep)}, "plumbing")

    await inbox.take(delivered(*history(one, 1, 2), *history(other, 1), *history(one, 4)))
    await inbox.take(delivered(*history(one, 3)))
    await retry_parked_once(database, inbox)

    assert runs == [[1, 2, 1], [3], [4]]


@st.composite
def journeys(draw: st.DrawFn) -> list[list[tuple[int, int]]]:
    """Batches of (ticket, version): three tickets of up to five versions each, in any order, some more than once."""
    story = [(ticket, version) for ticket in range(3) for version in range(1, draw(st.integers(0, 5)) + 1)]
    again = draw(st.lists(st.sampled_from(story), max_size=5)) if story else []
    order = draw(st.permutations(story + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    return [order[a:b] for a, b in pairwise([0, *cuts, len(order)])]


@hypothesis.settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journeys())
async def test_in_whatever_order_and_however_often_events_come_each_acts_once_and_in_order(
    inbox: Inbox, database: Database, batches: list[list[tuple[int, int]]]
) -> None:
    tickets = [uuid4() for _ in range(3)]
    records = {(ticket, each.version): each for ticket in range(3) for each in history(tickets[ticket], *range(1, 6))}
    for batch in batches:
        await inbox.take(delivered(*(records[each] for each in batch)))
    while await retry_parked_once(database, inbox):
        pass

    highest = [max((v for batch in batches for t, v in batch if t == ticket), default=0) for ticket in range(3)]
    assert [await effects_of(database, ticket) for ticket in tickets] == [list(range(1, top + 1)) for top in highest]
    assert await letters(database) == []


@hypothesis.settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=journeys(), ill=st.integers(1, 5))
async def test_what_is_behind_a_poisonous_event_waits_and_nothing_else_does(
    inbox: Inbox, database: Database, effects: Effects, batches: list[list[tuple[int, int]]], *, ill: int
) -> None:
    effects.broken = {ill}
    tickets = [uuid4() for _ in range(3)]
    records = {(ticket, each.version): each for ticket in range(3) for each in history(tickets[ticket], *range(1, 6))}
    for batch in batches:
        await inbox.take(delivered(*(records[each] for each in batch)))
    while await retry_parked_once(database, inbox):
        pass

    highest = [max((v for batch in batches for t, v in batch if t == ticket), default=0) for ticket in range(3)]
    expected = [list(range(1, min(top, ill - 1) + 1)) for top in highest]
    assert [await effects_of(database, ticket) for ticket in tickets] == expected
