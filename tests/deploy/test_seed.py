"""The town that `loket seed` fills, on three real services without their loops."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from common.clock import now
from common.errors import Conflict
from common.events import Judgement
from common.settings import BadSetting
from common.vocabulary import HandlingClass, Language, Sensitivity, TicketState
from embedded import audit
from embedded.cli import app
from embedded.composition import NAMES
from embedded.town.casting import Read, cast, draft_of, plots_for
from embedded.town.filling import Portion, behind, fill
from embedded.town.library import ANY, STAFF, Phrases, letters, residents
from embedded.town.plots import PLOTS
from embedded.town.story import Story
from intake.drafts import Judged
from routing.tables import Audit, Feedback, Message, Ticket
from routing.timers import fire_due
from routing.transitions import TABLE
from town import Town

pytestmark = pytest.mark.xdist_group("seeded")  # filled once

TICKETS = 48
RESTING = {state for steps in TABLE.values() for state in steps.values()} | {TicketState.NEEDS_TRIAGE}
MOMENT = datetime(2026, 12, 2, 13, 30, tzinfo=UTC)
WRITTEN = ("solved", "settled", "repaired", "working", "coming", "asking", "chasing", "unsolved", "pleased")


async def filled(town: Town, portion: Portion) -> list[Story]:
    async def arrived(_: Sequence[UUID]) -> None:
        await town.settle()

    stories = await fill({name: town.database(name) for name in NAMES}, portion, arrived, lambda *_: None)
    await town.settle()
    return stories


@pytest.fixture(scope="module")
async def stories(seeded_town: Town) -> list[Story]:
    """A small town, filled once; the tests below only look, or add."""
    return await filled(seeded_town, Portion(TICKETS, seed=1))


async def test_every_story_is_told_and_every_state_is_there(seeded_town: Town, stories: list[Story]) -> None:
    async with seeded_town.database("routing").reading() as session:
        states = {row.ticket_id: row.state for row in await session.execute(select(Ticket.ticket_id, Ticket.state))}

    assert len(stories) == TICKETS
    assert all(story.is_told for story in stories)
    assert {story.ticket_id: story.plot.ends for story in stories}.items() <= states.items()
    assert set(states.values()) == RESTING


async def test_four_languages_are_written_most_of_them_dutch(seeded_town: Town, stories: list[Story]) -> None:
    async with seeded_town.database("routing").reading() as session:
        spoken = Counter(await session.scalars(select(Ticket.customer_language)))

    assert set(spoken) == set(Language)
    assert spoken.most_common(1)[0][0] is Language.NL
    assert all(story.letter.language is story.resident.language for story in stories)


@pytest.mark.usefixtures("stories")
async def test_the_services_agree_on_all_of_it(seeded_town: Town) -> None:
    lines = audit.compare({name: await audit.read(name, seeded_town.database(name)) for name in NAMES})

    assert [line for line in lines if not line.is_right or line.waiting] == []
    async with seeded_town.database("intake").reading() as session:
        ids = list(await session.scalars(text("SELECT ticket_id FROM ticket")))
    assert await behind({name: seeded_town.database(name) for name in NAMES}, ids) == 0


@pytest.mark.usefixtures("stories")
async def test_everything_happened_when_the_story_says_and_in_order(seeded_town: Town) -> None:
    async with seeded_town.database("routing").reading() as session:
        tickets = {ticket.ticket_id: ticket for ticket in await session.scalars(select(Ticket))}
        told = (await session.scalars(select(Audit).where(Audit.ticket_id.is_not(None)).order_by(Audit.audit_id))).all()
        said = (await session.scalars(select(Message))).all()
    of: dict[UUID, list[datetime]] = {}
    for change in told:
        assert change.ticket_id
        of.setdefault(change.ticket_id, []).append(change.acted_at)

    for ticket_id, moments in of.items():
        assert moments[0] == tickets[ticket_id].submitted_at
        assert moments == sorted(moments)
        assert moments[-1] <= now()
    assert all(tickets[each.ticket_id].submitted_at <= each.said_at <= now() for each in said)
    assert "{" not in "".join(each.body for each in said if each.kind != "customer")


async def test_an_hour_of_traffic_waits_to_be_looked_at(seeded_town: Town, stories: list[Story]) -> None:
    waits = Ticket.state.in_((TicketState.QUEUED, TicketState.NEEDS_TRIAGE))
    fresh = Ticket.submitted_at > now() - timedelta(hours=1, minutes=5)
    ours = Ticket.ticket_id.in_([story.ticket_id for story in stories])
    async with seeded_town.database("routing").reading() as session:
        count = await session.scalar(select(func.count()).select_from(Ticket).where(waits, fresh, ours))
    assert count in range(3, 6)


async def test_the_timers_find_nothing_to_change(seeded_town: Town, stories: list[Story]) -> None:
    routing = seeded_town.database("routing")
    while await fire_due(routing, now()):
        pass

    async with routing.reading() as session:
        states = {row.ticket_id: row.state for row in await session.execute(select(Ticket.ticket_id, Ticket.state))}
    assert {story.ticket_id: story.plot.ends for story in stories}.items() <= states.items()


@pytest.mark.usefixtures("stories")
async def test_some_customers_say_how_they_found_it(seeded_town: Town) -> None:
    async with seeded_town.database("routing").reading() as session:
        given = (await session.scalars(select(Feedback))).all()

    assert len(given) >= 3
    assert any(each.comment for each in given)


@pytest.mark.usefixtures("stories")
async def test_a_second_town_is_refused_and_more_of_it_is_not(
    seeded_town: Town, seeded_surroundings: dict[str, str]
) -> None:
    with pytest.raises(Conflict, match=f"there already, with {TICKETS} tickets"):
        await filled(seeded_town, Portion(TICKETS, seed=1))
    asked = await asyncio.to_thread(CliRunner().invoke, app, ["seed"], env=seeded_surroundings)
    assert isinstance(asked.exception, Conflict)

    more = await filled(seeded_town, Portion(20, seed=1, is_more=True))

    assert all(story.is_told for story in more)
    with pytest.raises(Conflict, match=f"{TICKETS + 20} tickets"):
        await filled(seeded_town, Portion(TICKETS, seed=1))


async def test_without_a_loket_the_command_says_how_to_start_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.mktemp("nothing"))
    asked = await asyncio.to_thread(CliRunner().invoke, app, ["seed"], env={"LOKET_DATA_DIR": folder})

    assert isinstance(asked.exception, BadSetting)
    assert "make run" in str(asked.exception)


def read_right() -> list[Read]:
    """Every letter as a classifier without faults would read it, and two that it is unsure of."""
    return [(each, Judged(draft_of(each), judgement(each.right_class))) for each in letters()]


def judgement(found: HandlingClass | None) -> Judgement:
    return Judgement(
        handling_class=found,
        confidence=0.9,
        probabilities={},
        topic=None,
        task_type=None,
        is_urgent=False,
        sensitivity=Sensitivity.NORMAL,
        language=Language.NL,
        model_version="none",
    )


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    def told(seed: int) -> list[tuple[str, str, datetime]]:
        return [(s.resident.name, s.letter.text, s.moment) for s in cast(read_right(), 40, Random(seed), MOMENT)]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_classifier_that_is_never_unsure_still_gives_a_town_with_all_states() -> None:
    stories = cast(read_right(), 40, Random(1), MOMENT)

    assert len(stories) == 40
    assert {story.plot.ends for story in stories} == RESTING


@pytest.mark.parametrize("tickets", [20, 40, 300, 1234])
def test_a_town_of_any_size_has_every_state(tickets: int) -> None:
    plots = plots_for(tickets)

    assert len(plots) == tickets
    assert {plot.ends for plot in plots} == RESTING


def test_most_work_is_routine_and_a_fifth_each_is_for_experts_and_technicians() -> None:
    kinds = Counter(plot.kind for plot in plots_for(300))

    assert 0.5 < kinds["routine"] / 300 < 0.65
    assert 0.17 < kinds["specialist"] / 300 < 0.25
    assert 0.17 < kinds["technical"] / 300 < 0.25


def test_every_language_has_eight_ways_to_say_each_thing() -> None:
    phrases = Phrases(Random(1))
    for language in Language:
        for situation in WRITTEN:
            said = {
                phrases.pair(language, situation, group)
                if situation == "asking"
                else phrases.line(language, situation, group)
                for group in phrases.groups(language, situation)
                for _ in range(12)
            }
            assert len(said) >= 8, (language, situation)


def test_every_question_to_a_colleague_has_an_answer() -> None:
    phrases = Phrases(Random(1))
    for queue_id in phrases.groups(STAFF, "asked"):
        assert all(phrases.pair(STAFF, "asked", queue_id))


def test_the_plots_use_only_situations_that_the_books_know() -> None:
    phrases = Phrases(Random(1))
    said = {chapter.said for plot in PLOTS for chapter in plot.chapters} - {"letter", "answering"}
    assert all(ANY in phrases.groups(language, situation) for language in Language for situation in said)
    assert {resident.language for resident in residents()} == set(Language)
