"""What notifications listens to."""

from common.events import (
    ReplySent,
    StaffSessionEnded,
    TicketReopened,
    TicketResolved,
    TicketRouted,
    TicketSubmitted,
    TicketWaiting,
)
from common.inbox import Handlers
from notifications import deliveries, projections

GROUP = "notifications"
HANDLERS: Handlers = {
    TicketSubmitted: deliveries.meet,
    TicketRouted: projections.keep_promise,
    ReplySent: deliveries.plan,
    TicketWaiting: deliveries.plan,
    TicketResolved: deliveries.plan,
    TicketReopened: deliveries.plan,
    StaffSessionEnded: projections.end_session,
}
