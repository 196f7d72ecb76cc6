"""What other services tell about tickets, kept as it was told: the customer's page is read off it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from common.events import TicketEvent
from intake.tables import Step


async def keep(session: AsyncSession, event: TicketEvent, _now: datetime) -> None:
    """Add the fact to the ticket's steps.

    The inbox hands over each fact once and a ticket's facts in order, and steps are only ever added, so what a
    customer sees never goes back. Emits nothing.
    """
    session.add(Step(ticket_id=event.ticket_id, type=event.type, facts=event.model_dump(mode="json")))
