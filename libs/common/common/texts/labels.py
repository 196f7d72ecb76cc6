"""What the words of the vocabulary are called on pages: one way for staff, one without jargon for customers."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from common.texts import words
from common.vocabulary import (
    Channel,
    HandlingClass,
    Language,
    Role,
    Sensitivity,
    TaskType,
    TicketState,
    Tier,
    Topic,
)

Audience = Literal["customer", "staff"]
Marked = tuple[str, str]  # the context that tells apart what English does not, and the English words
Labels = Mapping[type[StrEnum], Mapping[StrEnum, Marked]]  # by type: members of two word lists may be equal strings


def label(value: StrEnum, language: Language, audience: Audience = "staff") -> str:
    """What the value is called in the language; KeyError for a word list that has no labels."""
    kind = type(value)
    for_customers = CUSTOMERS.get(kind, {}).get(value) if audience == "customer" else None
    context, message = for_customers or STAFF[kind][value]
    return words("common", language).pgettext(context, message)


def _marked(context: str, message: str, /) -> Marked:
    return context, message


STAFF: Labels = {
    HandlingClass: {
        HandlingClass.ROUTINE: _marked("class", "Routine"),
        HandlingClass.SPECIALIST: _marked("class", "Specialist"),
        HandlingClass.TECHNICAL: _marked("class", "Technical"),
    },
    Topic: {
        Topic.BILLING: _marked("topic", "Billing"),
        Topic.DEBT_COLLECTION: _marked("topic", "Payment arrears"),
        Topic.DELIVERY: _marked("topic", "Delivery"),
        Topic.ORDER: _marked("topic", "Order"),
        Topic.RETURN_REFUND: _marked("topic", "Return or refund"),
        Topic.INFORMATION: _marked("topic", "Information"),
        Topic.CONTRACT: _marked("topic", "Contract"),
        Topic.ACCOUNT: _marked("topic", "Account"),
        Topic.ADDRESS_MOVE: _marked("topic", "Moving house"),
        Topic.APPOINTMENT: _marked("topic", "Appointment"),
        Topic.OUTAGE: _marked("topic", "Outage"),
        Topic.REPAIR: _marked("topic", "Repair"),
        Topic.INSTALLATION: _marked("topic", "Installation"),
        Topic.PUBLIC_SPACE: _marked("topic", "Streets and public space"),
        Topic.TECHNICAL_ADVICE: _marked("topic", "Technical advice"),
        Topic.COMPLAINT_STAFF: _marked("topic", "Complaint about staff"),
        Topic.COMPLAINT_SERVICE: _marked("topic", "Complaint about service"),
        Topic.DAMAGE_CLAIM: _marked("topic", "Damage claim"),
        Topic.PRIVACY_FRAUD: _marked("topic", "Privacy or fraud"),
        Topic.PERMIT_TAX: _marked("topic", "Permits and taxes"),
        Topic.OTHER: _marked("topic", "Something else"),
    },
    TaskType: {
        TaskType.INFORMATION: _marked("task type", "Question"),
        TaskType.ORDER: _marked("task type", "Order"),
        TaskType.ORDER_CHANGE: _marked("task type", "Order change"),
        TaskType.COMPLAINT: _marked("task type", "Complaint"),
        TaskType.FAULT: _marked("task type", "Fault report"),
        TaskType.RESERVATION: _marked("task type", "Reservation"),
        TaskType.DOCUMENT: _marked("task type", "Document to send"),
        TaskType.INVESTIGATION: _marked("task type", "Investigation"),
        TaskType.OFFER: _marked("task type", "Offer"),
        TaskType.OTHER: _marked("task type", "Something else"),
    },
    Sensitivity: {
        Sensitivity.NORMAL: _marked("sensitivity", "Normal"),
        Sensitivity.CONFIDENTIAL: _marked("sensitivity", "Confidential"),
    },
    Tier: {
        Tier.FRONT_OFFICE: _marked("tier", "Front office"),
        Tier.BACK_OFFICE: _marked("tier", "Back office"),
        Tier.FIELD: _marked("tier", "Field service"),
    },
    Channel: {
        Channel.WEB: _marked("channel", "Website"),
        Channel.API: _marked("channel", "Other system"),
        Channel.EMAIL: _marked("channel", "E-mail"),
        Channel.PHONE: _marked("channel", "Phone"),
        Channel.SMS: _marked("channel", "Text message"),
        Channel.PUSH: _marked("channel", "Notice on a device"),
        Channel.LETTER: _marked("channel", "Letter"),
    },
    Role: {
        Role.AGENT: _marked("role", "Agent"),
        Role.TECHNICIAN: _marked("role", "Technician"),
        Role.PARTNER: _marked("role", "Partner agent"),
        Role.LEAD: _marked("role", "Team lead"),
        Role.ADMIN: _marked("role", "Administrator"),
    },
    TicketState: {
        TicketState.RECEIVED: _marked("state", "Received"),
        TicketState.CLASSIFIED: _marked("state", "Classified"),
        TicketState.NEEDS_TRIAGE: _marked("state", "To be assessed"),
        TicketState.QUEUED: _marked("state", "In the queue"),
        TicketState.ASSIGNED: _marked("state", "Assigned"),
        TicketState.IN_PROGRESS: _marked("state", "In progress"),
        TicketState.WAITING_CUSTOMER: _marked("state", "Waiting for the customer"),
        TicketState.WAITING_INTERNAL: _marked("state", "Waiting for a colleague"),
        TicketState.WAITING_FIELD: _marked("state", "Waiting for the visit"),
        TicketState.RESOLVED: _marked("state", "Solved"),
        TicketState.REOPENED: _marked("state", "Opened again"),
        TicketState.CLOSED: _marked("state", "Closed"),
        TicketState.VOID: _marked("state", "Void"),
    },
    Language: {
        Language.NL: _marked("language", "Dutch"),
        Language.EN: _marked("language", "English"),
        Language.FR: _marked("language", "French"),
        Language.DE: _marked("language", "German"),
    },
}

CUSTOMERS: Labels = {  # who deals with it and how far it is, never in words of our organisation
    HandlingClass: {
        HandlingClass.ROUTINE: _marked("to customers", "Something for our customer service"),
        HandlingClass.SPECIALIST: _marked("to customers", "Something for an expert"),
        HandlingClass.TECHNICAL: _marked("to customers", "Something for a technician"),
    },
    Topic: {
        Topic.DEBT_COLLECTION: _marked("to customers", "Paying a bill later or in parts"),
        Topic.ACCOUNT: _marked("to customers", "Your account"),
        Topic.CONTRACT: _marked("to customers", "Your contract"),
        Topic.COMPLAINT_STAFF: _marked("to customers", "How someone treated you"),
        Topic.COMPLAINT_SERVICE: _marked("to customers", "Our service"),
        Topic.DAMAGE_CLAIM: _marked("to customers", "Damage"),
    },
    Tier: {
        Tier.FRONT_OFFICE: _marked("to customers", "our customer service"),
        Tier.BACK_OFFICE: _marked("to customers", "an expert"),
        Tier.FIELD: _marked("to customers", "a technician"),
    },
    TaskType: {
        TaskType.DOCUMENT: _marked("to customers", "Request for a document"),
        TaskType.INVESTIGATION: _marked("to customers", "Something to look into"),
    },
    Role: {
        Role.AGENT: _marked("to customers", "Customer service"),
        Role.PARTNER: _marked("to customers", "Customer service"),
        Role.LEAD: _marked("to customers", "Customer service"),
        Role.ADMIN: _marked("to customers", "Customer service"),
    },
    TicketState: {
        TicketState.RECEIVED: _marked("to customers", "Received"),
        TicketState.CLASSIFIED: _marked("to customers", "Received"),
        TicketState.NEEDS_TRIAGE: _marked("to customers", "We are reading your message"),
        TicketState.QUEUED: _marked("to customers", "Waiting until a colleague is free"),
        TicketState.ASSIGNED: _marked("to customers", "Someone is dealing with it"),
        TicketState.IN_PROGRESS: _marked("to customers", "Someone is dealing with it"),
        TicketState.WAITING_CUSTOMER: _marked("to customers", "We are waiting for your answer"),
        TicketState.WAITING_INTERNAL: _marked("to customers", "We are finding it out"),
        TicketState.WAITING_FIELD: _marked("to customers", "A technician is coming"),
        TicketState.RESOLVED: _marked("to customers", "Solved"),
        TicketState.REOPENED: _marked("to customers", "Opened again"),
        TicketState.CLOSED: _marked("to customers", "Closed"),
        TicketState.VOID: _marked("to customers", "Stopped"),
    },
}
