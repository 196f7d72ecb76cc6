"""Days that really were, played again: what came in and who was there stay, how long things take is drawn."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from bureau import Bureau, Colleague, submitted
from common.clock import now
from common.vocabulary import HandlingClass, Language, Role, Tier, Topic
from routing.choosing import TARIFF
from routing.history import Period, stretch_of
from routing.person import Person
from routing.policy import Policy, compiled, default_policy
from routing.simulation.playing import ours, play
from routing.simulation.replayed import (
    FEWEST_KNOWN,
    FEWEST_TRIED,
    Away,
    Lived,
    PastTicket,
    Roster,
    Stretch,
    day_of,
    people_of,
)
from routing.simulation.standard import standard_day
from routing.weeks import read_week

MONDAY = date(2026, 3, 2)
ALWAYS_OPEN = "mo-su 00:00-24:00"
EVERYTHING_BACK = {"rule": [{"name": "All to the back office", "then": {"queue": "back-office"}}]}


def today() -> Period:
    return Period((now() - timedelta(days=1)).date(), (now() + timedelta(days=1)).date())


def colleague(username: str = "els", **changed: object) -> Person:
    given: dict[str, object] = {
        "username": username,
        "name": "Els",
        "role": Role.AGENT,
        "team_id": "front-office",
        "queue_ids": ("front-office", "triage"),
        "languages": tuple(Language),
        "cost_per_minute": Decimal("0.5"),
        "week": read_week("mo-fr 09:00-12:30 13:00-17:00"),
    }
    return Person(**(given | changed))  # type: ignore[arg-type]


def stretch(minutes: list[float], **changed: object) -> Stretch:
    """A morning of billing questions that took so long."""
    day = standard_day(10, 6, 1)
    facts = replace(day.arrivals[0].facts, handling_class=HandlingClass.ROUTINE, topic=Topic.BILLING, is_urgent=False)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    tickets = [
        PastTicket(at + timedelta(minutes=n), facts, HandlingClass.ROUTINE, each, Tier.FRONT_OFFICE)
        for n, each in enumerate(minutes)
    ]
    given = {
        "tickets": tickets,
        "people": day.people,
        "queues": day.queues,
        "office": day.office,
        "calendars": {},
        "efforts": day.efforts,
        "tried": 0,
        "solved": 0,
        "lived": Lived(None, None, 0),
    }
    return Stretch(**(given | changed))  # type: ignore[arg-type]


def test_the_same_seed_draws_the_same_times_and_another_seed_others() -> None:
    past = stretch([2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 40.0])
    once, again, other = day_of(past, 1), day_of(past, 1), day_of(past, 2)
    assert once == again
    assert [each.difficulty for each in once.arrivals] != [each.difficulty for each in other.arrivals]
    assert [each.at for each in once.arrivals] == [each.at for each in other.arrivals]


def test_handling_times_are_drawn_from_those_of_the_class_and_from_a_curve_where_few_are_known() -> None:
    known = stretch([6.4] * FEWEST_KNOWN)
    usual = known.efforts.minutes(HandlingClass.ROUTINE, known.tickets[0].facts.topic)[Tier.FRONT_OFFICE]
    assert {round(each.difficulty, 3) for each in day_of(known, 1).arrivals} == {round(6.4 / usual, 3)}
    few = day_of(stretch([6.4] * (FEWEST_KNOWN - 1)), 1)
    assert len({each.difficulty for each in few.arrivals}) == FEWEST_KNOWN - 1


def test_what_the_front_office_manages_is_believed_once_it_was_tried_often_enough() -> None:
    assert day_of(stretch([1.0], tried=FEWEST_TRIED, solved=15), 1).front_office_solves == pytest.approx(0.75)
    assert day_of(stretch([1.0], tried=FEWEST_TRIED - 1, solved=0), 1).front_office_solves == pytest.approx(0.35)


def test_two_policies_are_compared_on_the_same_draws_with_intervals() -> None:
    past = stretch([3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 20.0] * 5)
    contenders = [
        ours("one", compiled(default_policy()), TARIFF),
        ours("other", compiled(Policy.model_validate(EVERYTHING_BACK)), TARIFF),
    ]
    one, other = play(contenders, [day_of(past, seed) for seed in range(4)])
    assert one["unfinished"] == other["unfinished"] == 0
    dearer = other["difference"]["cost_per_ticket"]
    assert 0 < dearer["low"] < dearer["mean"] < dearer["high"]


def test_people_are_there_by_their_hours_less_their_absences() -> None:
    zone = "Europe/Amsterdam"
    els, jan, idle = UUID(int=1), UUID(int=2), UUID(int=3)
    noon = datetime(2026, 3, 2, 10, tzinfo=UTC)  # eleven in Amsterdam
    roster = Roster(
        {els: colleague(zone=zone), jan: colleague("jan", team_id="back-office"), idle: colleague("idle", week=())},
        {"front-office": Tier.FRONT_OFFICE, "back-office": Tier.BACK_OFFICE},
        {els: [Away(noon, noon + timedelta(hours=3))]},
    )
    first, second = people_of(roster, MONDAY, MONDAY)
    assert [first.candidate.tier, second.candidate.tier] == [Tier.FRONT_OFFICE, Tier.BACK_OFFICE]
    assert [(a.hour, b.hour) for a, b in first.spans[:2]] == [(8, 10), (13, 16)]
    assert [(a.hour, b.hour) for a, b in second.spans[:2]] == [(8, 11), (12, 16)]
    assert first.candidate.capacity == 1.0, "in accelerated time everybody does one thing at a time"


def test_a_night_shift_ends_on_the_next_day() -> None:
    roster = Roster({UUID(int=1): colleague(week=read_week("mo 18-24"), zone="UTC")}, {})
    [person] = people_of(roster, MONDAY, MONDAY)
    begins, ends = person.spans[0]
    assert (begins.time(), ends - begins) == (time(18), timedelta(hours=6))


async def worked(bureau: Bureau, who: Colleague, minutes: int) -> None:
    """The next ticket, in somebody's hands for so long."""
    ticket = await who.take_next()
    async with bureau.database.transaction() as session:
        began = {"at": now() - timedelta(minutes=minutes), "id": ticket["id"]}
        await session.execute(text("UPDATE ticket SET held_since = :at WHERE ticket_id = :id"), began)
    await who.act(ticket, "resolve", outcome="solved", body="Geregeld.")


