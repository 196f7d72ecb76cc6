"""What intake listens to."""

from common.events import (
    DelayExpected,
    DeliveryRecorded,
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
from common.inbox import Handlers, Together
from intake import learning, projections, splitting

GROUP = "intake"
STEPS = Together(projections.keep)
HANDLERS: Handlers = {
    TicketRouted: STEPS,
    TicketAssigned: STEPS,
    TicketReleased: STEPS,
    ReplySent: STEPS,
    DelayExpected: STEPS,
    PromiseImproved: STEPS,
    TicketWaiting: STEPS,
    TicketResumed: STEPS,
    TicketResolved: STEPS,
    TicketReopened: STEPS,
    TicketClosed: STEPS,
    TicketMerged: STEPS,
    DeliveryRecorded: STEPS,
    SplitAsked: Together(splitting.keep),
    TicketReclassified: Together(learning.keep),
    StaffSessionEnded: projections.end_session,
}
