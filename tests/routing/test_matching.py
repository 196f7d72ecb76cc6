"""Who should do a piece of work: what counts, the hard rule, and that everybody hears why."""

import pytest
from hypothesis import given

from common.vocabulary import HandlingClass, Language, Sensitivity, Tier, Topic
from crews import MINUTE, NOW, agent, crews, need, needs
from routing.matching import (
    UNFIT,
    Candidate,
    Match,
    Need,
    Presence,
    Tariff,
    Why,
    has_room,
    judge,
    match,
    risk,
    unfitness,
)
from routing.pulling import pull, stands_against

TARIFF = Tariff()
BACK = Tier.BACK_OFFICE


def whys(found: Match) -> list[Why]:
    return [each.why for each in found.judged]


def test_the_cheapest_who_fits_gets_it_and_everybody_hears_why() -> None:
    crew = [
        agent(1, BACK),
        agent(2),
        agent(3, presence=Presence.AWAY),
        agent(4, used=2.0),
        agent(5, queue_ids=("field",)),
        agent(6, languages=(Language.FR,)),
    ]
    found = match(need(handling_class=HandlingClass.SPECIALIST, weight=1.0), crew, NOW, TARIFF)

    assert found.chosen == crew[1].agent_id
    assert whys(found) == [
        Why.COSTS_MORE,
        Why.CHOSEN,
        Why.ABSENT,
        Why.NO_ROOM,
        Why.OTHER_QUEUE,
        Why.LACKS_LANGUAGE,
    ]
    assert [each.detail for each in found.judged] == ["", "", "away", "", "", "nl"]


def test_equal_costs_go_to_who_waited_longest_then_to_the_lowest_id() -> None:
    found = match(need(), [agent(1), agent(2), agent(3, idle_since=NOW - 9 * MINUTE)], NOW, TARIFF)
    assert whys(found) == [Why.WAITED_LESS, Why.WAITED_LESS, Why.CHOSEN]

    same = match(need(), [agent(2, idle_since=NOW), agent(1, idle_since=NOW)], NOW, TARIFF)
    assert same.chosen == agent(1).agent_id


def test_nobody_who_fits_means_nobody() -> None:
    found = match(need(skills={"gas": 2}), [agent(1), agent(2, skills={"gas": 1})], NOW, TARIFF)

    assert found.chosen is None
    assert [(each.why, each.detail) for each in found.judged] == [(Why.LACKS_SKILL, "gas")] * 2
    assert match(need(), [], NOW, TARIFF) == Match(None, ())


def test_confidential_work_asks_for_clearance_and_who_declined_is_not_asked_again() -> None:
    one, other = agent(1, has_clearance=True), agent(2)
    secret = need(sensitivity=Sensitivity.CONFIDENTIAL)

    assert whys(match(secret, [one, other], NOW, TARIFF)) == [Why.CHOSEN, Why.NO_CLEARANCE]
    assert whys(match(need(declined_by=(one.agent_id,)), [one, other], NOW, TARIFF)) == [Why.DECLINED, Why.CHOSEN]


def test_an_optional_skill_is_held_out_for_and_then_let_go() -> None:
    hoped = need(optional_skills={"french": NOW + 15 * MINUTE})

    assert match(hoped, [agent(1)], NOW, TARIFF).chosen is None
    assert match(hoped, [agent(1)], NOW + 15 * MINUTE, TARIFF).chosen == agent(1).agent_id
    assert match(hoped, [agent(1), agent(2, skills={"french": 1})], NOW, TARIFF).chosen == agent(2).agent_id


def test_somebody_at_the_same_topic_costs_less_than_somebody_who_must_switch() -> None:
    crew = [agent(1, topic=Topic.BILLING), agent(2, topic=Topic.OUTAGE)]
    assert match(need(), crew, NOW, TARIFF).chosen == crew[0].agent_id


def test_a_promise_about_to_break_is_worth_a_quicker_and_dearer_person() -> None:
    """What takes the front office twenty minutes takes a specialist fifteen."""
    crew = [agent(1), agent(2, BACK)]
    hard = HandlingClass.SPECIALIST

    assert match(need(handling_class=hard, due_at=NOW + 240 * MINUTE), crew, NOW, TARIFF).chosen == crew[0].agent_id
    hurried = need(handling_class=hard, priority=1, due_at=NOW + 20 * MINUTE)
    assert match(hurried, crew, NOW, TARIFF).chosen == crew[1].agent_id


@pytest.mark.parametrize("minutes", [1.0, 15.0, 200.0])
def test_risk_grows_as_the_promise_comes_near_and_is_certain_once_it_is_broken(minutes: float) -> None:
    risks = [risk(need(due_at=NOW + left * MINUTE), minutes, NOW) for left in (600, 60, 5, 0, -5)]
    assert risks == sorted(risks)
    assert risks[-1] == risks[-2] == 1.0


