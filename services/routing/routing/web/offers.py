"""The acts that the desk offers as forms: what each form sends, and which use case it calls."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.texts import mark
from routing import finishing, linking, moving, replies, splitting, tasks, waiting, work
from routing.acting import Intent
from routing.inputs import (
    Discarding,
    HandOver,
    Plain,
    Question,
    Reclassified,
    Reopening,
    Resolution,
    Splitting,
    Together,
    Transfer,
    Waiting,
    Words,
)
from routing.tables import Ticket
from routing.transitions import Act

_MISSING = {
    "body": mark("Write something first; at most 20,000 characters."),
    "reason": mark("Say why, so that a colleague understands it; at most 200 characters."),
    "note": mark("Your note is too long; at most 20,000 characters fit."),
    "outcome": mark("Say what came of it."),
    "queue": mark("Choose a queue."),
    "class": mark("Choose a kind of work."),
    "subject": mark("Say in a few words what it is about."),
    "message": mark("Choose something that the customer wrote on this ticket."),
    "question": mark("Write your question first."),
    "": mark("Something in the form is not right; look at it again."),
}
MORNING = time(8)
LONGEST_WAIT_DAYS = 365


@dataclass(frozen=True)
class Offer:
    """One form."""

    sends: type[Plain]
    does: Callable[[AsyncSession, Intent, Any], Awaitable[Ticket]]


def _plainly(call: Callable[[AsyncSession, Intent], Awaitable[Ticket]]) -> Offer:
    return Offer(Plain, lambda session, intent, _: call(session, intent))


OFFERS: Mapping[str, Offer] = {
    Act.TAKE: _plainly(work.take),
    Act.RELEASE: _plainly(work.release),
    Act.RESUME: _plainly(waiting.resume),
    Act.REPLY: Offer(Words, lambda session, intent, sent: replies.send(session, intent, sent.body)),
    Act.NOTE: Offer(Words, lambda session, intent, sent: replies.note(session, intent, sent.body)),
    Act.ESCALATE: Offer(HandOver, lambda s, intent, sent: moving.escalate(s, intent, sent.reason, sent.note)),
    Act.RETURN: Offer(HandOver, lambda s, intent, sent: moving.give_back(s, intent, sent.reason, sent.note)),
    Act.TRANSFER: Offer(Transfer, lambda session, intent, sent: moving.transfer(session, intent, sent.queue)),
    Act.RECLASSIFY: Offer(
        Reclassified,
        lambda session, intent, sent: moving.reclassify(
            session, intent, moving.Correction(sent.handling_class, sent.reason, sent.topic)
        ),
    ),
    Act.MERGE: Offer(Together, lambda session, intent, sent: linking.merge(session, intent, sent.other)),
    Act.ADOPT: Offer(Together, lambda session, intent, sent: linking.adopt(session, intent, sent.other)),
    Act.SPLIT: Offer(
        Splitting,
        lambda session, intent, sent: splitting.ask(
            session, intent, splitting.Part(sent.split, sent.message, sent.subject, sent.body, sent.attachments)
        ),
    ),
    Act.PART: Offer(Together, lambda session, intent, sent: linking.part(session, intent, sent.other)),
    Act.ASK: Offer(Question, lambda session, intent, sent: tasks.ask(session, intent, sent.queue, sent.question)),
    Act.WAIT: Offer(Waiting, lambda session, intent, sent: waiting.wait(session, intent, sent.party, sent.until)),
    Act.RESOLVE: Offer(Resolution, lambda s, intent, sent: finishing.resolve(s, intent, sent.outcome, sent.body)),
    Act.REOPEN: Offer(Reopening, lambda session, intent, sent: finishing.reopen(session, intent, sent.reason)),
    Act.VOID: Offer(Discarding, lambda s, intent, sent: finishing.discard(s, intent, sent.reason, sent.note)),
}


def read(act: str, fields: Mapping[str, str], zone: ZoneInfo, now: datetime) -> tuple[Offer, Plain]:
    """The offer of this name and what was filled in. Raises BadInput with a sentence about what is missing."""
    offer = OFFERS.get(act)
    if offer is None:
        raise BadInput("There is no such act.")
    try:
        return offer, offer.sends.model_validate(_with_moment(fields, zone, now))
    except ValidationError as error:
        where = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
        raise BadInput(_MISSING.get(where.pop() if where else "", _MISSING[""])) from error


def _with_moment(fields: Mapping[str, str], zone: ZoneInfo, now: datetime) -> dict[str, object]:
    """A wait is chosen in days and ends in the morning."""
    given: dict[str, object] = dict(fields)
    days = str(given.pop("days", ""))
    if days.isdecimal() and 0 < int(days) <= LONGEST_WAIT_DAYS:
        day = (now.astimezone(zone) + timedelta(days=int(days))).date()
        given["until"] = datetime.combine(day, MORNING, zone)
    return given
