"""What is said on a ticket: answers to the customer, notes between colleagues, and the customer's own words."""

from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import MessageReceived, ReplySent, TicketReleased, TicketResumed
from common.outbox import emit
from common.vocabulary import TicketState
from routing import deadlines, queries
from routing.acting import LEASE, Deed, Intent, acting, let_go, recording
from routing.alarm import arm
from routing.deciding import promised, rulebook
from routing.finishing import back_to_work
from routing.links import survivor_of
from routing.matching import Presence
from routing.presence import presence_of
from routing.tables import Message, Ticket
from routing.transitions import OPEN, Act, move


async def send(session: AsyncSession, intent: Intent, body: str) -> Ticket:
    """The ticket with an answer that goes out to the customer."""
    now = intent.now
    async with acting(session, intent, Act.REPLY) as ticket:
        message = said(ticket, intent, "agent", body)
        session.add(message)
        ticket.waiting_until = None
        await deadlines.answered(session, ticket, now)
        await deadlines.resumed(session, ticket, now)
        emit(
            session,
            ReplySent(
                ticket_id=ticket.ticket_id,
                message_id=message.message_id,
                agent_name=intent.viewer.name,
                body=body,
                sent_at=now,
            ),
        )
    return ticket


async def note(session: AsyncSession, intent: Intent, body: str) -> Ticket:
    """The ticket with a note that the customer never sees."""
    async with acting(session, intent, Act.NOTE) as ticket:
        write_note(session, ticket, intent, body)
    return ticket


def write_note(session: AsyncSession, ticket: Ticket, intent: Intent, body: str) -> None:
    """Leave words for colleagues on the ticket."""
    session.add(said(ticket, intent, "note", body))


async def receive(session: AsyncSession, event: MessageReceived, now: datetime) -> Ticket:
    """The ticket with the customer's words on it: woken when it waited for them, reopened when it was done.

    Words on a ticket that went up in another arrive on that one.
    """
    ticket = await queries.ticket_of(session, event.ticket_id)
    if ticket.state is TicketState.VOID and (survivor_id := await survivor_of(session, ticket.ticket_id)):
        ticket = await queries.ticket_of(session, survivor_id)
    session.add(
        Message(
            message_id=event.message_id,
            ticket_id=ticket.ticket_id,
            kind="customer",
            author_name=event.author_name,
            body=event.body,
            channel=event.channel,
            attachments=[each.model_dump(mode="json") for each in event.attachments],
            said_at=event.received_at,
            is_sender_verified=event.is_sender_verified,
        )
    )
    with recording(session, ticket, Deed(Act.RECEIVE, now, event.author_name, "the customer wrote")):
        before, ticket.state = ticket.state, move(Act.RECEIVE, ticket.state)
        ticket.is_unread = True
        if before is TicketState.WAITING_CUSTOMER:
            await wake_or_pass_on(session, ticket, now)
        elif ticket.state is TicketState.REOPENED and before is not TicketState.REOPENED:
            await back_to_work(session, ticket, "the customer wrote again", now)
        if before in OPEN and ticket.answered_at:
            await deadlines.asked_again(session, ticket, promised(ticket, await rulebook(session), now), now)
    return ticket


async def wake(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Work on a waiting ticket goes on, in the same hands and under a new lease."""
    ticket.waiting_until = None
    ticket.lease_until = now + LEASE
    await arm(session, ticket, "lease", ticket.lease_until)
    await deadlines.resumed(session, ticket, now)
    emit(session, TicketResumed(ticket_id=ticket.ticket_id, resumed_at=now))


async def wake_or_pass_on(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Work on a waiting ticket goes on: in the same hands, or in its queue when whoever has it is away."""
    if ticket.holder_id and await presence_of(session, ticket.holder_id) is Presence.AWAY:
        ticket.state = move(Act.RELEASE, ticket.state)
        await let_go(session, ticket, Act.RELEASE, now)
        await deadlines.resumed(session, ticket, now)
        released = TicketReleased(
            ticket_id=ticket.ticket_id,
            queue_id=ticket.queue_id,
            cause="released",
            has_holder_left=True,
            released_at=now,
        )
        emit(session, released)
    else:
        await wake(session, ticket, now)


def said(ticket: Ticket, intent: Intent, kind: Literal["agent", "note"], body: str) -> Message:
    """What a member of staff says, not stored yet."""
    return Message(
        ticket_id=ticket.ticket_id,
        kind=kind,
        author_name=intent.viewer.name,
        agent_id=intent.viewer.agent_id,
        body=body,
        said_at=intent.now,
    )
