"""What other services tell about tickets, kept as it was told: the customer's page is read off it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DeliveryRecorded, StaffSessionEnded, TicketEvent
from intake.mail_rows import EndedSession
from intake.tables import Step

# A bounce names the delivery alone, so the ticket of each is kept where it is found at once.
_REMEMBER = text("""
INSERT INTO sent_mail (delivery_id, ticket_id)
SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:tickets AS uuid[]))
ORDER BY 1 ON CONFLICT (delivery_id) DO NOTHING
""")


async def keep(session: AsyncSession, events: Sequence[TicketEvent], _now: datetime) -> None:
    """Add the facts to their tickets' steps.

    The inbox hands over each fact once and a ticket's facts in order, and steps are only ever added, so what a
    customer sees never goes back. Emits nothing.
    """
    rows = [{"ticket_id": e.ticket_id, "type": e.type, "facts": e.model_dump(mode="json")} for e in events]
    await session.execute(insert(Step), rows)
    sent = {e.delivery_id: e.ticket_id for e in events if isinstance(e, DeliveryRecorded)}
    if sent:
        await session.execute(_REMEMBER, {"ids": list(sent), "tickets": list(sent.values())})


async def end_session(session: AsyncSession, event: StaffSessionEnded, _now: datetime) -> None:
    """Honour this session no longer."""
    session.add(EndedSession(session_id=event.session_id, ended_at=event.ended_at))


async def forget_sessions(session: AsyncSession, ended_before: datetime) -> None:
    """Give up sessions whose token has run out by itself."""
    await session.execute(delete(EndedSession).where(EndedSession.ended_at < ended_before))
