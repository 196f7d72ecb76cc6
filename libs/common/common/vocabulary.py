"""The closed word lists that services share: what may stand in an event, a row or a rule."""

from enum import StrEnum


class HandlingClass(StrEnum):
    """The RST split: what kind of work must still happen before the customer is helped."""

    ROUTINE = "routine"
    SPECIALIST = "specialist"
    TECHNICAL = "technical"

    @property
    def letter(self) -> str:
        """R, S or T, as data sets and the command line write it."""
        return self.value[0].upper()


class Topic(StrEnum):
    """What a ticket is about; ids are stable, labels may change."""

    BILLING = "billing"
    DEBT_COLLECTION = "debt_collection"
    DELIVERY = "delivery"
    ORDER = "order"
    RETURN_REFUND = "return_refund"
    INFORMATION = "information"
    CONTRACT = "contract"
    ACCOUNT = "account"
    ADDRESS_MOVE = "address_move"
    APPOINTMENT = "appointment"
    OUTAGE = "outage"
    REPAIR = "repair"
    INSTALLATION = "installation"
    PUBLIC_SPACE = "public_space"
    TECHNICAL_ADVICE = "technical_advice"
    COMPLAINT_STAFF = "complaint_staff"
    COMPLAINT_SERVICE = "complaint_service"
    DAMAGE_CLAIM = "damage_claim"
    PRIVACY_FRAUD = "privacy_fraud"
    PERMIT_TAX = "permit_tax"
    OTHER = "other"


class TaskType(StrEnum):
    """What the customer asks us to do."""

    INFORMATION = "information"
    ORDER = "order"
    ORDER_CHANGE = "order_change"
    COMPLAINT = "complaint"
    FAULT = "fault"
    RESERVATION = "reservation"
    DOCUMENT = "document"
    INVESTIGATION = "investigation"
    OFFER = "offer"
    OTHER = "other"


class Language(StrEnum):
    """The languages everything a person reads exists in."""

    NL = "nl"
    EN = "en"
    FR = "fr"
    DE = "de"


class Sensitivity(StrEnum):
    """Who may read a ticket: confidential ones are debts, health, privacy, staff and neighbour conflicts."""

    NORMAL = "normal"
    CONFIDENTIAL = "confidential"


class Tier(StrEnum):
    """Where work is done, cheapest first."""

    FRONT_OFFICE = "front_office"
    BACK_OFFICE = "back_office"
    FIELD = "field"


class Channel(StrEnum):
    """How a customer's words reached us, or ours reached them."""

    WEB = "web"
    API = "api"
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    PUSH = "push"
    LETTER = "letter"


class Role(StrEnum):
    """What a member of staff may do."""

    AGENT = "agent"
    TECHNICIAN = "technician"
    PARTNER = "partner"
    LEAD = "lead"
    ADMIN = "admin"


class TicketState(StrEnum):
    """Where a ticket is in its life; the transitions stand in routing's table."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    NEEDS_TRIAGE = "needs_triage"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_INTERNAL = "waiting_internal"
    WAITING_FIELD = "waiting_field"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    VOID = "void"
