"""What notifications listens to."""

from common.events import (
    MailBounced,
    ReplySent,
    StaffSessionEnded,
    TicketReopened,
    TicketResolved,
    TicketRouted,
    TicketSubmitted,
    TicketWaiting,
)
from common.inbox import Handlers
from notifications import bounces, deliveries, projections

GROUP = "notifications"
HANDLERS: Handlers = {
    TicketSubmitted: deliveries.meet,
    TicketRouted: projections.keep_promise,
    MailBounced: bounces.keep,
    ReplySent: deliveries.plan,
    TicketWaiting: deliveries.plan,
    TicketResolved: deliveries.plan,
    TicketReopened: deliveries.plan,
    StaffSessionEnded: projections.end_session,
}
