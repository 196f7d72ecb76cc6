"""What routing tells: what happened to the work."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from common.events.base import ROUTING_WORK, Event, TicketEvent
from common.events.facts import Alarm, KnownIncident, Promise
from common.vocabulary import HandlingClass, Language, Role, TicketState, Tier, Topic


class TicketRouted(TicketEvent):
    """A ticket waits in a queue, and its customer may count on a promise.

    From routing.work.accept, routing.moving and routing.finishing.reopen; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.routed"] = "ticket.routed"
    reference: str
    queue_id: str
    tier: Tier
    handling_class: HandlingClass | None
    priority: int
    promise: Promise
    cause: Literal["accepted", "escalated", "returned", "transferred", "reclassified", "reopened"]
    routed_at: datetime
    incident: KnownIncident | None = None  # only when accepted: what the acknowledgement says of it


class TicketAssigned(TicketEvent):
    """A member of staff holds a ticket.

    From routing.work.take_next and take; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.assigned"] = "ticket.assigned"
    agent_id: UUID
    agent_name: str
    tier: Tier
    assigned_at: datetime


class TicketReleased(TicketEvent):
    """Nobody holds a ticket any more; it waits in its queue again.

    From routing.work.release, the lease timer and routing.leaving.hand_back; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.released"] = "ticket.released"
    queue_id: str
    cause: Literal["released", "lease_expired"]
    has_holder_left: bool = False  # whoever held it may not log in any more
    released_at: datetime


class ReplySent(TicketEvent):
    """An agent answered a customer.

    From routing.replies.send; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["reply.sent"] = "reply.sent"
    message_id: UUID
    agent_name: str
    body: str
    sent_at: datetime


class TicketReclassified(TicketEvent):
    """A person corrected the classifier.

    From routing.moving.reclassify; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.reclassified"] = "ticket.reclassified"
    agent_id: UUID
    from_class: HandlingClass | None
    to_class: HandlingClass
    from_topic: Topic | None
    to_topic: Topic | None
    reason: str
    model_version: str
    reclassified_at: datetime


class TicketWaiting(TicketEvent):
    """Work on a ticket stands still until somebody does something.

    From routing.waiting.wait; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.waiting"] = "ticket.waiting"
    waits_for: Literal["customer", "internal", "field"]
    until: datetime | None = None
    waiting_since: datetime


class TicketResumed(TicketEvent):
    """Work on a waiting ticket goes on.

    From routing.replies.receive and routing.waiting.resume; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.resumed"] = "ticket.resumed"
    resumed_at: datetime


class TicketResolved(TicketEvent):
    """The work on a ticket is done, with an outcome the customer can read.

    From routing.finishing.resolve; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.resolved"] = "ticket.resolved"
    outcome: str
    body: str | None = None
    message_id: UUID | None = None  # the last reply, when resolving also answered
    agent_name: str
    resolved_at: datetime


class TicketReopened(TicketEvent):
    """A resolved ticket is work again.

    From routing.finishing.reopen and routing.replies.receive; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.reopened"] = "ticket.reopened"
    reason: str
    reopened_at: datetime


class TicketClosed(TicketEvent):
    """A resolved ticket came to rest: fourteen days passed, or it was void.

    From routing.finishing.close and discard, routing.linking.merge; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.closed"] = "ticket.closed"
    final_state: Literal[TicketState.CLOSED, TicketState.VOID]
    reason: str
    closed_at: datetime


class TicketMerged(TicketEvent):
    """A ticket went up in another of the same person: what is said on it from now on arrives there.

    From routing.linking.merge; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["ticket.merged"] = "ticket.merged"
    into_ticket_id: UUID
    into_reference: str
    agent_name: str
    merged_at: datetime


class SplitAsked(TicketEvent):
    """A part of what a customer wrote should become a ticket of its own; intake makes it, once for each split.

    From routing.splitting.ask; for intake.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["split.asked"] = "split.asked"
    split_id: UUID  # made before the click, so that a second click is the same split
    message_id: UUID  # whose words these are
    subject: str
    body: str
    attachment_ids: tuple[UUID, ...] = ()  # of that message
    said_at: datetime  # when the customer wrote it
    is_sender_verified: bool | None = None
    agent_name: str
    asked_at: datetime


class DelayExpected(TicketEvent):
    """A promise will probably not be kept, and the customer may count on a new date; said once a promise, in time.

    From routing.honesty.tell; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["delay.expected"] = "delay.expected"
    about: Literal["answer", "solution"]
    promised_by: datetime
    expected_by: datetime
    told_at: datetime
    promised_at: datetime | None = None  # which promise it puts off: a ticket gets a new one when it is reopened


class PromiseImproved(TicketEvent):
    """A customer may count on an earlier moment than was promised; a promise never becomes later by itself.

    From routing.revising.revise; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["promise.improved"] = "promise.improved"
    promise: Promise
    policy_version: int
    improved_at: datetime


class AlarmsRaised(Event):
    """Somebody who leads should hear of alarms now: all that are new to them, each alarm once.

    From routing.alarms.tell; for notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["alarms.raised"] = "alarms.raised"
    notice_id: UUID
    agent_id: UUID
    name: str
    email: str
    language: Language
    alarms: tuple[Alarm, ...] = Field(min_length=1)
    raised_at: datetime

    @property
    def key(self) -> UUID:
        """The notice's id: its only event."""
        return self.notice_id


class StaffSessionEnded(Event):
    """A staff session may no longer be honoured anywhere.

    From routing.staff.log_out; for intake, notifications.
    """

    topic: ClassVar = ROUTING_WORK
    type: Literal["staff.session_ended"] = "staff.session_ended"
    agent_id: UUID
    session_id: UUID
    role: Role
    ended_at: datetime

    @property
    def key(self) -> UUID:
        """The session's id: its only event."""
        return self.session_id
