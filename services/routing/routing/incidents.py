"""Incidents: one cause found behind many tickets, told to everybody it concerns, and told once more when it is gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from common.events import AffectedTicket, IncidentClosed, IncidentDeclared, IncidentSpread, KnownIncident
from common.outbox import emit
from common.vocabulary import Language
from routing.concerns import Plan, concerned
from routing.reaches import Reach
from routing.tables import Audit, Incident, IncidentTicket, Ticket
from routing.viewer import Viewer

LONGEST_TITLE = 200
LONGEST_WORDS = 1000
FASTEST = 60_000  # a minute
A_SPREAD = 1000  # tickets an event; 90 bytes each
SHOWN = 20

_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('incidents'))")
# A ticket that is being accepted is seen either by whoever declares or by its own acceptance, never by neither.
_AMONG = text("SELECT pg_advisory_xact_lock_shared(hashtext('incidents'))")


class NoSuchIncident(NotFound):
    """There is no such incident."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident and how many it concerns."""

    incident: Incident
    tickets: int
    people: int


async def declare(session: AsyncSession, plan: Plan, lead: Viewer, now: datetime) -> Incident:
    """The incident, behind every open ticket it concerns; their customers are told. Raises BadInput."""
    check_words(plan.words)
    if not plan.title.strip():
        raise BadInput("Give the incident a title, so that colleagues know it.")
    if not 1 <= plan.per_minute <= FASTEST:
        raise BadInput("Choose a pace between 1 and %(most)s a minute.", most=FASTEST)
    await session.execute(_ALONE)
    where = await concerned(session, plan)
    incident = Incident(
        title=plan.title.strip()[:LONGEST_TITLE],
        topics=sorted(plan.reach.topics),
        queue_ids=sorted(plan.reach.queue_ids),
        areas=sorted(plan.reach.areas),
        words=_trimmed(plan.words),
        per_minute=plan.per_minute,
        declared_by=lead.name,
        declared_at=now,
    )
    session.add(incident)
    await session.flush()
    found = (await session.execute(select(Ticket.ticket_id, Ticket.person_id).where(where))).all()
    emit(
        session,
        IncidentDeclared(
            incident_id=incident.incident_id,
            title=incident.title,
            words=incident.words,
            per_minute=incident.per_minute,
            declared_by=lead.name,
            declared_at=now,
        ),
    )
    await _spread(session, incident, [AffectedTicket(ticket_id=t, person_id=p) for t, p in found], "declared", now)
    session.add(_audited(incident, lead, "declare_incident", now, tickets=len(found)))
    return incident


async def link(session: AsyncSession, incident_id: UUID, references: Sequence[str], lead: Viewer, now: datetime) -> int:
    """How many more tickets it is behind; their customers are told too. Raises NoSuchIncident, Conflict, BadInput."""
    incident = await _open(session, incident_id)
    plan = Plan(title=incident.title, reach=Reach(), references=references)
    where = await concerned(session, plan)
    known = select(IncidentTicket.ticket_id).where(IncidentTicket.incident_id == incident_id)
    wanted = select(Ticket.ticket_id, Ticket.person_id).where(where, Ticket.ticket_id.not_in(known))
    found = (await session.execute(wanted)).all()
    await _spread(session, incident, [AffectedTicket(ticket_id=t, person_id=p) for t, p in found], "linked", now)
    session.add(_audited(incident, lead, "link_incident", now, tickets=len(found)))
    return len(found)


async def close(
    session: AsyncSession, incident_id: UUID, words: Mapping[str, str], lead: Viewer, now: datetime
) -> Incident:
    """The incident, over; everybody it concerned is told. Raises NoSuchIncident, Conflict, BadInput."""
    check_words(words)
    incident = await _open(session, incident_id)
    incident.closing_words, incident.closed_by, incident.closed_at = _trimmed(words), lead.name, now
    emit(
        session,
        IncidentClosed(
            incident_id=incident_id,
            words=_trimmed(words),
            per_minute=incident.per_minute,
            closed_by=lead.name,
            closed_at=now,
        ),
    )
    session.add(_audited(incident, lead, "close_incident", now))
    return incident


async def known(session: AsyncSession, tickets: Sequence[Ticket]) -> dict[UUID, KnownIncident]:
    """The incident behind each new ticket, by ticket, where there is one; of several the oldest.

    Nobody declares one until this transaction ends. The tickets are stored by the caller, before `keep`.
    """
    await session.execute(_AMONG)
    going_on = select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.incident_id)
    found: dict[UUID, KnownIncident] = {}
    for incident in await session.scalars(going_on):
        reach = Reach(incident.topics, incident.queue_ids, incident.areas)
        for ticket in tickets:
            if ticket.ticket_id not in found and reach.covers(ticket.topic, ticket.queue_id, ticket.postcode):
                found[ticket.ticket_id] = KnownIncident(incident_id=incident.incident_id, words=incident.words)
    return found


