"""What routing listens to, and what it does about each."""

from common.events import DeliveryRecorded, FeedbackGiven, MessageReceived, TicketSubmitted
from common.inbox import Handlers, Together
from routing import projections, replies, work

GROUP = "routing"
HANDLERS: Handlers = {
    TicketSubmitted: Together(work.accept),
    MessageReceived: replies.receive,
    FeedbackGiven: projections.keep_feedback,
    DeliveryRecorded: Together(projections.keep_deliveries),
}
