"""Where a ticket goes: the policy in force applied to what is known, written down with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Rows
from common.events import Promise, TicketRouted
from common.outbox import emit
from common.vocabulary import Tier
from routing.calendars import Calendar, is_open, office
from routing.policy import Facts, Policy, Verdict, decide
from routing.promises import Told, promise
from routing.tables import Decision, PublishedPolicy, Queue, Ticket

OFFICE = office()
Cause = Literal["accepted", "escalated", "returned", "transferred", "reclassified", "reopened"]


@dataclass(frozen=True)
class Rulebook:
    """Everything a decision needs beside the ticket, read once a transaction."""

    version: int
    policy: Policy
    queues: Mapping[str, Queue]
    office: Calendar

    def first_of(self, tier: Tier, *, but: str = "") -> Queue | None:
        """The first own queue of a tier: where work for that tier goes when no rule says more."""
        return next((q for q in self.queues.values() if q.tier is tier and not q.partner and q.queue_id != but), None)


async def rulebook(session: AsyncSession) -> Rulebook:
    """The policy in force and the queues, kept for the rest of the transaction."""
    if "rulebook" not in session.info:
        newest = select(PublishedPolicy).order_by(PublishedPolicy.version.desc()).limit(1)
        published = (await session.scalars(newest)).one()
        queues = await session.scalars(select(Queue).order_by(Queue.position))
        session.info["rulebook"] = Rulebook(
            published.version, Policy.model_validate(published.document), {q.queue_id: q for q in queues}, OFFICE
        )
    rules: Rulebook = session.info["rulebook"]
    return rules


def facts_of(ticket: Ticket, rules: Rulebook, now: datetime) -> Facts:
    """What is known of the ticket, for the policy."""
    return Facts(
        handling_class=ticket.handling_class,
        topic=ticket.topic,
        task_type=ticket.task_type,
        language=ticket.language,
        channel=ticket.channel,
        sensitivity=ticket.sensitivity,
        is_urgent=ticket.is_urgent,
        confidence=ticket.judgement["confidence"],
        postcode=ticket.postcode,
        is_open=is_open(rules.office, now),
    )


def place(rows: Rows, ticket: Ticket, rules: Rulebook, cause: Cause, now: datetime) -> Verdict:
    """Decide where the ticket goes, put it there, and write down why."""
    facts = facts_of(ticket, rules, now)
    verdict = decide(rules.policy, facts, rules.queues)
    ticket.queue_id = verdict.queue_id
    ticket.priority = verdict.priority
    rows.add(
        Decision(
            ticket_id=ticket.ticket_id,
            cause=cause,
            inputs=facts.document(),
            policy_version=rules.version,
            model_version=ticket.judgement["model_version"],
            rule=verdict.rule,
            queue_id=verdict.queue_id,
            priority=verdict.priority,
            why=list(verdict.passed_over),
            decided_at=now,
        )
    )
    return verdict


def promised(ticket: Ticket, rules: Rulebook, since: datetime) -> Told:
    """What the ticket's customer may count on when the need is counted from `since`."""
    return promise(rules.office, ticket.handling_class, since, is_urgent=ticket.is_urgent)


def tell_routed(session: AsyncSession, ticket: Ticket, rules: Rulebook, cause: Cause, now: datetime) -> None:
    """Tell the other services where the ticket waits and what was promised."""
    emit(
        session,
        TicketRouted(
            ticket_id=ticket.ticket_id,
            reference=ticket.reference,
            queue_id=ticket.queue_id,
            tier=rules.queues[ticket.queue_id].tier,
            handling_class=ticket.handling_class,
            priority=ticket.priority,
            promise=Promise(answer_by=ticket.answer_by, solve_by=ticket.solve_by),
            cause=cause,
            routed_at=now,
        ),
    )
