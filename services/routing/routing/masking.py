"""Confidential tickets for eyes that may know of them and not read them: what they are, not what they say."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Sensitivity
from routing.conversation import Thread
from routing.tables import Ticket

MASK = "•••"
NOBODY = UUID(int=0)
WITHOUT_WORDS = {"clocks", "assignments"}  # of a thread
_PERSONAL = (
    *("customer_email", "customer_phone", "customer_number"),
    *("postcode", "house_number", "street", "city", "segment", "outcome"),
)


def masked(session: AsyncSession, ticket: Ticket) -> Ticket:
    """The ticket without anybody's words or person in it, and outside the session: it cannot be stored like this."""
    session.expunge(ticket)
    ticket.subject = ticket.customer_name = MASK
    ticket.person_id = NOBODY
    for name in _PERSONAL:
        setattr(ticket, name, None)
    ticket.judgement = {**ticket.judgement, "reasons": []}
    return ticket


def is_masked(ticket: Ticket) -> bool:
    """Whether the words of this ticket were taken out for whoever looks."""
    return ticket.sensitivity is Sensitivity.CONFIDENTIAL and ticket.person_id == NOBODY


def fit_for(ticket: Ticket, thread: Thread) -> Thread:
    """The thread as it fits the ticket: without any words when the ticket is masked."""
    if not is_masked(ticket):
        return thread
    told = [field.name for field in fields(thread) if field.name not in WITHOUT_WORDS]
    silent: dict[str, Any] = {name: () if isinstance(getattr(thread, name), Sequence) else None for name in told}
    return replace(thread, **silent)
