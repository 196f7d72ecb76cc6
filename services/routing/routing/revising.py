"""A new policy and the tickets that are open already: what was promised never gets worse, and may get better."""

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Promise, PromiseImproved
from common.outbox import emit
from routing import deadlines
from routing.acting import Deed, recording
from routing.calendars import between
from routing.clocks import Kind
from routing.deciding import facts_of, place, tell_routed
from routing.policy import Agreed, Compiled, Facts, Verdict, settled
from routing.promises import Target, is_better, promise, target_of
from routing.rulebook import Rulebook, rulebook
from routing.tables import Audit, Clock, Decision, Delay, InternalTask, PublishedPolicy, Ticket
from routing.tasks import due_within
from routing.transitions import OPEN, WAITING_IN_QUEUE, Act

MOST_REHEARSED = 10_000
DECIDED = ("accepted", "reclassified", "policy")  # the causes for which a policy was asked


@dataclass(frozen=True)
class Known:
    """An open ticket and what decides about it."""

    ticket: Ticket
    decision: Decision  # the last one of a policy
    clocks: Sequence[Clock]  # of promises to the customer that go on
    put_off: frozenset[UUID]  # the clocks of which the customer heard that they will not be kept


@dataclass(frozen=True)
class Sooner:
    """A clock that may be promised in less time."""

    clock: Clock
    allowed: timedelta
    share: float | None


@dataclass(frozen=True)
class Change:
    """What a version of the policy means for one open ticket."""

    known: Known
    facts: Facts
    verdict: Verdict
    sooner: Sequence[Sooner] = ()
    keeps: bool = False  # the version would promise it less: what was promised stays
    moves: bool = False
    stays_in_hand: bool = False  # a rule would take it, but somebody works on it or put it where it is


@dataclass
class Tally:
    """What became of several tickets."""

    looked_at: int = 0
    sooner: int = 0
    moved: int = 0
    kept: int = 0
    in_hand: int = 0
    ways: dict[tuple[str, str], int] = field(default_factory=dict)  # from queue, to queue

    def count(self, change: Change) -> None:
        """One more."""
        self.looked_at += 1
        self.sooner += bool(change.sooner)
        self.kept += change.keeps
        self.in_hand += change.stays_in_hand
        if change.moves:
            self.moved += 1
            way = change.known.ticket.queue_id, change.verdict.queue_id
            self.ways[way] = self.ways.get(way, 0) + 1


def change_of(known: Known, rules: Rulebook, now: datetime) -> Change:
    """What these rules mean for the ticket; nothing is changed by asking.

    The office's hours count as they were when it was decided: a ticket does not become a night's because a policy was
    published at night.
    """
    ticket, facts = known.ticket, facts_of(known.ticket, rules, now)
    if known.decision.thinned_at is None:
        then = Facts.of(known.decision.inputs)
        facts = replace(facts, is_open=then.is_open, hour=then.hour)
    verdict = settled(rules.policy, facts, rules.queues)
    wanted = verdict.rule in rules.policy.for_open and _differs(ticket, verdict)
    is_free = ticket.state in WAITING_IN_QUEUE and known.decision.queue_id == ticket.queue_id
    old, new = _target(ticket, _agreed(ticket)), _target(ticket, verdict.agreed)
    spent = {clock.clock_id: _spent(clock, rules, now) for clock in known.clocks}
    sooner = [
        Sooner(clock, allowed, verdict.agreed.share if verdict.agreed else None)
        for clock in known.clocks
        if clock.clock_id not in known.put_off
        and _of(clock, new) < _of(clock, old)
        and is_better(clock.allowed, spent[clock.clock_id], allowed := _allowed(clock, ticket, verdict, rules))
    ]
    return Change(
        known=known,
        facts=facts,
        verdict=verdict,
        sooner=sooner,
        keeps=any(_of(clock, new) > _of(clock, old) for clock in known.clocks),
        moves=wanted and is_free,
        stays_in_hand=wanted and not is_free,
    )


async def open_after(session: AsyncSession, after_id: UUID | None, most: int) -> Sequence[UUID]:
    """The open tickets that come after this one, by id."""
    wanted = select(Ticket.ticket_id).where(Ticket.state.in_(OPEN)).order_by(Ticket.ticket_id).limit(most)
    return (await session.scalars(wanted.where(Ticket.ticket_id > after_id) if after_id else wanted)).all()


