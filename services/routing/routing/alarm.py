"""Setting a timer: a row that says what happens to a ticket by itself, and when."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from routing.tables import Ticket, Timer

CHANNEL = "timers"


async def arm(session: AsyncSession, ticket: Ticket, kind: str, due_at: datetime) -> None:
    """Let `kind` happen to the ticket at that moment, and not at the one it was set to before."""
    row = {
        "timer_id": uuid7(),
        "ticket_id": ticket.ticket_id,
        "kind": kind,
        "epoch": ticket.version,
        "due_at": due_at,
        "attempts": 0,
    }
    again = {name: row[name] for name in ("timer_id", "epoch", "due_at", "attempts")}
    setting = insert(Timer).values(row).on_conflict_do_update(constraint="timer_once", set_=again)
    await session.execute(setting)
    await session.execute(select(func.pg_notify(CHANNEL, "")))
