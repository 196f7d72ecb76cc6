"""Named reads of a stretch of history for the simulation: facts and figures of tickets and staff, nobody's words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import HandlingClass, Tier
from routing.accounts import accounts
from routing.acting import LEASE
from routing.choosing import TARIFF
from routing.efforts import efforts_of
from routing.person import Person
from routing.policy import Facts
from routing.rulebook import rulebook
from routing.simulation.days import SimulatedQueue
from routing.simulation.replayed import Away, Lived, PastTicket, Roster, Stretch, people_of
from routing.tables import Absence, Effort, Team

AREA = 4  # characters of a postcode that say which region
CLASSES = tuple(HandlingClass)

# What came in, and what was in our hands when the stretch began: nobody starts a Monday with an empty desk.
_CAME_IN = text("""
SELECT coalesce(split.linked_at, t.submitted_at) AS at, d.inputs, t.handling_class, t.state,
    t.judgement -> 'probabilities' AS probabilities, hands.minutes, hands.tier, hands.euro, first.state AS answered
FROM ticket t
JOIN LATERAL (SELECT inputs FROM decision WHERE ticket_id = t.ticket_id AND cause = 'accepted'
              AND thinned_at IS NULL ORDER BY decided_at LIMIT 1) d ON true
LEFT JOIN link split ON split.ticket_id = t.ticket_id AND split.kind = 'split'
LEFT JOIN LATERAL (SELECT state FROM clock WHERE ticket_id = t.ticket_id AND kind = 'first_response'
                   AND state IN ('met', 'missed') ORDER BY stopped_at LIMIT 1) first ON true
LEFT JOIN LATERAL (
    SELECT sum(each.minutes) AS minutes, sum(each.minutes * each.cost_per_minute) AS euro,
        (array_agg(each.tier ORDER BY each.ended_at DESC))[1] AS tier
    FROM (
        SELECT extract(epoch FROM least(s.ended_at - s.began_at, cast(:lease AS interval))) / 60 AS minutes,
            s.ended_at, a.cost_per_minute, coalesce(team.tier, 'back_office') AS tier
        FROM stretch s JOIN agent a USING (agent_id) LEFT JOIN team USING (team_id)
        WHERE s.ticket_id = t.ticket_id AND s.holder_kind = 'agent'
    ) each) hands ON true
WHERE t.submitted_at < :until AND (
    t.submitted_at >= :since
    OR t.state IN ('needs_triage', 'queued', 'reopened', 'assigned', 'in_progress')
        AND coalesce(t.held_since, t.submitted_at) <= :since
    OR EXISTS (SELECT FROM stretch s WHERE s.ticket_id = t.ticket_id AND s.began_at <= :since AND s.ended_at > :since
               AND s.holder_kind IN ('queue', 'agent')))
""")
_TRIED = text("""
SELECT count(*) AS tried, count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM audit a WHERE a.ticket_id = t.ticket_id AND a.act = 'escalate')) AS solved
FROM ticket t
WHERE t.submitted_at >= :since AND t.submitted_at < :until AND t.handling_class = 'specialist'
  AND t.state IN ('resolved', 'closed') AND EXISTS (
    SELECT FROM stretch s JOIN queue q ON q.queue_id = s.own_queue_id
    WHERE s.ticket_id = t.ticket_id AND s.holder_kind = 'agent' AND q.tier = 'front_office')
""")


@dataclass(frozen=True)
class Period:
    """Whole days of the office's zone, both included."""

    first: date
    last: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        begin, end = self.first, self.last + timedelta(days=1)
        return datetime.combine(begin, time(), zone).astimezone(UTC), datetime.combine(end, time(), zone).astimezone(
            UTC
        )


async def stretch_of(session: AsyncSession, period: Period, staff: Sequence[Person] | None = None) -> Stretch:
    """What came in during the period, and who works now or would with this staff."""
    rules = await rulebook(session)
    since, until = period.moments(rules.office.zone)
    values = {"since": since, "until": until, "lease": LEASE}
    rows = [row for row in await session.execute(_CAME_IN, values) if row.state != "void" or row.minutes]
    tried = (await session.execute(_TRIED, {"since": since, "until": until})).one()
    database, seen = (await session.execute(select(func.current_database(), func.sum(Effort.tickets)))).one()
    return Stretch(
        tickets=[_ticket(row) for row in rows],
        people=people_of(await _roster(session, staff), period.first, period.last),
        queues={q.queue_id: SimulatedQueue(q.queue_id, q.tier, q.partner) for q in rules.queues.values()},
        office=rules.office,
        calendars={queue_id: rules.times.of_queue(queue_id) for queue_id in rules.queues},
        efforts=await efforts_of(session, database, seen),
        tried=tried.tried,
        solved=tried.solved,
        lived=_lived(rows),
        switching_minutes=TARIFF.switching_minutes,
    )


def _ticket(row: Row[Any]) -> PastTicket:
    document = dict(row.inputs)
    document["postcode"] = (document.get("postcode") or "")[:AREA] or None
    is_done = row.state in {"resolved", "closed", "void"}
    return PastTicket(
        at=row.at,
        facts=Facts.of(document),
        truly=_truly(row),
        minutes=float(row.minutes) if row.minutes and is_done else None,
        tier=Tier(row.tier) if row.tier else None,
    )


def _truly(row: Row[Any]) -> HandlingClass:
    """As people judged it; what nobody judged is what the classifier thought likeliest."""
    if row.handling_class:
        return HandlingClass(row.handling_class)
    likely: Mapping[str, float] = row.probabilities or {}
    return max(CLASSES, key=lambda kind: likely.get(kind.value, 0.0))


def _lived(rows: Sequence[Row[Any]]) -> Lived:
    answered = [row.answered == "met" for row in rows if row.answered]
    done = [row for row in rows if row.state in {"resolved", "closed"}]
    euro = sum(float(row.euro or 0) for row in done)
    return Lived(
        attainment=round(sum(answered) / len(answered), 4) if answered else None,
        cost_per_ticket=round(euro / len(done), 4) if done else None,
        done=len(done),
    )


async def _roster(session: AsyncSession, staff: Sequence[Person] | None) -> Roster:
    tiers = {team.team_id: team.tier for team in await session.scalars(select(Team))}
    there = {account.person.username: account for account in await accounts(session)}
    if staff is not None:
        ids = {person.username: UUID(int=number + 1) for number, person in enumerate(staff)}
        ids |= {name: there[name].agent_id for name in ids if name in there}
        people = {ids[person.username]: person for person in staff}
    else:
        people = {account.agent_id: account.person for account in there.values()}
    away: defaultdict[UUID, list[Away]] = defaultdict(list)
    for absence in await session.scalars(select(Absence).where(Absence.agent_id.in_(people))):
        away[absence.agent_id].append(Away(absence.begins_at, absence.ends_at))
    return Roster(people, tiers, away)
