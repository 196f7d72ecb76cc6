"""The members of staff who work in the town: whoever has an account and works a queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import SESSION_LIFE
from common.settings import BadSetting
from common.vocabulary import Sensitivity
from routing import staff
from routing.tables import Ticket
from routing.viewer import Viewer

NEEDED = ("front-office", "triage", "back-office", "field")


@dataclass(frozen=True)
class Crew:
    """Everybody at work."""

    viewers: Sequence[Viewer]

    def works(self, queue_id: str, *, may_see_all: bool = False) -> list[Viewer]:
        """Who works the queue; those who lead only when nobody else does."""
        able = [v for v in self.viewers if queue_id in v.queue_ids and (v.sees_confidential or not may_see_all)]
        return [v for v in able if not v.is_lead] or able

    def one_for(self, ticket: Ticket, chance: Random) -> Viewer:
        """Somebody who works the ticket's queue and may read it; whoever had it before if it comes back to them."""
        able = self.works(ticket.queue_id, may_see_all=ticket.sensitivity is Sensitivity.CONFIDENTIAL)
        known = [viewer for viewer in able if viewer.agent_id == ticket.last_holder_id]
        return chance.choice(known or able)

    def holder_of(self, ticket: Ticket) -> Viewer:
        """Who has the ticket in hand."""
        return next(viewer for viewer in self.viewers if viewer.agent_id == ticket.holder_id)


async def at_work(session: AsyncSession, now: datetime) -> Crew:
    """Everybody with an account, logged in for a day that is over. Raises BadSetting when a queue has nobody."""
    people = await staff.colleagues(session)
    viewers = [await staff.log_in(session, agent.agent_id, now - 2 * SESSION_LIFE) for agent in people]
    crew = Crew([viewer for viewer in viewers if viewer.queue_ids])
    for queue_id in NEEDED:
        if not crew.works(queue_id, may_see_all=True):
            raise BadSetting(f"Nobody with clearance works in the queue {queue_id} yet: loket user add makes accounts.")
    return crew