async def known_of(session: AsyncSession, ticket_ids: Sequence[UUID], *, lock: bool = False) -> list[Known]:
    """These tickets as far as they are open still, locked until commit if `lock`."""
    wanted = select(Ticket).where(Ticket.ticket_id.in_(ticket_ids), Ticket.state.in_(OPEN)).order_by(Ticket.ticket_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    tickets = (await session.scalars(wanted)).all()
    ids = [ticket.ticket_id for ticket in tickets]
    decided = select(Decision).ext(distinct_on(Decision.ticket_id))
    decided = decided.where(Decision.ticket_id.in_(ids), Decision.cause.in_(DECIDED))
    newest = await session.scalars(decided.order_by(Decision.ticket_id, Decision.decided_at.desc()))
    decisions = {each.ticket_id: each for each in newest}
    clocks: dict[UUID, list[Clock]] = {}
    going = select(Clock).where(Clock.ticket_id.in_(ids), Clock.stopped_at.is_(None), Clock.kind != Kind.INTERNAL)
    for clock in await session.scalars(going):
        clocks.setdefault(clock.ticket_id, []).append(clock)
    put_off = frozenset(await session.scalars(select(Delay.clock_id).where(Delay.ticket_id.in_(ids))))
    return [
        Known(ticket, decisions[ticket.ticket_id], clocks.get(ticket.ticket_id, ()), put_off)
        for ticket in tickets
        if ticket.ticket_id in decisions
    ]


async def revise(session: AsyncSession, version: int, ticket_ids: Sequence[UUID], now: datetime) -> Tally:
    """These tickets looked at with the policy in force: what it promises sooner is promised, what it takes moves.

    Done again it changes nothing. Does nothing when another version came into force meanwhile.
    """
    rules, tally = await rulebook(session), Tally()
    if rules.version != version:
        return tally
    published = await session.get_one(PublishedPolicy, version)
    for known in await known_of(session, ticket_ids, lock=True):
        if known.decision.policy_version >= version:
            continue
        change = change_of(known, rules, now)
        tally.count(change)
        if change.sooner:
            await _promise_sooner(session, change, rules, published, now)
        if change.moves:
            await _move(session, change, rules, published, now)
    return tally


async def rehearse_open(session: AsyncSession, rules: Rulebook, policy: Compiled, now: datetime) -> Tally:
    """What this policy would mean for the tickets that are open now, at most ten thousand; nothing is changed."""
    known = await known_of(session, await open_after(session, None, MOST_REHEARSED))
    return await to_thread(_tally, known, replace(rules, policy=policy), now)


def _tally(known: Sequence[Known], rules: Rulebook, now: datetime) -> Tally:
    tally = Tally()
    for each in known:
        tally.count(change_of(each, rules, now))
    return tally


async def _promise_sooner(
    session: AsyncSession, change: Change, rules: Rulebook, published: PublishedPolicy, now: datetime
) -> None:
    """The clocks in their shorter time, in a new epoch; the customer's page and the departments asked follow."""
    ticket = change.known.ticket
    before = _moments(ticket)
    for each in change.sooner:
        deadlines.shorten(each.clock, each.allowed, each.share, rules.times, now)
        if each.clock.kind == Kind.RESOLUTION:
            ticket.solve_by = min(ticket.solve_by, each.clock.due_at)
        else:
            ticket.answer_by = min(ticket.answer_by, each.clock.due_at)
    if ticket.answered_at is None:
        ticket.solve_by = max(ticket.solve_by, ticket.answer_by)
    else:  # the answer was given: its moment is history
        ticket.answer_by = min(ticket.answer_by, ticket.solve_by)
    ticket.due_at = min(clock.due_at for clock in change.known.clocks)
    ticket.agreed = _best(ticket, change.verdict.agreed)
    await _hurry_departments(session, ticket, rules, now)
    told = _moments(ticket)
    # No new version of the ticket: whoever writes an answer at this moment is not to be turned away for it.
    session.add(
        Audit(
            ticket_id=ticket.ticket_id,
            version=ticket.version,
            actor_name=published.published_by,
            act=Act.REVISE,
            cause="sooner",
            before=before,
            after={**told, "policy_version": published.version},
            acted_at=now,
        )
    )
    if told == before:  # the clock stands still: what is left on it got less, and no moment follows from it yet
        return
    promise_now = Promise(answer_by=ticket.answer_by, solve_by=ticket.solve_by)
    emit(
        session,
        PromiseImproved(
            ticket_id=ticket.ticket_id, promise=promise_now, policy_version=published.version, improved_at=now
        ),
    )


def _moments(ticket: Ticket) -> dict[str, str]:
    return {"answer_by": ticket.answer_by.isoformat(), "solve_by": ticket.solve_by.isoformat()}


async def _hurry_departments(session: AsyncSession, ticket: Ticket, rules: Rulebook, now: datetime) -> None:
    """Questions to other departments that are still open, due by what is left of the promise as it is now."""
    still = select(InternalTask).where(InternalTask.ticket_id == ticket.ticket_id, InternalTask.answered_at.is_(None))
    for task in await session.scalars(still):
        calendar = rules.times.of_queue(task.queue_id)
        due_at = due_within(calendar, ticket.solve_by, task.asked_at)
        if due_at <= now:
            due_at = due_within(calendar, ticket.solve_by, now)
        if due_at < task.due_at:
            task.due_at = due_at
            await deadlines.asked_sooner(session, task, between(calendar, task.asked_at, due_at), rules.times, now)


async def _move(
    session: AsyncSession, change: Change, rules: Rulebook, published: PublishedPolicy, now: datetime
) -> None:
    """The waiting ticket where a rule takes it, with what that rule asks for it; its promise stays as it is."""
    ticket = change.known.ticket
    agreed = ticket.agreed
    with recording(session, ticket, Deed(Act.REVISE, now, published.published_by, "elsewhere")):
        before = ticket.queue_id
        place(session, ticket, rules, "policy", now, change.facts)
        ticket.agreed = agreed
        if ticket.queue_id != before:
            ticket.routed_at = now
            await deadlines.resumed(session, ticket, now)
    tell_routed(session, ticket, rules, "transferred", now)


def _differs(ticket: Ticket, verdict: Verdict) -> bool:
    asked: tuple[str, int, Mapping[str, int], str | None] = (
        verdict.queue_id,
        verdict.priority,
        verdict.skills,
        verdict.escalates_to,
    )
    return asked != (ticket.queue_id, ticket.priority, ticket.skills, ticket.escalates_to)


def _agreed(ticket: Ticket) -> Agreed | None:
    return Agreed.of(ticket.agreed) if ticket.agreed else None


def _target(ticket: Ticket, agreed: Agreed | None) -> Target:
    return target_of(ticket.handling_class, is_urgent=ticket.is_urgent, agreed=agreed)


def _of(clock: Clock, target: Target) -> timedelta:
    return target.solve if clock.kind == Kind.RESOLUTION else target.answer


def _allowed(clock: Clock, ticket: Ticket, verdict: Verdict, rules: Rulebook) -> timedelta:
    """How much time the verdict gives this clock from its beginning on, until a time that people say.

    Counted in the calendar it runs by: another calendar is not another promise.
    """
    calendar, urgent = rules.times.calendar(clock.calendar), ticket.is_urgent
    told = promise(calendar, ticket.handling_class, clock.started_at, is_urgent=urgent, agreed=verdict.agreed)
    return told.solve_in if clock.kind == Kind.RESOLUTION else told.answer_in


def _best(ticket: Ticket, agreed: Agreed | None) -> dict[str, Any]:
    """Of what was agreed and what is now the better of each, so that nothing is taken back by the next version."""
    old, new = _target(ticket, _agreed(ticket)), _target(ticket, agreed)
    within, solve = min(old.answer, new.answer), min(old.solve, new.solve)
    return Agreed(within, solve, agreed.share if agreed else None).document()


def _spent(clock: Clock, rules: Rulebook, now: datetime) -> timedelta:
    if clock.state != "running" or now <= clock.counted_at:
        return clock.spent
    return clock.spent + between(rules.times.calendar(clock.calendar), clock.counted_at, now)
