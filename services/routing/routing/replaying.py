"""Decisions made again from what was stored with them: the same inputs and versions give the same, to the last bit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from routing.policy import Facts, readable, settled
from routing.records import Json, candidates_document, places_document, places_of, read, verdict_document
from routing.rulebook import rulebook
from routing.tables import Choice, Decision, MatchingRound, PublishedPolicy, Ticket


class NoSuchReference(NotFound):
    """No ticket has this reference."""


@dataclass(frozen=True)
class Replayed:
    """A decision as it was stored, and as it comes out now."""

    about: str  # where the ticket went, or who got it
    decided_at: datetime
    stored: Json
    computed: Json
    thinned_at: datetime | None = None  # what it went by was removed then, so it cannot be made again

    @property
    def is_same(self) -> bool:
        """Whether both agree in everything; what was thinned can agree with nothing else any more."""
        return self.thinned_at is not None or self.stored == self.computed


async def replayed(session: AsyncSession, reference: str) -> Sequence[Replayed]:
    """Every decision about a ticket, made again, oldest first. Raises NoSuchReference."""
    plain = reference.replace("-", "").replace(" ", "").upper()
    ticket = await session.scalar(select(Ticket).where(Ticket.reference.in_((plain, reference))))
    if ticket is None:
        raise NoSuchReference("There is no ticket %(reference)s.", reference=reference)
    of = ticket.ticket_id
    decisions = await session.scalars(select(Decision).where(Decision.ticket_id == of))
    choices = await session.scalars(select(Choice).where(Choice.ticket_id == of))
    found = [await _where(session, each) for each in decisions] + [await _who(session, each) for each in choices]
    return sorted(found, key=lambda each: each.decided_at)


async def _where(session: AsyncSession, decision: Decision) -> Replayed:
    """Where the policy of that version sends these facts among the queues there were."""
    columns = {"rule": decision.rule, "queue_id": decision.queue_id, "priority": decision.priority}
    if decision.thinned_at:
        return Replayed(f"where ({decision.cause})", decision.decided_at, columns, {}, decision.thinned_at)
    published = await session.get_one(PublishedPolicy, decision.policy_version)
    queues = decision.queues or places_document((await rulebook(session)).queues)
    verdict = settled(readable(published.document), Facts.of(decision.inputs), places_of(queues))
    said = verdict_document(verdict)
    stored = decision.verdict or {name: said[name] for name in said.keys() - {"rule", "queue_id", "priority"}}
    return Replayed(f"where ({decision.cause})", decision.decided_at, stored | columns, said)


async def _who(session: AsyncSession, choice: Choice) -> Replayed:
    """Whom matching chooses among the people there were."""
    if choice.thinned_at:
        kept = {"ticket_id": str(choice.ticket_id), "agent_id": str(choice.agent_id)}
        return Replayed(f"who ({choice.how})", choice.decided_at, kept, {}, choice.thinned_at)
    inputs = choice.inputs
    if choice.round_id:
        inputs = (await session.get_one(MatchingRound, choice.round_id)).inputs
    ticket_id, found = read(inputs).again(choice.ticket_id)
    names = {UUID(each["agent_id"]): each["name"] for each in choice.candidates}
    stored = {
        "ticket_id": str(choice.ticket_id),
        "agent_id": str(choice.agent_id),
        "candidates": choice.candidates,
    }
    computed = {
        "ticket_id": str(ticket_id),
        "agent_id": str(found.chosen),
        "candidates": candidates_document(found.judged, names),
    }
    return Replayed(f"who ({choice.how})", choice.decided_at, stored, computed)
