"""Where a ticket goes: the policy in force applied to what is known, written down with the reason."""

from datetime import datetime
from time import perf_counter
from typing import Literal

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import Rows, fit
from common.events import KnownIncident, Promise, TicketRouted
from common.log import logger
from common.outbox import emit
from common.vocabulary import Sensitivity, Tier
from routing.calendars import is_open
from routing.policy import Agreed, Facts, Verdict, settled
from routing.promises import Told, promise
from routing.records import places_document, verdict_document
from routing.rulebook import OFFICE, Rulebook, rulebook
from routing.tables import Decision, Ticket

log = logger(__name__)

Cause = Literal["accepted", "escalated", "returned", "transferred", "reclassified", "reopened"]
Occasion = Cause | Literal["policy"]  # a new version looks at what waits already
RULE_FAILURES = Counter("loket_policy_rule_failures_total", "Times a rule of the policy matched and was passed over")


def facts_of(ticket: Ticket, rules: Rulebook, now: datetime) -> Facts:
    """What is known of the ticket, for the policy."""
    queue = rules.queues.get(ticket.queue_id)
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
        hour=now.astimezone(rules.office.zone).hour,
        segment=rules.policy.segment_of(ticket.customer_number, ticket.customer_email),
        is_past_front=queue is not None and queue.tier is not Tier.FRONT_OFFICE,
    )


def place(  # noqa: PLR0913, PLR0917 - one question with its values
    rows: Rows, ticket: Ticket, rules: Rulebook, cause: Occasion, now: datetime, facts: Facts | None = None
) -> Verdict:
    """Decide where the ticket goes by what is known of it, put it there with what is asked for it, and say why."""
    began = perf_counter()
    facts = facts or facts_of(ticket, rules, now)
    verdict = settled(rules.policy, facts, rules.queues)
    for rule in verdict.broken:
        RULE_FAILURES.inc()
        log.error("policy rule passed over", rule=rule, policy_version=rules.version)
    _settle(ticket, facts, verdict, now)
    rows.add(
        fit(rows, Decision)(
            ticket_id=ticket.ticket_id,
            cause=cause,
            inputs=facts.document(),
            policy_version=rules.version,
            model_version=ticket.judgement["model_version"],
            rule=verdict.rule,
            queue_id=verdict.queue_id,
            priority=verdict.priority,
            why=list(verdict.passed_over),
            queues=places_document(rules.queues),
            verdict=verdict_document(verdict),
            took_ms=round((perf_counter() - began) * 1000, 3),
            decided_at=now,
        )
    )
    return verdict


def promised(ticket: Ticket, rules: Rulebook, since: datetime) -> Told:
    """What the ticket's customer may count on when the need is counted from `since`."""
    agreed = Agreed.of(ticket.agreed) if ticket.agreed else None
    office = rules.times.of_queue(ticket.queue_id)
    return promise(office, ticket.handling_class, since, is_urgent=ticket.is_urgent, agreed=agreed)


def _settle(ticket: Ticket, facts: Facts, verdict: Verdict, now: datetime) -> None:
    ticket.queue_id = verdict.queue_id
    ticket.priority = verdict.priority
    ticket.segment = facts.segment
    ticket.skills = dict(verdict.skills)
    ticket.optional_skills = {skill: (now + hold).isoformat() for skill, hold in verdict.optional_skills.items()}
    ticket.agreed = verdict.agreed.document() if verdict.agreed else None
    ticket.escalates_to = verdict.escalates_to
    if verdict.is_confidential:
        ticket.sensitivity = Sensitivity.CONFIDENTIAL


def tell_routed(  # noqa: PLR0913, PLR0917 - the last is there for new tickets only
    session: AsyncSession,
    ticket: Ticket,
    rules: Rulebook,
    cause: Cause,
    now: datetime,
    incident: KnownIncident | None = None,
) -> None:
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
            incident=incident,
        ),
    )


__all__ = ["OFFICE", "Cause", "Rulebook", "facts_of", "place", "promised", "rulebook", "tell_routed"]
