"""Which open tickets an incident concerns, for whoever is about to declare it: how many, whose, and which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.vocabulary import Topic
from routing.reaches import Reach, squeezed
from routing.tables import Queue, Ticket
from routing.transitions import OPEN

MOST_NAMED = 500  # references at once
EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a lead declares: a cause, where it is felt, and what people are told of it."""

    title: str
    reach: Reach
    references: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # by language
    per_minute: int = 600


@dataclass(frozen=True, slots=True)
class Extent:
    """How many it concerns."""

    tickets: int
    people: int
    examples: Sequence[Ticket] = ()


async def extent(session: AsyncSession, plan: Plan) -> Extent:
    """How many open tickets and people the plan concerns now, with some of them. Raises BadInput."""
    where = await concerned(session, plan)
    counted = select(func.count(), func.count(Ticket.person_id.distinct())).where(where)
    tickets, people = (await session.execute(counted)).one()
    newest = select(Ticket).where(where).order_by(Ticket.submitted_at.desc()).limit(EXAMPLES)
    return Extent(tickets, people, (await session.scalars(newest)).all())


async def concerned(session: AsyncSession, plan: Plan) -> ColumnElement[bool]:
    """The condition on open tickets. Raises BadInput when it names what is not there, or nothing."""
    if plan.reach.is_empty and not plan.references:
        raise BadInput("Say where it is felt: a subject, a queue, an area, or the tickets it is about.")
    if len(plan.references) > MOST_NAMED:
        raise BadInput("Name at most %(most)s tickets at once.", most=MOST_NAMED)
    if unknown := set(plan.reach.topics) - set(Topic):
        raise BadInput("There is no subject %(topic)s.", topic=min(unknown))
    queues = set(await session.scalars(select(Queue.queue_id)))
    if unknown := set(plan.reach.queue_ids) - queues:
        raise BadInput("There is no queue %(queue)s.", queue=min(unknown))
    references = [each.upper() for each in plan.references]
    there = set(await session.scalars(select(Ticket.reference).where(Ticket.reference.in_(references))))
    if missing := [each for each in references if each not in there]:
        raise BadInput("There is no ticket %(reference)s.", reference=missing[0])
    named: ColumnElement[bool] = Ticket.reference.in_(references)
    is_meant = named if plan.reach.is_empty else named | _within(plan.reach)
    return Ticket.state.in_(OPEN) & is_meant


def _within(reach: Reach) -> ColumnElement[bool]:
    """The same as `Reach.covers`, for the database."""
    found: list[ColumnElement[bool]] = []
    if reach.topics:
        found.append(Ticket.topic.in_(reach.topics))
    if reach.queue_ids:
        found.append(Ticket.queue_id.in_(reach.queue_ids))
    if reach.areas:
        squeezed_there = func.upper(func.regexp_replace(Ticket.postcode, r"\s", "", "g"))
        starts = [squeezed_there.startswith(squeezed(area), autoescape=True) for area in sorted(reach.areas)]
        any_of: ColumnElement[bool] = starts[0]
        for each in starts[1:]:
            any_of = any_of | each
        found.append(any_of)
    together = found[0]
    for each in found[1:]:
        together = together & each
    return together
