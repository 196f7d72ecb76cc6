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
from notifications.calls import also

GROUP = "notifications"
NOTICES = Together(also(deliveries.plan))
HANDLERS: Handlers = {
    TicketSubmitted: Together(also(deliveries.meet)),
    TicketRouted: Together(also(projections.keep_promises)),
    MailBounced: bounces.keep,
    ReplySent: NOTICES,
    TicketWaiting: NOTICES,
    TicketResolved: NOTICES,
    TicketReopened: NOTICES,
    DelayExpected: NOTICES,
    StaffSessionEnded: projections.end_session,
}
