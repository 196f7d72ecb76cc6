"""What team leads must hear: promises in danger or broken, until one of them has seen it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from routing.queries import visible_to
from routing.tables import Clock, LeadAlert, Ticket
from routing.viewer import Viewer


@dataclass(frozen=True)
class Alert:
    """One thing to look at."""

    alert: LeadAlert
    ticket: Ticket
    clock: Clock


async def unseen(session: AsyncSession, viewer: Viewer, most: int = 100) -> Sequence[Alert]:
    """What no lead has seen yet on clocks that still run, one for each ticket, the latest first."""
    wanted = (
        select(LeadAlert, Ticket, Clock)
        .join(Ticket, Ticket.ticket_id == LeadAlert.ticket_id)
        .join(Clock, Clock.clock_id == LeadAlert.clock_id)
        .where(LeadAlert.seen_at.is_(None), Clock.stopped_at.is_(None), visible_to(viewer))
        .order_by(LeadAlert.raised_at.desc())
        .limit(most)
    )
    latest: dict[UUID, Alert] = {}
    for alert, ticket, clock in await session.execute(wanted):
        latest.setdefault(ticket.ticket_id, Alert(alert, ticket, clock))
    return list(latest.values())


async def seen(session: AsyncSession, viewer: Viewer, alert_ids: Sequence[UUID], now: datetime) -> None:
    """Nobody else need look at the tickets of these any more."""
    tickets = select(LeadAlert.ticket_id).where(LeadAlert.alert_id.in_(alert_ids))
    those = update(LeadAlert).where(LeadAlert.ticket_id.in_(tickets), LeadAlert.seen_at.is_(None))
    saying = those.values(seen_by=viewer.name, seen_at=now)
    await session.execute(saying.execution_options(synchronize_session=False))
