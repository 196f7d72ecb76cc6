"""Somebody who may not log in any more: their sessions end, and what they held waits in its queue again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import StaffSessionEnded, TicketReleased
from common.outbox import emit
from common.vocabulary import Role, TicketState
from routing import deadlines
from routing.acting import Deed, let_go, recording
from routing.tables import Agent, StaffSession, Ticket
from routing.transitions import HELD, Act, move


async def end_sessions(session: AsyncSession, agent: Agent, role: Role, now: datetime) -> int:
    """How many sessions of theirs, begun in that role, are over: here at once, elsewhere when the others hear of it."""
    living = StaffSession.agent_id == agent.agent_id, StaffSession.ended_at.is_(None), StaffSession.expires_at > now
    ended = update(StaffSession).where(*living).values(ended_at=now).returning(StaffSession.session_id)
    ids = (await session.scalars(ended.execution_options(synchronize_session=False))).all()
    for session_id in ids:
        emit(
            session,
            StaffSessionEnded(agent_id=agent.agent_id, session_id=session_id, role=role, ended_at=now),
        )
    return len(ids)


async def hand_back(
    session: AsyncSession, agent: Agent, by_name: str, now: datetime, *, states: Collection[TicketState] = HELD
) -> int:
    """How many tickets they held in these states; each waits in its queue again and says why."""
    held = select(Ticket).where(Ticket.holder_id == agent.agent_id, Ticket.state.in_(states))
    held = held.order_by(Ticket.ticket_id).with_for_update()
    tickets = (await session.scalars(held.execution_options(populate_existing=True))).all()
    for ticket in tickets:
        deed = Deed(Act.RELEASE, now, by_name, f"{agent.name} left")
        with recording(session, ticket, deed):
            ticket.state = move(Act.RELEASE, ticket.state)
            await let_go(session, ticket, Act.RELEASE, now)
            await deadlines.resumed(session, ticket, now)
        emit(
            session,
            TicketReleased(
                ticket_id=ticket.ticket_id,
                queue_id=ticket.queue_id,
                cause="released",
                has_holder_left=True,
                released_at=now,
            ),
        )
    return len(tickets)
