"""Choices as they are stored: what matching was told and what it answered, as documents that give the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from common.vocabulary import Tier
from routing.batch import rematch
from routing.matching import Candidate, Judged, Match, Need, Tariff, Why, match
from routing.policy import Place, Places, Verdict
from routing.pulling import asked, pull

Json = dict[str, Any]


@dataclass(frozen=True)
class Pulled:
    """Somebody asked for work: what they got, some of what else there was, and who else works that queue."""

    one: UUID
    needs: tuple[Need, ...]  # in the order of the queue
    crew: tuple[Candidate, ...]
    now: datetime
    tariff: Tariff

    def again(self, ticket_id: UUID | None = None) -> tuple[UUID | None, Match]:  # noqa: ARG002 - as a round has it
        """The ticket that they should take, and what became of everybody in the crew."""
        me = next(each for each in self.crew if each.agent_id == self.one)
        best = next(iter(pull(me, self.needs, self.crew, self.now, self.tariff).order), None)
        if best is None:
            return None, Match(None, ())
        return best.ticket_id, asked(best, me, self.crew, self.now, self.tariff)


@dataclass(frozen=True)
class Round:
    """Several tickets that looked for somebody at the same moment."""

    needs: tuple[Need, ...]
    crew: tuple[Candidate, ...]
    now: datetime
    tariff: Tariff

    def again(self, ticket_id: UUID) -> tuple[UUID | None, Match]:
        """The ticket, and who should do it when all of them are to cost least together."""
        pairs = rematch(self.needs, self.crew, self.now, self.tariff)
        chosen = next((pair.agent_id for pair in pairs if pair.ticket_id == ticket_id), None)
        return ticket_id, self.told(ticket_id, chosen)

    def told(self, ticket_id: UUID, chosen: UUID | None) -> Match:
        """What became of everybody who works the queue of one of the tickets, when this person was chosen."""
        need = next(each for each in self.needs if each.ticket_id == ticket_id)
        crew = [one for one in self.crew if need.queue_id in one.queue_ids]
        return settled(match(need, crew, self.now, self.tariff), chosen)


def settled(alone: Match, chosen: UUID | None) -> Match:
    """What became of everybody when all tickets together decided, rather than this one alone."""
    return Match(chosen, tuple(_settled(each, chosen) for each in alone.judged))


def document_of(found: Pulled | Round) -> Json:
    """What a choice was made from, to be stored."""
    if isinstance(found, Pulled):
        document: Json = _PULLED.dump_python(found, mode="json")
    else:
        document = _ROUND.dump_python(found, mode="json")
    return document


def json_of(found: Pulled) -> str:
    """The same as JSON: made in one go, which counts where people wait for it."""
    return _PULLED.dump_json(found).decode()


def read(document: Mapping[str, Any]) -> Pulled | Round:
    """What was stored, as values again. Raises ValueError when it is neither."""
    return _PULLED.validate_python(document) if "one" in document else _ROUND.validate_python(document)


def candidates_document(judged: Sequence[Judged], names: Mapping[UUID, str]) -> list[Json]:
    """What became of each candidate, as it is stored and shown."""
    return [
        {
            "agent_id": str(each.agent_id),
            "name": names.get(each.agent_id, ""),
            "why": each.why.value,
            "detail": each.detail,
            "cost": each.cost,
            "risk": each.risk,
        }
        for each in judged
    ]


@dataclass(frozen=True)
class KeptPlace:
    """A queue as it was when a policy was asked."""

    queue_id: str
    tier: Tier
    partner: str | None


def verdict_document(verdict: Verdict) -> Json:
    """All that a policy said, to be stored."""
    document: Json = _VERDICT.dump_python(verdict, mode="json")
    return document


def places_document(queues: Places) -> list[list[str | None]]:
    """The queues there were, in their order, to be stored."""
    return [[queue.queue_id, queue.tier.value, queue.partner] for queue in queues.values()]


def places_of(document: Sequence[Any]) -> dict[str, Place]:
    """The queues that were stored."""
    return {queue_id: KeptPlace(queue_id, Tier(tier), partner) for queue_id, tier, partner in document}


def _settled(each: Judged, chosen: UUID | None) -> Judged:
    if each.agent_id == chosen:
        return Judged(each.agent_id, Why.CHOSEN, each.detail, each.cost, each.risk)
    if each.cost is None or each.why is not Why.CHOSEN:
        return each
    return Judged(each.agent_id, Why.OTHER_WORK, each.detail, each.cost, each.risk)


_VERDICT = TypeAdapter(Verdict)
_PULLED = TypeAdapter(Pulled)
_ROUND = TypeAdapter(Round)
