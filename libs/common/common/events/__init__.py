"""The catalogue of events: every fact one service tells the others, who sends it and who reads it."""

from common.events.base import INTAKE_TICKETS, NOTIFICATIONS_DELIVERIES, ROUTING_WORK, TOPICS, Event, Fact, TicketEvent
from common.events.facts import (
    Address,
    AffectedTicket,
    Alarm,
    Attachment,
    Customer,
    Judgement,
    KnownIncident,
    Promise,
    Reason,
    SplitFrom,
)
from common.events.incidents import IncidentClosed, IncidentDeclared, IncidentSpread
from common.events.intake import FeedbackGiven, MailBounced, MessageReceived, TicketSubmitted
from common.events.notifications import DeliveryRecorded
from common.events.routing import (
    AlarmsRaised,
    DelayExpected,
    PromiseImproved,
    ReplySent,
    SplitAsked,
    StaffSessionEnded,
    TicketAssigned,
    TicketClosed,
    TicketMerged,
    TicketReclassified,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketRouted,
    TicketWaiting,
)

__all__ = [
    "CATALOGUE",
    "INTAKE_TICKETS",
    "NOTIFICATIONS_DELIVERIES",
    "ROUTING_WORK",
    "TOPICS",
    "Address",
    "AffectedTicket",
    "Alarm",
    "AlarmsRaised",
    "Attachment",
    "Customer",
    "DelayExpected",
    "DeliveryRecorded",
    "Event",
    "Fact",
    "FeedbackGiven",
    "IncidentClosed",
    "IncidentDeclared",
    "IncidentSpread",
    "Judgement",
    "KnownIncident",
    "MailBounced",
    "MessageReceived",
    "Promise",
    "PromiseImproved",
    "Reason",
    "ReplySent",
    "SplitAsked",
    "SplitFrom",
    "StaffSessionEnded",
    "TicketAssigned",
    "TicketClosed",
    "TicketEvent",
    "TicketMerged",
    "TicketReclassified",
    "TicketReleased",
    "TicketReopened",
    "TicketResolved",
    "TicketResumed",
    "TicketRouted",
    "TicketSubmitted",
    "TicketWaiting",
]


def _leaves(cls: type[Event]) -> list[type[Event]]:
    below = cls.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [cls]


CATALOGUE: dict[str, type[Event]] = {
    cls.model_fields["type"].default: cls for cls in sorted(_leaves(Event), key=lambda leaf: TOPICS.index(leaf.topic))
}
