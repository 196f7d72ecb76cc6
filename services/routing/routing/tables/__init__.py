"""The rows of routing, one file a subject."""

from routing.tables.base import Base, Json
from routing.tables.choosing import AgentPresence, Choice, Effort, MatchingRound, Offer, Unstaffed
from routing.tables.decisions import Audit, Decision, PolicyRevision, PublishedPolicy
from routing.tables.hours import Absence, Shift
from routing.tables.incidents import Incident, IncidentTicket
from routing.tables.links import Link, Split
from routing.tables.opened import OpenedText
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
    ToldAlarm,
)
from routing.tables.work import Assignment, Delivery, Feedback, Message, Ticket

__all__ = [
    "Absence",
    "Agent",
    "AgentLanguage",
    "AgentPresence",
    "AgentQueue",
    "AgentSkill",
    "Assignment",
    "Audit",
    "Base",
    "CalendarVersion",
    "Choice",
    "Clock",
    "Decision",
    "Delay",
    "Delivery",
    "Effort",
    "Feedback",
    "Fired",
    "Incident",
    "IncidentTicket",
    "InternalTask",
    "Json",
    "LeadAlert",
    "Link",
    "MatchingRound",
    "Message",
    "Offer",
    "OpenedText",
    "PolicyRevision",
    "PublishedPolicy",
    "Queue",
    "QueueTime",
    "Shift",
    "Skill",
    "Split",
    "StaffSession",
    "Stretch",
    "Team",
    "Ticket",
    "Timer",
    "ToldAlarm",
    "Unstaffed",
]
