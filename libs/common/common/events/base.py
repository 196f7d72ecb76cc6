"""What every event is: a frozen fact with a topic, a type and a key."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

INTAKE_TICKETS = "intake.tickets"
ROUTING_WORK = "routing.work"
NOTIFICATIONS_DELIVERIES = "notifications.deliveries"
TOPICS = (INTAKE_TICKETS, ROUTING_WORK, NOTIFICATIONS_DELIVERIES)


class Fact(BaseModel):
    """A frozen value inside an event; unknown fields of newer senders are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Fact):
    """One fact, in the past tense. `key` keeps the events of one ticket in order."""

    topic: ClassVar[str]
    type: str

    @property
    def key(self) -> UUID:
        """The id whose events stay in order: the ticket's, unless an event says otherwise."""
        raise TypeError(f"{type(self).__name__} names no key")


class TicketEvent(Event):
    """A fact about one ticket."""

    ticket_id: UUID

    @property
    def key(self) -> UUID:
        """The ticket's id."""
        return self.ticket_id
