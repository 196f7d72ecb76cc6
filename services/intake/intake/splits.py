"""Named reads of splits: what was split off a ticket, and what a ticket was split off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from intake.split_rows import Split
from intake.tables import Ticket


async def split_off(session: AsyncSession, ticket_id: UUID) -> list[tuple[datetime, str]]:
    """When parts of this ticket were split off, and the references of the tickets they became."""
    wanted = select(Split.asked_at, Ticket.reference).join(Ticket, Ticket.ticket_id == Split.ticket_id)
    rows = await session.execute(wanted.where(Split.source_id == ticket_id).order_by(Split.asked_at))
    return [(asked_at, reference) for asked_at, reference in rows]


async def split_from(session: AsyncSession, ticket_id: UUID) -> str | None:
    """The reference of the ticket that this one was split off, if it was."""
    wanted = select(Ticket.reference).join(Split, Split.source_id == Ticket.ticket_id)
    reference: str | None = await session.scalar(wanted.where(Split.ticket_id == ticket_id))
    return reference
