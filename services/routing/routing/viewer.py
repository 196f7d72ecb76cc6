"""Who looks or acts: what a member of staff may see and take, as a plain value."""

from dataclasses import dataclass
from uuid import UUID

from common.vocabulary import Language, Role


@dataclass(frozen=True)
class Viewer:
    """A member of staff with a living session."""

    agent_id: UUID
    session_id: UUID
    username: str
    name: str
    role: Role
    language: Language
    queue_ids: frozenset[str]  # the queues they work
    has_clearance: bool

    @property
    def is_lead(self) -> bool:
        """Whether they may see everything, and act on what others hold."""
        return self.role in {Role.LEAD, Role.ADMIN}

    @property
    def sees_all_queues(self) -> bool:
        """Partners and technicians see the queues they work and what they hold; for them others do not exist."""
        return self.is_lead or self.role is Role.AGENT

    def sees_queue(self, queue_id: str) -> bool:
        """Whether this queue exists for them."""
        return self.sees_all_queues or queue_id in self.queue_ids

    @property
    def sees_confidential(self) -> bool:
        """Whether debts, health, privacy and conflicts are for their eyes."""
        return self.is_lead or self.has_clearance
