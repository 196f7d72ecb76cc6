"""Pages that are open and used: who was heard of, told to the database once a minute at most."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from common.db import Database
from routing.presence import still_there

AT_MOST_EVERY = timedelta(minutes=1)  # well within the silence after which somebody counts as gone
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Hearing:
    """Hears of staff through the pages they use."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: dict[UUID, datetime] = {}

    async def heard(self, agent_id: UUID, at: datetime) -> bool:
        """Whether this was news; who said that they are there then stays so for another while."""
        if at - self._last.get(agent_id, NEVER) < AT_MOST_EVERY:
            return False
        self._last[agent_id] = at
        async with self._database.transaction() as session:
            await still_there(session, agent_id, at)
        return True