async def test_a_stretch_holds_facts_and_figures_and_nobodys_words(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(*(submitted() for _ in range(3)), submitted(None), submitted(HandlingClass.SPECIALIST))
    await worked(bureau, fatima, 4)
    await worked(bureau, fatima, 9)

    async with bureau.database.reading() as session:
        found = await stretch_of(session, today())

    assert len(found.tickets) == 5
    assert sorted(round(each.minutes) for each in found.tickets if each.minutes) == [4, 9]
    assert {each.facts.postcode for each in found.tickets} == {"3511"}
    said = repr(found)
    assert not any(words in said for words in ("Anna", "anna@", "factuur", "twintig", "Utrecht", "3511 AB"))
    assert found.lived.attainment == 1.0
    assert found.lived.done == 2
    assert found.lived.cost_per_ticket == pytest.approx((4 + 9) / 2 * 0.55, rel=0.05)
    assert {"front-office", "back-office", "field"} <= set(found.queues)
    assert found.people


async def test_what_people_judged_is_what_it_truly_was(bureau: Bureau, fatima: Colleague) -> None:
    await bureau.accept(submitted(None))
    ticket = await fatima.take_next("triage")
    await fatima.act(ticket, "reclassify", **{"class": "technical", "topic": "outage", "reason": "Storing"})
    async with bureau.database.reading() as session:
        [found] = (await stretch_of(session, today())).tickets
    assert (found.facts.handling_class, found.facts.topic, found.truly) == (
        None,
        Topic.BILLING,
        HandlingClass.TECHNICAL,
    )


async def test_what_lay_there_comes_along_and_what_was_done_before_does_not(bureau: Bureau, fatima: Colleague) -> None:
    long_ago = now() - timedelta(days=9)
    await bureau.accept(submitted(submitted_at=long_ago), submitted(submitted_at=long_ago))
    done = await fatima.take_next()
    async with bureau.database.transaction() as session:
        before = {"at": long_ago + timedelta(hours=1), "id": done["id"]}
        await session.execute(text("UPDATE ticket SET held_since = :at WHERE ticket_id = :id"), before)
    await fatima.act(done, "resolve", outcome="solved", body="Geregeld.")
    async with bureau.database.transaction() as session:
        await session.execute(
            text("UPDATE stretch SET ended_at = :at WHERE ticket_id = :id AND holder_kind = 'agent'"),
            {"at": long_ago + timedelta(hours=2), "id": done["id"]},
        )
        await session.execute(
            text("UPDATE stretch SET ended_at = :at WHERE ticket_id = :id AND holder_kind = 'queue'"),
            {"at": long_ago + timedelta(hours=1), "id": done["id"]},
        )
    async with bureau.database.reading() as session:
        found = await stretch_of(session, today())
        earlier = await stretch_of(
            session, Period((long_ago - timedelta(days=1)).date(), (long_ago + timedelta(days=1)).date())
        )
    assert [each.at for each in found.tickets] == [long_ago]
    assert len(earlier.tickets) == 2


async def test_other_people_can_stand_in_for_those_who_were_there(bureau: Bureau) -> None:
    await bureau.accept(*(submitted() for _ in range(20)))
    crowd = [colleague(f"els{n}", week=read_week(ALWAYS_OPEN)) for n in range(20)]
    async with bureau.database.reading() as session:
        alone = await stretch_of(session, today(), [colleague("els", week=read_week(ALWAYS_OPEN))])
        many = await stretch_of(session, today(), crowd)
    default = [ours("default", compiled(default_policy()), TARIFF)]
    [slow], [quick] = (list(play(default, [day_of(each, seed) for seed in range(3)])) for each in (alone, many))
    assert (len(alone.people), len(many.people)) == (1, 20)
    assert quick["utilisation"] < slow["utilisation"]
    assert quick["unfinished"] == slow["unfinished"] == 0
