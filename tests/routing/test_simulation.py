"""A day in accelerated time: the same for the same seed, decided by the product's own rules."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from common.vocabulary import HandlingClass, Language, Tier
from routing.calendars import between
from routing.matching import Tariff
from routing.policy import Policy, compiled, default_policy
from routing.simulation.days import Day
from routing.simulation.dispatch import BASELINES, InTurn
from routing.simulation.engine import Outcome, Run
from routing.simulation.figures import NAMES, interval, measure
from routing.simulation.playing import baselines, ours, play
from routing.simulation.standard import QUEUES, SWITCHING_MINUTES, standard_day

TARIFF = Tariff(switching_minutes=SWITCHING_MINUTES)
DEFAULT = compiled(default_policy())
FRONT_FIRST = compiled(
    Policy.model_validate(
        {
            "rule": [
                {
                    "name": "The front office tries",
                    "when": {"class": "specialist"},
                    "then": {"queue": "back-office", "front_office_first": True, "promise": "30h"},
                },
                *default_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)["rule"],
            ]
        }
    )
)


@pytest.fixture(scope="module")
def day() -> Day:
    return standard_day(500, 12, seed=3)


def played(day: Day, contender_number: int = 0) -> Outcome:
    contender = [ours("default", DEFAULT, TARIFF), *baselines(DEFAULT)][contender_number]
    return Run(day, contender.policy, contender.dispatch()).play()


def without_seconds(told: Sequence[object]) -> list[dict[str, object]]:
    return [{k: v for k, v in each.items() if k != "seconds"} for each in told if isinstance(each, dict)]


def test_the_same_seed_is_the_same_day_to_the_last_digit() -> None:
    once, again = (without_seconds(list(play([ours("a", DEFAULT, TARIFF)], [standard_day(200, 9, 7)]))) for _ in "ab")
    other = without_seconds(list(play([ours("a", DEFAULT, TARIFF)], [standard_day(200, 9, 8)])))

    assert once == again
    assert once != other


@pytest.mark.parametrize("seed", range(6))
def test_who_works_on_after_hours_is_never_given_two_at_once(seed: int) -> None:
    """Long work and much triage: tickets go on just when somebody goes home."""
    day = standard_day(150, 6, seed)
    for number in range(4):
        outcome = played(day, number)
        assert all(job.done_at is not None for job in outcome.jobs)


@pytest.mark.parametrize("number", range(4))
def test_everything_that_came_in_is_done_by_somebody_who_was_there(day: Day, number: int) -> None:
    outcome = played(day, number)

    assert len(outcome.jobs) == 500
    assert all(job.done_at is not None for job in outcome.jobs)
    assert all(job.began_at is not None and job.arrival.at <= job.began_at < job.done_at for job in outcome.jobs)  # type: ignore[operator]
    spans = [span for person in day.people for span in person.spans]
    assert all(any(begin <= job.began_at <= end for begin, end in spans) for job in outcome.jobs)  # type: ignore[operator]


def test_specialists_are_kept_from_routine_work_and_others_do_not_keep_them(day: Day) -> None:
    economic, *others = (measure(day, played(day, n)).numbers for n in range(4))

    assert economic["specialist_minutes_on_routine"] == 0
    assert all(other["specialist_minutes_on_routine"] > 0 for other in others)


def test_our_own_way_costs_less_on_the_same_day_with_no_promise_less_kept(day: Day) -> None:
    economic, *others = (measure(day, played(day, n)).numbers for n in range(4))

    assert all(economic["cost_per_ticket"] < other["cost_per_ticket"] for other in others)
    assert all(economic["attainment"] >= other["attainment"] - 0.01 for other in others)


def test_the_front_office_as_a_filter_is_a_policy_that_can_be_compared(day: Day) -> None:
    default, front_first = play([ours("default", DEFAULT, TARIFF), ours("front first", FRONT_FIRST, TARIFF)], [day])

    assert front_first["difference"]["cost_per_ticket"]["mean"] == pytest.approx(
        front_first["cost_per_ticket"] - default["cost_per_ticket"], abs=1e-3
    )
    outcome = Run(day, FRONT_FIRST, ours("", FRONT_FIRST, TARIFF).dispatch()).play()
    back = {person.candidate.agent_id for person in day.people if person.candidate.tier is Tier.BACK_OFFICE}
    busy = sum(worked.minutes for key, worked in outcome.worked.items() if key in back)
    assert busy < sum(worked.minutes for key, worked in played(day).worked.items() if key in back)
    assert all(job.done_at for job in outcome.jobs)


def test_a_skill_that_nobody_has_leaves_work_undone_and_says_so() -> None:
    rule = {"name": "Diving", "when": {"class": "technical"}, "then": {"queue": "field", "skills": ["diving"]}}
    rest = {"name": "Everything else", "then": {"queue": "front-office"}}
    day = standard_day(100, 8, 1)
    [told] = play([ours("divers", compiled(Policy.model_validate({"rule": [rule, rest]})), TARIFF)], [day])

    assert told["unfinished"] == sum(each.truly is HandlingClass.TECHNICAL for each in day.arrivals) > 0
    assert told["attainment"] < 1


def test_several_days_give_intervals_around_their_mean() -> None:
    days = [standard_day(150, 9, seed) for seed in range(4)]
    [told] = play([ours("default", DEFAULT, TARIFF)], days)

    assert set(told["intervals"]) == set(NAMES)
    assert all(low <= told[name] <= high for name, (low, high) in told["intervals"].items())
    assert interval([1.0, 2.0, 3.0]) == (-0.4841, 4.4841)


def test_round_robin_gives_everybody_their_turn_and_own_first_is_a_stronger_rival(day: Day) -> None:
    outcome = played(day, 1)
    own_first = InTurn(BASELINES["round robin"], {queue.queue_id: queue.tier for queue in QUEUES.values()})
    rival = measure(day, Run(day, DEFAULT, own_first).play()).numbers

    assert rival["specialist_minutes_on_routine"] < measure(day, outcome).numbers["specialist_minutes_on_routine"]


def test_the_standard_day_has_people_of_every_tier_who_speak_and_work_by_the_calendar() -> None:
    day = standard_day(1000, 30, 1)
    tiers = {person.candidate.tier for person in day.people}
    closed = sum(not arrival.facts.is_open for arrival in day.arrivals)

    assert tiers == set(Tier)
    assert all(Language.NL in person.candidate.languages for person in day.people)
    assert 150 < closed < 350
    begin, end = day.people[0].spans[0]
    assert between(day.office, begin, end) == end - begin == timedelta(hours=4)
