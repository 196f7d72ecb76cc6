"""What notifications tells: what reached the customer."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from common.events.base import NOTIFICATIONS_DELIVERIES, TicketEvent
from common.vocabulary import Channel


class DeliveryRecorded(TicketEvent):
    """A notice to a customer was sent, is being retried, or will never arrive.

    From notifications.deliveries.record; for routing, intake.
    """

    topic: ClassVar = NOTIFICATIONS_DELIVERIES
    type: Literal["delivery.recorded"] = "delivery.recorded"
    delivery_id: UUID
    notice: str
    channel: Channel
    state: Literal["planned", "sent", "retrying", "failed", "suppressed"]
    attempts: int = Field(ge=0)
    detail: str | None = None  # a provider's answer or a reason, without personal data
    recorded_at: datetime