async def keep(
    session: AsyncSession, tickets: Sequence[Ticket], found: Mapping[UUID, KnownIncident], now: datetime
) -> None:
    """Remember which incident is behind which new ticket: their acknowledgements say so."""
    by_incident: dict[UUID, list[AffectedTicket]] = {}
    for ticket in tickets:
        if incident := found.get(ticket.ticket_id):
            affected = AffectedTicket(ticket_id=ticket.ticket_id, person_id=ticket.person_id)
            by_incident.setdefault(incident.incident_id, []).append(affected)
    for incident_id in sorted(by_incident):
        await _remember(session, incident_id, by_incident[incident_id], "accepted", now)
        emit(
            session,
            IncidentSpread(
                incident_id=incident_id, tickets=tuple(by_incident[incident_id]), is_told=True, spread_at=now
            ),
        )


async def newest(session: AsyncSession, most: int = SHOWN) -> list[Seen]:
    """The last incidents with how many they concern, those that go on first."""
    counted = (
        select(
            IncidentTicket.incident_id,
            func.count().label("tickets"),
            func.count(Ticket.person_id.distinct()).label("people"),
        )
        .join(Ticket, Ticket.ticket_id == IncidentTicket.ticket_id)
        .group_by(IncidentTicket.incident_id)
        .subquery()
    )
    wanted = (
        select(Incident, func.coalesce(counted.c.tickets, 0), func.coalesce(counted.c.people, 0))
        .outerjoin(counted, counted.c.incident_id == Incident.incident_id)
        .order_by(Incident.closed_at.is_not(None), Incident.incident_id.desc())
        .limit(most)
    )
    return [Seen(*row) for row in await session.execute(wanted)]


async def behind(session: AsyncSession, ticket_id: UUID) -> Sequence[Incident]:
    """The incidents behind a ticket, those that go on first."""
    wanted = select(Incident).join(IncidentTicket).where(IncidentTicket.ticket_id == ticket_id)
    ordered = wanted.order_by(Incident.closed_at.is_not(None), Incident.incident_id.desc())
    return (await session.scalars(ordered)).all()


def check_words(words: Mapping[str, str]) -> None:
    """Nothing when there are words in every language. Raises BadInput."""
    trimmed = _trimmed(words)
    if not all(trimmed.values()) or max(map(len, trimmed.values())) > LONGEST_WORDS:
        raise BadInput("Write the words in all four languages, in at most %(most)s characters.", most=LONGEST_WORDS)


def _trimmed(words: Mapping[str, str]) -> dict[str, str]:
    return {language.value: words.get(language.value, "").strip() for language in Language}


async def _open(session: AsyncSession, incident_id: UUID) -> Incident:
    """The incident, with nobody else at any. Raises NoSuchIncident, Conflict."""
    await session.execute(_ALONE)
    incident = await session.scalar(select(Incident).where(Incident.incident_id == incident_id).with_for_update())
    if incident is None:
        raise NoSuchIncident("There is no such incident.")
    if incident.closed_at:
        raise Conflict("This incident is over already.")
    return incident


async def _spread(
    session: AsyncSession, incident: Incident, affected: Sequence[AffectedTicket], came: str, now: datetime
) -> None:
    await _remember(session, incident.incident_id, affected, came, now)
    for begin in range(0, len(affected), A_SPREAD):
        some = tuple(affected[begin : begin + A_SPREAD])
        emit(session, IncidentSpread(incident_id=incident.incident_id, tickets=some, spread_at=now))


async def _remember(
    session: AsyncSession, incident_id: UUID, affected: Iterable[AffectedTicket], came: str, now: datetime
) -> None:
    rows = [
        {"incident_id": incident_id, "ticket_id": each.ticket_id, "came": came, "added_at": now} for each in affected
    ]
    if rows:
        await session.execute(insert(IncidentTicket).on_conflict_do_nothing(), rows)


def _audited(incident: Incident, lead: Viewer, act: str, now: datetime, **after: object) -> Audit:
    return Audit(
        actor_id=lead.agent_id,
        actor_name=lead.name,
        act=act,
        cause=incident.title,
        before={},
        after=after,
        acted_at=now,
        about=f"incident/{incident.incident_id}",
    )
