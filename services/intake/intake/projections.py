"""What other services tell about tickets, kept as it was told: the customer's page is read off it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import TicketEvent
from intake.tables import Step


async def keep(session: AsyncSession, events: Sequence[TicketEvent], _now: datetime) -> None:
    """Add the facts to their tickets' steps.

    The inbox hands over each fact once and a ticket's facts in order, and steps are only ever added, so what a
    customer sees never goes back. Emits nothing.
    """
    rows = [{"ticket_id": e.ticket_id, "type": e.type, "facts": e.model_dump(mode="json")} for e in events]
    await session.execute(insert(Step), rows)
