"""What people correct is kept for ever beside what the classifier said."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.events import TicketReclassified
from common.vocabulary import HandlingClass, Topic
from front_desk import Loket


async def test_a_correction_is_kept_with_who_when_what_and_the_models_version(loket: Loket) -> None:
    ticket = await loket.bring()
    correction = TicketReclassified(
        ticket_id=UUID(ticket["id"]),
        agent_id=uuid4(),
        from_class=HandlingClass.TECHNICAL,
        to_class=HandlingClass.ROUTINE,
        from_topic=Topic.REPAIR,
        to_topic=None,
        reason="Alleen een vraag",
        model_version="linear-1",
        reclassified_at=datetime.now(UTC),
    )
    await loket.hear(correction, correction)

    async with loket.database.reading() as session:
        rows = (await session.execute(text("SELECT * FROM correction ORDER BY correction_id"))).mappings().all()
    assert len(rows) == 2  # told twice by routing as two events, and kept as two
    assert rows[0]["agent_id"] == correction.agent_id
    assert (rows[0]["from_class"], rows[0]["to_class"]) == ("technical", "routine")
    assert rows[0]["corrected_at"] == correction.reclassified_at
    async with loket.database.reading() as session:
        judged = await session.scalar(text("SELECT judgement FROM ticket"))
    assert judged
    assert judged["handling_class"] == "technical"


async def test_nobody_changes_a_correction_afterwards(loket: Loket) -> None:
    await test_a_correction_is_kept_with_who_when_what_and_the_models_version(loket)
    with pytest.raises(DBAPIError, match="never changed"):
        async with loket.database.transaction() as session:
            await session.execute(text("UPDATE correction SET to_class = 'specialist'"))
