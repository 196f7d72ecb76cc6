"""Setting a timer: a row that says what happens to a ticket by itself, and when."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from routing.tables import Ticket

CHANNEL = "timers"

# The loop looks once a second by itself: only what is due before that need wake it.
_SET = text("""
WITH set AS (
    INSERT INTO timer (timer_id, ticket_id, kind, epoch, due_at, attempts)
    VALUES (:timer_id, :ticket_id, :kind, :epoch, cast(:due_at AS timestamptz), 0)
    ON CONFLICT ON CONSTRAINT timer_once DO UPDATE
    SET timer_id = excluded.timer_id, epoch = excluded.epoch, due_at = excluded.due_at, attempts = 0
)
SELECT pg_notify('timers', '') WHERE cast(:due_at AS timestamptz) < clock_timestamp() + interval '2 seconds'
""")


async def arm(session: AsyncSession, ticket: Ticket, kind: str, due_at: datetime) -> None:
    """Let `kind` happen to the ticket at that moment, and not at the one it was set to before."""
    values = {"timer_id": uuid7(), "ticket_id": ticket.ticket_id, "kind": kind, "epoch": ticket.version}
    await session.execute(_SET, values | {"due_at": due_at})