def test_routine_work_waits_for_the_front_office_while_it_will_have_room_in_time() -> None:
    specialist = agent(2, BACK)
    soon = agent(1, used=2.0, room_at=NOW + 10 * MINUTE)
    late = agent(1, used=2.0, room_at=NOW + 300 * MINUTE)

    assert whys(match(need(), [soon, specialist], NOW, TARIFF)) == [Why.NO_ROOM, Why.CHEAPER_WILL_HAVE_ROOM]
    assert match(need(), [agent(1), specialist], NOW, TARIFF).judged[1].why is Why.CHEAPER_HAS_ROOM
    assert match(need(), [late, specialist], NOW, TARIFF).chosen == specialist.agent_id
    assert match(need(), [agent(1, languages=(Language.FR,)), specialist], NOW, TARIFF).chosen == specialist.agent_id


def keeps_hard_rule(need: Need, chosen: Candidate, crew: list[Candidate]) -> bool:
    if need.handling_class is not HandlingClass.ROUTINE or chosen.tier is Tier.FRONT_OFFICE:
        return True
    return not any(
        has_room(need, other) or (other.room_at is not None and other.room_at < need.due_at)
        for other in crew
        if other.cost_per_minute < chosen.cost_per_minute and unfitness(need, other, NOW) is None
    )


@given(needs(), crews())
def test_routine_work_never_goes_to_a_specialist_while_somebody_cheaper_can_do_it_in_time(
    waiting: list[Need], crew: list[Candidate]
) -> None:
    by_id = {one.agent_id: one for one in crew}
    for each in waiting:
        found = match(each, crew, NOW, TARIFF)
        assert found.chosen is None or keeps_hard_rule(each, by_id[found.chosen], crew)
    for one in crew:
        assert all(keeps_hard_rule(each, one, crew) for each in pull(one, waiting, crew, NOW, TARIFF).order)


@given(needs(), crews())
def test_who_is_chosen_is_there_fits_has_room_and_nobody_else_costs_less(
    waiting: list[Need], crew: list[Candidate]
) -> None:
    for each in waiting:
        found = match(each, crew, NOW, TARIFF)
        assert [judged.agent_id for judged in found.judged] == [one.agent_id for one in crew]
        if found.chosen is None:
            assert all(judged.cost is None for judged in found.judged)
            continue
        chosen = next(one for one in crew if one.agent_id == found.chosen)
        assert has_room(each, chosen)
        assert unfitness(each, chosen, NOW) is None
        costs = {judged.agent_id: judged.cost for judged in found.judged if judged.cost is not None}
        assert costs[found.chosen] == min(costs.values())


@given(needs(), crews())
def test_the_order_of_the_crew_changes_nothing(waiting: list[Need], crew: list[Candidate]) -> None:
    for each in waiting:
        forwards, backwards = match(each, crew, NOW, TARIFF), match(each, crew[::-1], NOW, TARIFF)
        assert forwards.chosen == backwards.chosen
        assert whys(forwards) == whys(backwards)[::-1] or HandlingClass.ROUTINE is each.handling_class


@given(needs(), crews())
def test_what_is_pulled_fits_who_asks_and_higher_priority_goes_first(
    waiting: list[Need], crew: list[Candidate]
) -> None:
    for one in crew:
        pulled = pull(one, waiting, crew, NOW, TARIFF)
        assert len(pulled.order) + len(pulled.passed) == len(waiting)
        assert [each.priority for each in pulled.order] == sorted(each.priority for each in pulled.order)
        assert all(stands_against(each, one, crew, NOW) is None for each in pulled.order)
        assert all(why in UNFIT | {Why.CHEAPER_HAS_ROOM, Why.CHEAPER_WILL_HAVE_ROOM} for _, why, _ in pulled.passed)


def test_who_asks_gets_what_is_due_soonest_and_stays_with_a_topic_while_nothing_hurries() -> None:
    far, near = need(1, due_at=NOW + 600 * MINUTE), need(2, due_at=NOW + 12 * MINUTE, topic=Topic.OUTAGE)
    other = need(3, due_at=NOW + 590 * MINUTE, topic=Topic.OUTAGE)
    one = agent(1, topic=Topic.BILLING)

    assert pull(one, [near, other, far], [one], NOW, TARIFF).order == (near, far, other)
    assert pull(agent(1), [other, far], [], NOW, TARIFF).order == (other, far)


def test_judging_is_quick_enough_to_do_at_every_turn() -> None:
    crew = [agent(number, BACK if number % 3 else Tier.FRONT_OFFICE) for number in range(60)]
    assert len(judge(need(), crew, NOW, TARIFF)) == 60
