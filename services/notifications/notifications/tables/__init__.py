"""The rows of notifications: copies of tickets and promises, notices with their deliveries, and what people chose."""

from notifications.tables.base import Base
from notifications.tables.notices import Delivery, EndedSession, Notice, Promise, Ticket
from notifications.tables.reach import Affected, BadAddress, Broadcast, Device, Preference
from notifications.tables.staff import StaffMail
from notifications.tables.webhooks import Call, Subscriber
from notifications.tables.words import FrameVersion, TemplateVersion

__all__ = [
    "Affected",
    "BadAddress",
    "Base",
    "Broadcast",
    "Call",
    "Delivery",
    "Device",
    "EndedSession",
    "FrameVersion",
    "Notice",
    "Preference",
    "Promise",
    "StaffMail",
    "Subscriber",
    "TemplateVersion",
    "Ticket",
]
