"""Which of the waiting tickets somebody should take next: the same economy as matching, seen from one agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.matching import MINUTE, Candidate, Judged, Match, Need, Tariff, Why, cheaper_person, judge, risk, unfitness

MEAN_WAIT = 10 * MINUTE  # about how long something stays when it is passed over now
COULD = frozenset({Why.COSTS_MORE, Why.CHOSEN, Why.WAITED_LESS})


@dataclass(frozen=True, slots=True)
class Pull:
    """What somebody who asks for work should take, best first, and what stood against the rest."""

    order: tuple[Need, ...]
    passed: tuple[tuple[Need, Why, str], ...]


def pull(one: Candidate, needs: Sequence[Need], crew: Sequence[Candidate], now: datetime, tariff: Tariff) -> Pull:
    """The waiting work that somebody who asks for it should do, best first.

    Higher priority goes first, always; within it what would lose most by waiting on, less what it costs to get into;
    ties keep the order of the queue. Whoever asks is there: presence and room are not held against them.
    """
    fitting: list[tuple[int, float, int]] = []
    passed: list[tuple[Need, Why, str]] = []
    for place, need in enumerate(needs):
        if against := stands_against(need, one, crew, now):
            passed.append((need, *against))
        else:
            fitting.append((need.priority, -gain(need, one, now, tariff), place))
    fitting.sort()
    return Pull(tuple(needs[place] for _, _, place in fitting), tuple(passed))


def stands_against(need: Need, one: Candidate, crew: Sequence[Candidate], now: datetime) -> tuple[Why, str] | None:
    """Why somebody who asks for work should not do this: they do not fit, or somebody cheaper has or will have room."""
    if reason := unfitness(need, one, now):
        return reason
    qualified = (other for other in crew if unfitness(need, other, now) is None)
    if cheaper := cheaper_person(need, one, qualified, now):
        other, at = cheaper
        return (Why.CHEAPER_HAS_ROOM if at <= now else Why.CHEAPER_WILL_HAVE_ROOM), str(other.agent_id)
    return None


def gain(need: Need, one: Candidate, now: datetime, tariff: Tariff) -> float:
    """Euro saved by doing this now rather than later: the growth of the promise's risk, less the switching."""
    minutes = need.minutes[one.tier]
    grows = risk(need, minutes, now + MEAN_WAIT) - risk(need, minutes, now)
    is_other = one.topic is not None and one.topic is not need.topic
    switching = one.cost_per_minute * tariff.switching_minutes if is_other else 0.0
    return round(tariff.broken_promise[need.priority - 1] * grows - switching, 2)


def asked(need: Need, one: Candidate, crew: Sequence[Candidate], now: datetime, tariff: Tariff) -> Match:
    """The judgement of a whole crew over work that one of them asked for and has: who else could have, did not ask."""
    return Match(one.agent_id, tuple(_as_asked(each, one) for each in judge(need, crew, now, tariff)))


def _as_asked(each: Judged, one: Candidate) -> Judged:
    if each.agent_id == one.agent_id:
        return Judged(each.agent_id, Why.CHOSEN, "", each.cost, each.risk)
    return Judged(each.agent_id, Why.DID_NOT_ASK, "", each.cost, each.risk) if each.why in COULD else each
