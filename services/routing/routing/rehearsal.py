"""A policy tried on what came in before: what would have gone elsewhere, before anything is published."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Sensitivity
from routing.policy import Compiled, Facts, Places, Verdict, settled
from routing.tables import Decision, Ticket

DECIDED = ("accepted", "reclassified")  # the causes for which the policy was asked
MOST_LOOKED_AT = 20_000
MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Past:
    """A ticket and what was known of it when it was last decided."""

    ticket_id: UUID
    reference: str
    subject: str  # empty when it is confidential
    inputs: dict[str, Any]
    decided_at: datetime


@dataclass(frozen=True)
class Example:
    """One ticket that would go another way."""

    ticket_id: UUID
    reference: str
    subject: str
    from_rule: str
    to_rule: str


@dataclass
class Move:
    """What would go from one queue to another."""

    from_queue: str
    to_queue: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass
class Load:
    """What a queue got, and would get."""

    queue_id: str
    before: int
    after: int


@dataclass
class Rehearsal:
    """What another policy would have done."""

    looked_at: int = 0
    skipped: int = 0  # what is known of them cannot be read any more
    since: datetime | None = None  # of the oldest that was looked at
    moves: list[Move] = field(default_factory=list)  # the most tickets first
    queues: list[Load] = field(default_factory=list)
    other_priority: int = 0  # in the same queue
    other_terms: int = 0  # the same queue and priority, but other skills, promise or clearance

    @property
    def moved(self) -> int:
        """How many would be in another queue."""
        return sum(move.count for move in self.moves)


async def past_decisions(
    session: AsyncSession, since: datetime, most: int = MOST_LOOKED_AT
) -> tuple[Sequence[Past], bool]:
    """The last decision about each ticket since then, newest first, and whether there were more than `most`."""
    wanted = (
        select(
            Ticket.ticket_id,
            Ticket.reference,
            Ticket.subject,
            Ticket.sensitivity,
            Decision.inputs,
            Decision.decided_at,
        )
        .join(Ticket, Ticket.ticket_id == Decision.ticket_id)
        .where(
            Decision.decision_id >= _first_id(since),
            Decision.decided_at >= since,
            Decision.cause.in_(DECIDED),
            Decision.thinned_at.is_(None),
        )
        .order_by(Decision.decision_id.desc())
        .limit(most + 1)
    )
    rows = (await session.execute(wanted)).all()
    once: dict[UUID, Past] = {}
    for ticket_id, reference, subject, sensitivity, inputs, decided_at in rows[:most]:
        shown = subject if sensitivity is Sensitivity.NORMAL else ""
        once.setdefault(ticket_id, Past(ticket_id, reference, shown, inputs, decided_at))
    return list(once.values()), len(rows) > most


def rehearse(before: Compiled, after: Compiled, queues: Places, past: Iterable[Past]) -> Rehearsal:
    """What the second policy would have done with what the first one would do today."""
    found = Rehearsal()
    moves: dict[tuple[str, str], Move] = {}
    loads: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for each in past:
        try:
            facts = Facts.of(each.inputs)
        except (ValueError, TypeError):
            found.skipped += 1
            continue
        found.looked_at += 1
        found.since = min(found.since or each.decided_at, each.decided_at)
        old, new = settled(before, facts, queues), settled(after, facts, queues)
        loads[0][old.queue_id] += 1
        loads[1][new.queue_id] += 1
        if old.queue_id != new.queue_id:
            move = moves.setdefault((old.queue_id, new.queue_id), Move(old.queue_id, new.queue_id))
            _count(move, each, old, new)
        elif old.priority != new.priority:
            found.other_priority += 1
        elif _terms(old) != _terms(new):
            found.other_terms += 1
    found.moves = sorted(moves.values(), key=lambda move: (-move.count, move.from_queue, move.to_queue))
    found.queues = [Load(name, loads[0][name], loads[1][name]) for name in queues if loads[0][name] or loads[1][name]]
    return found


def _count(move: Move, past: Past, old: Verdict, new: Verdict) -> None:
    move.count += 1
    if len(move.examples) < MOST_EXAMPLES:
        move.examples.append(Example(past.ticket_id, past.reference, past.subject, old.rule, new.rule))


def _terms(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.skills,
        verdict.optional_skills,
        verdict.agreed,
        verdict.escalates_to,
        verdict.is_confidential,
    )


def _first_id(since: datetime) -> UUID:
    """The lowest id that was made at this moment or later, less a day for clocks that differ: ids begin with time."""
    milliseconds = int((since - timedelta(days=1)).timestamp() * 1000)
    return UUID(int=max(milliseconds, 0) << 80)
