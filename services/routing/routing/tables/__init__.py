"""The rows of routing, one file a subject."""

from routing.tables.base import Base, Json
from routing.tables.decisions import Audit, Decision, PublishedPolicy
from routing.tables.staff import Agent, AgentQueue, Queue, StaffSession, Team
from routing.tables.time import Clock, InternalTask, Timer
from routing.tables.work import Assignment, Delivery, Feedback, Message, Ticket

__all__ = [
    "Agent",
    "AgentQueue",
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
    "StaffSession",
    "Team",
    "Ticket",
    "Timer",
]
