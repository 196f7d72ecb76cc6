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
from routing.tables.time import Clock, InternalTask, Timer
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
    "Clock",
    "Decision",
    "Delivery",
    "Feedback",
    "InternalTask",
    "Json",
    "Message",
    "PublishedPolicy",
    "Queue",
    "Shift",
    "Skill",
    "StaffSession",
    "Team",
    "Ticket",
    "Timer",
]
