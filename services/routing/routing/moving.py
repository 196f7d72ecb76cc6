"""A ticket to other hands: escalated, returned, transferred, or judged anew and decided again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict
from common.events import TicketReclassified
from common.outbox import emit
from common.vocabulary import HandlingClass, TicketState, Tier, Topic
from routing import deadlines
from routing.acting import Intent, acting, let_go
from routing.deciding import Cause, Rulebook, place, promised, rulebook, tell_routed
from routing.replies import write_note
from routing.tables import Queue, Ticket
from routing.transitions import Act

CAUSES: Mapping[Act, Cause] = {
    Act.ESCALATE: "escalated",
    Act.RETURN: "returned",
    Act.TRANSFER: "transferred",
    Act.RECLASSIFY: "reclassified",
}


@dataclass(frozen=True)
class Correction:
    """What a person makes of a ticket, and why; without a topic the topic stays."""

    to_class: HandlingClass
    reason: str
    to_topic: Topic | None = None


async def escalate(session: AsyncSession, intent: Intent, reason: str, note: str | None) -> Ticket:
    """The ticket handed from the front office to the back office, which reads the reason."""
    async with acting(session, intent, Act.ESCALATE, cause=reason) as ticket:
        rules = await rulebook(session)
        if rules.queues[ticket.queue_id].tier is not Tier.FRONT_OFFICE:
            raise Conflict("Only the front office escalates; transfer this ticket instead.")
        if note:
            write_note(session, ticket, intent, note)
        onward = rules.queues.get(ticket.escalates_to or "") or _first_of(rules, Tier.BACK_OFFICE)
        await _to_queue(session, ticket, onward, Act.ESCALATE, intent.now)
    return ticket


async def give_back(session: AsyncSession, intent: Intent, reason: str, note: str | None) -> Ticket:
    """The ticket returned to the front office, to the queue it came from, which reads the reason."""
    async with acting(session, intent, Act.RETURN, cause=reason) as ticket:
        rules = await rulebook(session)
        if rules.queues[ticket.queue_id].tier is Tier.FRONT_OFFICE:
            raise Conflict("This ticket already is with the front office; release or transfer it instead.")
        if note:
            write_note(session, ticket, intent, note)
        origin = rules.queues.get(ticket.came_from or "")
        is_front = origin is not None and origin.tier is Tier.FRONT_OFFICE
        queue = origin if origin and is_front else _first_of(rules, Tier.FRONT_OFFICE)
        await _to_queue(session, ticket, queue, Act.RETURN, intent.now)
    return ticket


async def transfer(session: AsyncSession, intent: Intent, queue_id: str) -> Ticket:
    """The ticket in the queue that was asked for. Raises BadInput when there is no such queue."""
    async with acting(session, intent, Act.TRANSFER, cause=queue_id) as ticket:
        rules = await rulebook(session)
        if queue_id not in rules.queues or not intent.viewer.sees_queue(queue_id):
            raise BadInput("There is no queue %(queue)s.", queue=queue_id)
        if queue_id == ticket.queue_id and ticket.holder_id is None:
            raise Conflict("This ticket already waits in that queue.")
        await _to_queue(session, ticket, rules.queues[queue_id], Act.TRANSFER, intent.now)
    return ticket


async def reclassify(session: AsyncSession, intent: Intent, correction: Correction) -> Ticket:
    """The ticket as a person judges it, decided again: it stays in hand when its queue stays the same."""
    async with acting(session, intent, Act.RECLASSIFY, cause=correction.reason) as ticket:
        _tell_reclassified(session, ticket, intent, correction)
        ticket.handling_class = correction.to_class
        ticket.topic = correction.to_topic or ticket.topic
        rules = await rulebook(session)
        before = ticket.queue_id
        place(session, ticket, rules, "reclassified", intent.now)
        await deadlines.judged_anew(session, ticket, promised(ticket, rules, ticket.submitted_at), intent.now)
        if ticket.queue_id != before:
            queue, ticket.queue_id = rules.queues[ticket.queue_id], before
            ticket.state = TicketState.QUEUED
            await _to_queue(session, ticket, queue, Act.RECLASSIFY, intent.now)
    return ticket


async def _to_queue(session: AsyncSession, ticket: Ticket, queue: Queue, act: Act, now: datetime) -> None:
    ticket.came_from = ticket.queue_id
    ticket.queue_id = queue.queue_id
    ticket.routed_at = now
    await let_go(session, ticket, act, now)
    await deadlines.resumed(session, ticket, now)
    tell_routed(session, ticket, await rulebook(session), CAUSES[act], now)


def _first_of(rules: Rulebook, tier: Tier) -> Queue:
    queue = rules.first_of(tier)
    if queue is None:
        raise Conflict("There is no queue to send this ticket to.")
    return queue


def _tell_reclassified(session: AsyncSession, ticket: Ticket, intent: Intent, correction: Correction) -> None:
    emit(
        session,
        TicketReclassified(
            ticket_id=ticket.ticket_id,
            agent_id=intent.viewer.agent_id,
            from_class=ticket.handling_class,
            to_class=correction.to_class,
            from_topic=ticket.topic,
            to_topic=correction.to_topic or ticket.topic,
            reason=correction.reason,
            model_version=ticket.judgement["model_version"],
            reclassified_at=intent.now,
        ),
    )
