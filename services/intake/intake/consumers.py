"""What intake listens to."""

from common.events import (
    DeliveryRecorded,
    ReplySent,
    TicketAssigned,
    TicketClosed,
    TicketReclassified,
    TicketReleased,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketRouted,
    TicketWaiting,
)
from common.inbox import Handlers
from intake import learning, projections

GROUP = "intake"
HANDLERS: Handlers = {
    TicketRouted: projections.keep,
    TicketAssigned: projections.keep,
    TicketReleased: projections.keep,
    ReplySent: projections.keep,
    TicketWaiting: projections.keep,
    TicketResumed: projections.keep,
    TicketResolved: projections.keep,
    TicketReopened: projections.keep,
    TicketClosed: projections.keep,
    DeliveryRecorded: projections.keep,
    TicketReclassified: learning.keep,
}
