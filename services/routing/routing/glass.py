"""Breaking the glass: a confidential text in a partner's queue, opened by one of its people for a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict
from routing import queries
from routing.masking import is_masked
from routing.tables import Agent, Audit, OpenedText, Ticket
from routing.viewer import Viewer

OPEN_FOR = timedelta(hours=8)  # and as long as they hold the ticket
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Opened:
    """One confidential text that somebody opened."""

    ticket_id: UUID
    reference: str
    queue_id: str
    name: str
    reason: str
    opened_at: datetime


async def break_glass(session: AsyncSession, viewer: Viewer, ticket_id: UUID, reason: str, now: datetime) -> Ticket:
    """The ticket, readable to this viewer for eight hours and while they hold it; audited before it is read.

    Raises NoSuchTicket, Conflict when it can be read already, BadInput when the reason says too little.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput("Say why you must read this; at least %(least)s characters.", least=SHORTEST_REASON)
    ticket = await queries.ticket_shown(session, ticket_id, viewer)
    if not is_masked(ticket):
        raise Conflict("You can read this ticket already.")
    values = {"reason": reason, "opened_at": now, "until": now + OPEN_FOR}
    opened = insert(OpenedText).values(agent_id=viewer.agent_id, ticket_id=ticket_id, **values)
    await session.execute(opened.on_conflict_do_update(index_elements=["agent_id", "ticket_id"], set_=values))
    session.add(
        Audit(
            ticket_id=ticket_id,
            version=ticket.version,
            actor_id=viewer.agent_id,
            actor_name=viewer.name,
            act="open_text",
            cause=reason,
            before={},
            after={"until": (now + OPEN_FOR).isoformat()},
            acted_at=now,
        )
    )
    return await queries.ticket_for(session, ticket_id, viewer)


async def opened_since(session: AsyncSession, since: datetime, most: int = 200) -> list[Opened]:
    """The confidential texts that were opened, the latest first."""
    wanted = (
        select(Ticket.ticket_id, Ticket.reference, Ticket.queue_id, Agent.name, OpenedText.reason, OpenedText.opened_at)
        .join(Ticket, Ticket.ticket_id == OpenedText.ticket_id)
        .join(Agent, Agent.agent_id == OpenedText.agent_id)
        .where(OpenedText.opened_at >= since)
        .order_by(OpenedText.opened_at.desc())
        .limit(most)
    )
    return [Opened(*row) for row in await session.execute(wanted)]
