"""What notifications listens to."""

from common.events import (
    DelayExpected,
    MailBounced,
    ReplySent,
    StaffSessionEnded,
    TicketReopened,
    TicketResolved,
    TicketRouted,
    TicketSubmitted,
    TicketWaiting,
)
from common.inbox import Handlers, Together
from notifications import bounces, deliveries, projections

GROUP = "notifications"
NOTICES = Together(deliveries.plan)
HANDLERS: Handlers = {
    TicketSubmitted: Together(deliveries.meet),
    TicketRouted: Together(projections.keep_promises),
    MailBounced: bounces.keep,
    ReplySent: NOTICES,
    TicketWaiting: NOTICES,
    TicketResolved: NOTICES,
    TicketReopened: NOTICES,
    DelayExpected: NOTICES,
    StaffSessionEnded: projections.end_session,
}
