"""The rows of routing, one file a subject."""

from routing.tables.base import Base, Json
from routing.tables.decisions import Audit, Decision, PublishedPolicy
from routing.tables.hours import Absence, Shift
from routing.tables.staff import (
    Agent,
    AgentLanguage,
    AgentQueue,
    AgentSkill,
    Queue,
    Skill,
    StaffSession,
    Team,
)
from routing.tables.time import (
    CalendarVersion,
    Clock,
    Delay,
    Fired,
    InternalTask,
    LeadAlert,
    QueueTime,
    Stretch,
    Timer,
)
from routing.tables.work import Assignment, Delivery, Feedback, Message, Ticket

__all__ = [
    "Absence",
    "Agent",
    "AgentLanguage",
    "AgentQueue",
    "AgentSkill",
    "Assignment",
    "Audit",
    "Base",
    "CalendarVersion",
    "Clock",
    "Decision",
    "Delay",
    "Delivery",
    "Feedback",
    "Fired",
    "InternalTask",
    "Json",
    "LeadAlert",
    "Message",
    "PublishedPolicy",
    "Queue",
    "QueueTime",
    "Shift",
    "Skill",
    "StaffSession",
    "Stretch",
    "Team",
    "Ticket",
    "Timer",
]
