"""What people taught the classifier: their judgement kept beside its own, for the next training."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.events import TicketReclassified
from intake.tables import Correction


async def keep(session: AsyncSession, event: TicketReclassified, _now: datetime) -> None:
    """Add the correction to those that are never changed."""
    session.add(
        Correction(
            correction_id=uuid7(),
            ticket_id=event.ticket_id,
            agent_id=event.agent_id,
            from_class=event.from_class,
            to_class=event.to_class,
            from_topic=event.from_topic,
            to_topic=event.to_topic,
            reason=event.reason,
            model_version=event.model_version,
            corrected_at=event.reclassified_at,
        )
    )
