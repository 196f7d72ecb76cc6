"""What people taught, read from the rows: the latest corrections with their texts, and what was settled as judged."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from intake.classify.lessons import Lesson

AT_HAND = 500  # the latest corrections that count at once: a look at more would cost the fast stage its millisecond
FOR_GOOD = 2000  # the latest corrections that a refit learns from
SETTLED = 0.5  # messages that were settled as judged, for each correction

# Of a ticket that was corrected more than once the last word counts. A ticket whose text was erased teaches nothing.
_CORRECTED = text("""
SELECT c.ticket_id, ticket.subject, first.body, c.to_class, c.to_topic, c.agent_id
FROM (
    SELECT DISTINCT ON (ticket_id) ticket_id, to_class, to_topic, agent_id, corrected_at
    FROM (SELECT * FROM correction ORDER BY corrected_at DESC LIMIT :most) AS latest
    ORDER BY ticket_id, corrected_at DESC, correction_id DESC
) AS c
JOIN ticket USING (ticket_id)
JOIN LATERAL (SELECT body FROM message m WHERE m.ticket_id = c.ticket_id ORDER BY message_id LIMIT 1) AS first ON true
ORDER BY c.corrected_at, c.ticket_id
""")
_SETTLED = text("""
SELECT s.ticket_id, ticket.subject, first.body, ticket.handling_class, ticket.topic
FROM (
    SELECT ticket_id, max(step_id) AS step_id
    FROM (SELECT ticket_id, step_id FROM step WHERE type = 'ticket.resolved' ORDER BY step_id DESC LIMIT :most) AS late
    GROUP BY ticket_id
) AS s
JOIN ticket USING (ticket_id)
JOIN LATERAL (SELECT body FROM message m WHERE m.ticket_id = s.ticket_id ORDER BY message_id LIMIT 1) AS first ON true
WHERE ticket.handling_class IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.ticket_id = s.ticket_id)
ORDER BY s.step_id
""")


async def lessons(session: AsyncSession, most: int = AT_HAND) -> tuple[Lesson, ...]:
    """The latest lessons: first what was settled as it was judged, then what was corrected, each oldest first."""
    settled = await session.execute(_SETTLED, {"most": int(most * SETTLED)})
    corrected = await session.execute(_CORRECTED, {"most": most})
    return (
        *(Lesson(str(row[0]), row[1], row[2], row[3], row[4], None) for row in settled),
        *(Lesson(str(row[0]), row[1], row[2], row[3], row[4], str(row[5])) for row in corrected),
    )
