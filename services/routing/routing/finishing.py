"""The end of work on a ticket, and its second beginning: resolved, reopened, closed, discarded."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import TicketClosed, TicketReopened, TicketResolved
from common.outbox import emit
from common.vocabulary import TicketState
from routing import deadlines
from routing.acting import Deed, Intent, acting, let_go, recording
from routing.alarm import arm
from routing.deciding import promised, rulebook, tell_routed
from routing.efforts import learn
from routing.links import children_of
from routing.tables import Message, Ticket
from routing.transitions import OPEN, Act, move

Rest = Literal[TicketState.CLOSED, TicketState.VOID]
CLOSES_AFTER = timedelta(days=14)  # a resolved ticket can be reopened that long


class VoidReason(StrEnum):
    """Why a ticket is no work at all."""

    SPAM = "spam"
    DUPLICATE = "duplicate_of"
    NOT_RESPONSIBLE = "not_responsible"
    WITHDRAWN = "withdrawn"


async def resolve(session: AsyncSession, intent: Intent, outcome: str, body: str | None) -> Ticket:
    """The ticket with its work done, and the customer told; `body` is the last answer, if there is one to give.

    Who is answered together with it hears the same.
    """
    now = intent.now
    async with acting(session, intent, Act.RESOLVE, cause=outcome) as ticket:
        await learn(session, ticket, now)
        await _finish(session, ticket, intent, outcome, body)
    for child in await children_of(session, ticket.ticket_id):
        if child.state in OPEN:
            with recording(session, child, Deed(Act.ANSWER, now, intent.viewer, ticket.reference)):
                child.state = move(Act.ANSWER, child.state)
                await _finish(session, child, intent, outcome, body)
    return ticket


async def reopen(session: AsyncSession, intent: Intent, reason: str) -> Ticket:
    """A resolved or closed ticket as work again, waiting in the queue it was resolved in."""
    async with acting(session, intent, Act.REOPEN, cause=reason) as ticket:
        await back_to_work(session, ticket, reason, intent.now)
    return ticket


async def back_to_work(session: AsyncSession, ticket: Ticket, reason: str, now: datetime) -> None:
    """A ticket that was done waits in its queue again, with a new promise."""
    rules = await rulebook(session)
    ticket.resolved_at, ticket.closed_at, ticket.outcome, ticket.routed_at = None, None, None, now
    await deadlines.restart(session, ticket, promised(ticket, rules, now), now)
    emit(session, TicketReopened(ticket_id=ticket.ticket_id, reason=reason, reopened_at=now))
    tell_routed(session, ticket, rules, "reopened", now)


async def close(session: AsyncSession, ticket: Ticket, now: datetime) -> datetime | None:
    """A resolved ticket at rest, fourteen days on. When it was resolved later, the moment it will be."""
    if ticket.state is not TicketState.RESOLVED or ticket.resolved_at is None:
        return None
    if ticket.resolved_at + CLOSES_AFTER > now:
        return ticket.resolved_at + CLOSES_AFTER
    with recording(session, ticket, Deed(Act.CLOSE, now, cause="fourteen days after it was resolved")):
        ticket.state = move(Act.CLOSE, ticket.state)
        ticket.closed_at = now
        _tell_closed(session, ticket, TicketState.CLOSED, "resolved", now)
    return None


async def discard(session: AsyncSession, intent: Intent, reason: VoidReason, note: str | None) -> Ticket:
    """A ticket that is no work at all: spam, withdrawn, a duplicate, or not ours."""
    now = intent.now
    async with acting(session, intent, Act.VOID, cause=f"{reason}: {note}" if note else reason) as ticket:
        await let_go(session, ticket, Act.VOID, now)
        await deadlines.dropped(session, ticket, now)
        ticket.closed_at = now
        _tell_closed(session, ticket, TicketState.VOID, reason, now)
    return ticket


async def _finish(session: AsyncSession, ticket: Ticket, intent: Intent, outcome: str, body: str | None) -> None:
    """The last words, every clock stopped, and the customer told."""
    now, last = intent.now, _last_words(ticket, intent, body)
    session.add_all(last)
    ticket.outcome, ticket.resolved_at = outcome, now
    ticket.answered_at = ticket.answered_at or now
    await let_go(session, ticket, Act.RESOLVE, now)
    await deadlines.solved(session, ticket, now)
    await arm(session, ticket, "close", now + CLOSES_AFTER)
    emit(
        session,
        TicketResolved(
            ticket_id=ticket.ticket_id,
            outcome=outcome,
            body=body or None,
            message_id=last[0].message_id if last else None,
            agent_name=intent.viewer.name,
            resolved_at=now,
        ),
    )


def _tell_closed(session: AsyncSession, ticket: Ticket, state: Rest, reason: str, now: datetime) -> None:
    closed = TicketClosed(ticket_id=ticket.ticket_id, final_state=state, reason=reason, closed_at=now)
    emit(session, closed)


def _last_words(ticket: Ticket, intent: Intent, body: str | None) -> list[Message]:
    if not body:
        return []
    return [
        Message(
            ticket_id=ticket.ticket_id,
            kind="agent",
            author_name=intent.viewer.name,
            agent_id=intent.viewer.agent_id,
            body=body,
            said_at=intent.now,
        )
    ]
