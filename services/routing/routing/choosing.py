"""Who gets which ticket, decided from rows and written down: the economy of matching, with everything it went by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from common.vocabulary import Tier
from routing.batch import with_more
from routing.crew import Crew
from routing.matching import Candidate, Match, Need, Presence, Tariff
from routing.needs import Board, Waiting
from routing.pulling import Pull, pull
from routing.records import Pulled, candidates_document
from routing.tables import Choice, Ticket
from routing.viewer import Viewer

TARIFF = Tariff()
FIRST_LOOK = 16  # of what waits for somebody; the rest only when none of these is for them
REMEMBERED = 3  # of what else there was
MS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who wants the next ticket, and out of which queues."""

    viewer: Viewer
    queue_ids: frozenset[str]
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The ticket somebody should do next, and why it is that one and for them."""

    waiting: Waiting
    pulled: Pulled
    judged: Match

    @property
    def ticket_id(self) -> UUID:
        """Which ticket it is."""
        found: UUID = self.waiting.row.ticket_id
        return found


class Room:
    """Those who ask one after the other, as each leaves the others: who took something has more in hand."""

    def __init__(self, crew: Crew, now: datetime) -> None:
        self.crew = crew
        self._people = {one.agent_id: one for one in crew.people}
        self._now = now

    def choose(self, asked: Asked, board: Board) -> Found | None:
        """The waiting ticket that somebody should do next, off the board; None when nothing on it is for them.

        Passes over what does not fit, and routine work that a specialist should leave to somebody cheaper.
        """
        me = self._asking(asked)
        theirs = board.of((asked.queue_ids, asked.viewer.sees_confidential))
        looked_at = list(islice(theirs, FIRST_LOOK))
        found = self._pull(me, looked_at, board)
        if not found.order and (more := list(theirs)):
            looked_at += more
            found = self._pull(me, looked_at, board)
        if not found.order:
            return None
        best = found.order[0]
        pulled = self._pulled(me, found, [board.need(each, self.crew.efforts) for each in looked_at])
        _, judged = pulled.again()
        board.take_off(best.ticket_id)
        self._hand_over(me.agent_id, best)
        return Found(next(each for each in looked_at if each.row.ticket_id == best.ticket_id), pulled, judged)

    def _pull(self, me: Candidate, looked_at: Sequence[Waiting], board: Board) -> Pull:
        needs = [board.need(each, self.crew.efforts) for each in looked_at]
        return pull(me, needs, tuple(self._people.values()), self._now, TARIFF)

    def _hand_over(self, agent_id: UUID, need: Need) -> None:
        """Who takes something is there, unless they said they are busy, and has it in hand."""
        if one := self._people.get(agent_id):
            presence = one.presence if one.presence is Presence.BUSY else Presence.AVAILABLE
            self._people[agent_id] = with_more(replace(one, presence=presence), need, self._now)

    def _asking(self, asked: Asked) -> Candidate:
        """The viewer as matching sees them; a lead may look after any queue, and sees what leads see."""
        viewer = asked.viewer
        one = self._people.get(viewer.agent_id) or Candidate(
            agent_id=viewer.agent_id,
            presence=Presence.AVAILABLE,
            tier=Tier.BACK_OFFICE,
            queue_ids=tuple(sorted(asked.queue_ids)),
            cost_per_minute=1.0,
            capacity=0.0,
            used=0.0,
            idle_since=self._now,
        )
        works = tuple(sorted({*one.queue_ids, *asked.queue_ids}))
        return replace(one, queue_ids=works, has_clearance=viewer.sees_confidential)

    def _pulled(self, me: Candidate, found: Pull, needs: Sequence[Need]) -> Pulled:
        """What is remembered: the ticket, a few that stood before it and were not for them, a few that came after."""
        best = found.order[0]
        others = [need for need, _, _ in found.passed[:REMEMBERED]] + list(found.order[1 : 1 + REMEMBERED])
        keep = {best.ticket_id} | {need.ticket_id for need in others}
        people = [
            one for one in self._people.values() if best.queue_id in one.queue_ids and one.agent_id != me.agent_id
        ]
        kept = tuple(need for need in needs if need.ticket_id in keep)
        return Pulled(me.agent_id, kept, (*people, me), self._now, TARIFF)


@dataclass(frozen=True)
class Made:
    """A choice that was made: how, from what, and how long it took."""

    how: str
    inputs: dict[str, object]
    judged: Match
    took_ms: float
    round_id: UUID | None = None


def choice_of(ticket: Ticket, made: Made, crew: Crew, now: datetime) -> Choice:
    """The row that says who was chosen and why."""
    if made.judged.chosen is None:
        raise ValueError("nobody was chosen")
    return Choice(
        ticket_id=ticket.ticket_id,
        agent_id=made.judged.chosen,
        round_id=made.round_id,
        how=made.how,
        inputs=made.inputs,
        candidates=candidates_document(made.judged.judged, crew.names),
        policy_version=crew.policy_version,
        model_version=ticket.judgement["model_version"],
        took_ms=round(made.took_ms, 2),
        decided_at=now,
    )


def queues_of(asked: Collection[Asked]) -> frozenset[str]:
    """All the queues that any of them asks for."""
    return frozenset[str]().union(*(each.queue_ids for each in asked))
