"""What people taught the classifier: their judgement kept beside its own, and told to every running judge."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.events import TicketReclassified

# The text that was judged is the ticket's first message.
_KEEP = text("""
INSERT INTO correction (correction_id, ticket_id, message_id, agent_id, from_class, to_class, from_topic, to_topic,
                        reason, model_version, corrected_at)
SELECT t.correction_id, t.ticket_id,
       (SELECT message_id FROM message m WHERE m.ticket_id = t.ticket_id ORDER BY message_id LIMIT 1),
       agent_id, from_class, to_class, from_topic, to_topic, reason, model_version, corrected_at
FROM unnest(
    cast(:correction_id AS uuid[]), cast(:ticket_id AS uuid[]), cast(:agent_id AS uuid[]),
    cast(:from_class AS text[]), cast(:to_class AS text[]), cast(:from_topic AS text[]), cast(:to_topic AS text[]),
    cast(:reason AS text[]), cast(:model_version AS text[]), cast(:corrected_at AS timestamptz[])
) AS t (correction_id, ticket_id, agent_id, from_class, to_class, from_topic, to_topic, reason, model_version,
        corrected_at)
""")
_TELL = text("""
INSERT INTO teaching (is_the_one) VALUES (true)
ON CONFLICT (is_the_one) DO UPDATE SET revision = gen_random_uuid()
""")


async def keep(session: AsyncSession, events: Sequence[TicketReclassified], _now: datetime) -> None:
    """Add the corrections to those that are never changed; running judges know of them within seconds."""
    rows = [_row(event) for event in events]
    await session.execute(_KEEP, {name: [row[name] for row in rows] for name in rows[0]})
    await tell(session)


async def tell(session: AsyncSession) -> None:
    """Let every running judge see that there is something new to know; locks the one row of `teaching`."""
    await session.execute(_TELL)


def _row(event: TicketReclassified) -> dict[str, object]:
    return {
        "correction_id": uuid7(),
        "ticket_id": event.ticket_id,
        "agent_id": event.agent_id,
        "from_class": event.from_class,
        "to_class": event.to_class,
        "from_topic": event.from_topic,
        "to_topic": event.to_topic,
        "reason": event.reason,
        "model_version": event.model_version,
        "corrected_at": event.reclassified_at,
    }
