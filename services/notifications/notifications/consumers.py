"""What notifications listens to."""

from common.events import (
    AlarmsRaised,
    DelayExpected,
    IncidentClosed,
    IncidentDeclared,
    IncidentSpread,
    MailBounced,
    PromiseImproved,
    ReplySent,
    StaffSessionEnded,
    TicketReopened,
    TicketResolved,
    TicketRouted,
    TicketSubmitted,
    TicketWaiting,
)
from common.inbox import Handlers, Together
from notifications import bounces, deliveries, incidents, projections, staff_mail
from notifications.calls import also

GROUP = "notifications"
NOTICES = Together(also(deliveries.plan))
HANDLERS: Handlers = {
    TicketSubmitted: Together(also(deliveries.meet)),
    TicketRouted: Together(also(projections.keep_promises)),
    PromiseImproved: Together(projections.keep_promises),
    MailBounced: bounces.keep,
    ReplySent: NOTICES,
    TicketWaiting: NOTICES,
    TicketResolved: NOTICES,
    TicketReopened: NOTICES,
    DelayExpected: NOTICES,
    IncidentDeclared: incidents.declare,
    IncidentSpread: incidents.spread,
    IncidentClosed: incidents.close,
    AlarmsRaised: staff_mail.keep,
    StaffSessionEnded: projections.end_session,
}
