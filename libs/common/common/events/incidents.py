"""What routing tells of incidents: one cause behind many tickets, and whom it concerns."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from common.events.base import ROUTING_WORK, Event
from common.events.facts import AffectedTicket


class IncidentEvent(Event):
    """A fact about one incident."""

    incident_id: UUID

    @property
    def key(self) -> UUID:
        """The incident's id."""
        return self.incident_id


class IncidentDeclared(IncidentEvent):
    """One cause was found behind many tickets, and their customers are to hear of it.

    From routing.incidents.declare; for notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["incident.declared"] = "incident.declared"
    title: str  # for colleagues
    words: dict[str, str]  # by language, for customers
    per_minute: int  # so many are told at once
    declared_by: str
    declared_at: datetime


class IncidentSpread(IncidentEvent):
    """Tickets turned out to come from an incident: those there were when it was declared, and those that came after.

    From routing.incidents.declare and link, routing.work.accept; for notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["incident.spread"] = "incident.spread"
    tickets: tuple[AffectedTicket, ...]
    is_told: bool = False  # their acknowledgement says it
    spread_at: datetime


class IncidentClosed(IncidentEvent):
    """The cause is gone, and everybody it concerned is to hear so.

    From routing.incidents.close; for notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["incident.closed"] = "incident.closed"
    words: dict[str, str]
    per_minute: int
    closed_by: str
    closed_at: datetime
