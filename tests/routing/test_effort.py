"""How long work takes: thought at first, learned as it goes."""

from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import HandlingClass, Tier, Topic
from routing.effort import LONGEST_MINUTES, PRIOR, SHORTEST_MINUTES, Efforts, Seen, learned, shrunk

ROUTINE, FRONT = HandlingClass.ROUTINE, Tier.FRONT_OFFICE
CELL = (ROUTINE, Topic.BILLING, FRONT)


def test_what_nobody_has_done_yet_takes_what_was_thought() -> None:
    assert Efforts().minutes(ROUTINE, Topic.BILLING) == dict(PRIOR[ROUTINE])


def test_a_few_tickets_move_it_a_little_and_many_decide_it() -> None:
    few = learned({CELL: Seen(2, 60)}).minutes(ROUTINE, Topic.BILLING)[FRONT]
    many = learned({CELL: Seen(2000, 60_000)}).minutes(ROUTINE, Topic.BILLING)[FRONT]

    assert 6 < few < 12
    assert 29 < many <= 30


def test_a_topic_nobody_has_seen_leans_on_its_class() -> None:
    efforts = learned({CELL: Seen(500, 5000)})

    assert efforts.minutes(ROUTINE, Topic.ORDER)[FRONT] > 9
    assert efforts.minutes(ROUTINE, Topic.ORDER)[Tier.FIELD] == PRIOR[ROUTINE][Tier.FIELD]


@given(st.floats(0, 1e5), st.floats(0, 1e7))
def test_it_lies_between_what_was_thought_and_what_was_seen_and_stays_sensible(tickets: float, minutes: float) -> None:
    found = learned({CELL: Seen(tickets, minutes)}).minutes(ROUTINE, Topic.BILLING)[FRONT]
    assert SHORTEST_MINUTES <= found <= LONGEST_MINUTES
    if tickets >= 1:
        low, high = sorted((6.0, minutes / tickets))
        assert low - 0.01 <= shrunk(6.0, Seen(tickets, minutes)) <= high + 0.01
