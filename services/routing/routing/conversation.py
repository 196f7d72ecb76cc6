"""Named reads of everything around one ticket. The caller has the ticket, and with it the right to see this."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from routing.tables import (
    Agent,
    Assignment,
    Audit,
    Choice,
    Clock,
    Decision,
    Delivery,
    Feedback,
    InternalTask,
    Link,
    Message,
    Split,
    Ticket,
)


@dataclass(frozen=True)
class Thread:
    """What belongs to a ticket, each in the order in which it happened."""

    messages: Sequence[Message]
    clocks: Sequence[Clock]
    decision: Decision | None  # the latest
    choice: Choice | None  # who was to do it: the latest
    deliveries: Sequence[Delivery]
    tasks: Sequence[InternalTask]
    assignments: Sequence[Assignment]
    feedback: Sequence[Feedback]
    history: Sequence[Audit]


async def thread_of(session: AsyncSession, ticket: Ticket) -> Thread:
    """Everything around the ticket."""
    of = ticket.ticket_id
    decided = select(Decision).where(Decision.ticket_id == of).order_by(Decision.decided_at.desc()).limit(1)
    chosen = select(Choice).where(Choice.ticket_id == of).order_by(Choice.decided_at.desc()).limit(1)
    return Thread(
        messages=await said_on(session, of),
        clocks=await clocks_of(session, of),
        decision=await session.scalar(decided),
        choice=await session.scalar(chosen),
        deliveries=(
            await session.scalars(select(Delivery).where(Delivery.ticket_id == of).order_by(Delivery.recorded_at))
        ).all(),
        tasks=(
            await session.scalars(
                select(InternalTask).where(InternalTask.ticket_id == of).order_by(InternalTask.asked_at)
            )
        ).all(),
        assignments=(
            await session.scalars(select(Assignment).where(Assignment.ticket_id == of).order_by(Assignment.began_at))
        ).all(),
        history=await history_of(session, of),
        feedback=(
            await session.scalars(select(Feedback).where(Feedback.ticket_id == of).order_by(Feedback.given_at))
        ).all(),
    )


async def said_on(session: AsyncSession, ticket_id: UUID) -> Sequence[Message]:
    """What was said on the ticket and on those that went up in it; what was split off and came back is told once."""
    merged = select(Link.ticket_id).where(Link.to_id == ticket_id, Link.kind == "merged")
    together = union_all(select(literal(ticket_id)), merged).cte()
    copies = select(Split.copy_id).where(
        Split.new_ticket_id.in_(select(together)), Split.ticket_id.in_(select(together))
    )
    wanted = select(Message).where(Message.ticket_id.in_(select(together)), Message.message_id.not_in(copies))
    return (await session.scalars(wanted.order_by(Message.said_at, Message.message_id))).all()


async def clocks_of(session: AsyncSession, ticket_id: UUID, *, going: bool = False) -> Sequence[Clock]:
    """The ticket's clocks, oldest first; only those not stopped yet if `going`."""
    wanted = select(Clock).where(Clock.ticket_id == ticket_id).order_by(Clock.started_at, Clock.kind)
    return (await session.scalars(wanted.where(Clock.stopped_at.is_(None)) if going else wanted)).all()


async def history_of(session: AsyncSession, ticket_id: UUID, most: int = 200) -> Sequence[Audit]:
    """What was done with the ticket, oldest first."""
    wanted = select(Audit).where(Audit.ticket_id == ticket_id).order_by(Audit.audit_id).limit(most)
    return (await session.scalars(wanted)).all()


async def last_change(session: AsyncSession, ticket: Ticket) -> Audit | None:
    """The act that gave the ticket its present version."""
    wanted = select(Audit).where(Audit.ticket_id == ticket.ticket_id, Audit.version == ticket.version)
    return await session.scalar(wanted.order_by(Audit.audit_id.desc()).limit(1))


async def name_of(session: AsyncSession, agent_id: UUID | None) -> str:
    """What a member of staff is called; empty for nobody."""
    agent = await session.get(Agent, agent_id) if agent_id else None
    return agent.name if agent else ""
