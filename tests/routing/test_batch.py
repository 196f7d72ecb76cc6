"""Many tickets to many people at once: never against a rule, and never dearer than one by one."""

from collections import Counter
from uuid import UUID

from hypothesis import given

from common.vocabulary import HandlingClass, Tier
from crews import MINUTE, NOW, agent, crews, need, needs
from routing.batch import Pair, rematch
from routing.matching import Candidate, Need, Presence, Tariff, cost, match, unfitness

TARIFF = Tariff()


def spent(pairs: tuple[Pair, ...], waiting: list[Need], crew: list[Candidate]) -> float:
    by_need, by_agent = {each.ticket_id: each for each in waiting}, {one.agent_id: one for one in crew}
    return sum(cost(by_need[pair.ticket_id], by_agent[pair.agent_id], NOW, TARIFF)[0] for pair in pairs)


@given(needs(10), crews(10))
def test_everybody_fits_is_there_and_has_room_for_all_they_get(waiting: list[Need], crew: list[Candidate]) -> None:
    by_need, by_agent = {each.ticket_id: each for each in waiting}, {one.agent_id: one for one in crew}
    pairs = rematch(waiting, crew, NOW, TARIFF)

    load: Counter[UUID] = Counter()
    for pair in pairs:
        one, each = by_agent[pair.agent_id], by_need[pair.ticket_id]
        load[one.agent_id] += each.weight  # type: ignore[assignment]
        assert one.presence is Presence.AVAILABLE
        assert unfitness(each, one, NOW) is None
    assert all(by_agent[key].used + units <= by_agent[key].capacity for key, units in load.items())
    assert len({pair.ticket_id for pair in pairs}) == len(pairs)


@given(needs(8), crews(8))
def test_the_hard_rule_holds_against_everybody_still_free_afterwards(
    waiting: list[Need], crew: list[Candidate]
) -> None:
    by_need, by_agent = {each.ticket_id: each for each in waiting}, {one.agent_id: one for one in crew}
    for pair in rematch(waiting, crew, NOW, TARIFF):
        each, chosen = by_need[pair.ticket_id], by_agent[pair.agent_id]
        if each.handling_class is not HandlingClass.ROUTINE or chosen.tier is Tier.FRONT_OFFICE:
            continue
        for other in crew:
            if other.cost_per_minute < chosen.cost_per_minute and unfitness(each, other, NOW) is None:
                assert other.room_at is None or other.room_at >= each.due_at
                assert other.presence is not Presence.AVAILABLE or other.used + each.weight > other.capacity


@given(needs(1), crews())
def test_one_ticket_goes_to_whom_matching_would_give_it(waiting: list[Need], crew: list[Candidate]) -> None:
    [each] = waiting
    found, pairs = match(each, crew, NOW, TARIFF), rematch(waiting, crew, NOW, TARIFF)
    assert [pair.agent_id for pair in pairs] == ([found.chosen] if found.chosen else [])


def test_the_whole_costs_least_even_when_one_ticket_then_costs_more() -> None:
    """Only the dear one can do the hard ticket; taking what comes first would leave that ticket waiting."""
    cheap = agent(1, capacity=1.0)
    handy = agent(2, capacity=1.0, cost_per_minute=0.4, skills={"gas": 2})
    easy, hard = need(1), need(2, skills={"gas": 1})

    pairs = rematch([easy, hard], [cheap, handy], NOW, TARIFF)

    assert set(pairs) == {Pair(easy.ticket_id, cheap.agent_id), Pair(hard.ticket_id, handy.agent_id)}
    assert match(easy, [cheap, handy], NOW, TARIFF).chosen == handy.agent_id


def test_what_matters_most_goes_first_when_there_are_too_few_people() -> None:
    waiting = [need(n, priority=3, due_at=NOW + 5 * MINUTE) for n in range(1, 6)] + [need(9, priority=1)]
    assert [pair.ticket_id for pair in rematch(waiting, [agent(1, capacity=1.0)], NOW, TARIFF)] == [UUID(int=9)]


def test_nobody_free_or_nothing_waiting_means_no_pairs() -> None:
    assert rematch([], [agent(1)], NOW, TARIFF) == ()
    assert rematch([need()], [], NOW, TARIFF) == ()
    assert rematch([need()], [agent(1, presence=Presence.BUSY)], NOW, TARIFF) == ()


def test_the_front_office_keeps_its_second_round_from_the_specialists_too() -> None:
    """Who got one ticket in this batch has room again once it is done, long before the promise."""
    front, back = agent(1, capacity=1.0), agent(2, Tier.BACK_OFFICE)
    pairs = rematch([need(1), need(2)], [front, back], NOW, TARIFF)
    assert [pair.agent_id for pair in pairs] == [front.agent_id]
    assert spent(pairs, [need(1), need(2)], [front, back]) == cost(need(1), front, NOW, TARIFF)[0]
