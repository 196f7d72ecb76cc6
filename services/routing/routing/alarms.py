"""What leads must hear of wherever they are: alarms that stand, each told once to each of them, many in one notice."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.clock import now
from common.db import Database
from common.events import Alarm, AlarmsRaised
from common.outbox import emit
from common.texts import words
from common.vocabulary import Language, Role
from routing.rulebook import Rulebook, rulebook
from routing.tables import Agent, InternalTask, Team, Ticket, ToldAlarm, Unstaffed

LOOK_EVERY_SECONDS = 15.0
STANDS = timedelta(minutes=1)  # what mends itself sooner is no alarm
QUIET = timedelta(minutes=30)  # after a notice; what is raised meanwhile comes together in the next
REMEMBERED = timedelta(days=90)
ONE_AT_A_TIME = 815_002  # advisory lock: two that tell at once would tell somebody twice
MOST_LATE = 200


@dataclass(frozen=True)
class Raised:
    """An alarm that stands, and the queue whose lead should hear of it; without a queue it concerns every lead."""

    key: str  # equal as long as it is the same alarm
    alarm: Alarm
    queue_id: str | None = None


async def keep_telling(database: Database) -> None:
    """Tell leads of what they did not hear of yet, for ever."""
    while True:
        await tell(database, now())
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def tell(database: Database, at: datetime) -> int:
    """How many people were told of something that is new to them; nothing happens while another tells."""
    async with database.transaction() as session:
        if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}):
            return 0
        await session.execute(delete(ToldAlarm).where(ToldAlarm.told_at < at - REMEMBERED))
        rules = await rulebook(session)
        raised = await standing(session, rules, at)
        if not raised:
            return 0
        told, last = await _heard(session, raised)
        count = 0
        for agent, theirs in await _for_whom(session, rules, raised):
            new = [each for each in theirs if (each.key, agent.agent_id) not in told]
            if new and last.get(agent.agent_id, at - QUIET) <= at - QUIET:
                _tell(session, agent, new, at)
                count += 1
        return count


async def standing(session: AsyncSession, rules: Rulebook, at: datetime) -> Sequence[Raised]:
    """Every alarm that stands: work nobody may do, rules that cannot be followed, departments that answer late."""
    undone = select(Unstaffed).where(Unstaffed.since <= at - STANDS).order_by(Unstaffed.oldest_at)
    late = (
        select(InternalTask, Ticket.reference)
        .join(Ticket, Ticket.ticket_id == InternalTask.ticket_id)
        .where(InternalTask.answered_at.is_(None), InternalTask.due_at <= at - STANDS)
        .order_by(InternalTask.due_at.desc())
        .limit(MOST_LATE)
    )
    return [
        *(_undone(row) for row in await session.scalars(undone)),
        *(Raised(f"rule/{rules.version}/{rule}", Alarm(kind="rule_broken", rule=rule)) for rule in rules.broken),
        *(_late(task, reference) for task, reference in await session.execute(late)),
    ]


def _undone(row: Unstaffed) -> Raised:
    asks = sha256(row.asks.encode()).hexdigest()[:16]
    alarm = Alarm(kind="unstaffed", queue=row.queue_id, tickets=row.tickets)
    return Raised(f"unstaffed/{row.queue_id}/{asks}/{row.since.isoformat()}", alarm, row.queue_id)


def _late(task: InternalTask, reference: str) -> Raised:
    alarm = Alarm(kind="department_late", queue=task.queue_id, reference=reference, due_at=task.due_at)
    return Raised(f"late/{task.task_id}", alarm, task.queue_id)


async def _heard(
    session: AsyncSession, raised: Iterable[Raised]
) -> tuple[set[tuple[str, UUID]], Mapping[UUID, datetime]]:
    """Who was told of which of these, and when each of them was last told of anything."""
    those = select(ToldAlarm.alarm, ToldAlarm.agent_id).where(ToldAlarm.alarm.in_([each.key for each in raised]))
    last = select(ToldAlarm.agent_id, func.max(ToldAlarm.told_at)).group_by(ToldAlarm.agent_id)
    told = {(alarm, agent_id) for alarm, agent_id in await session.execute(those)}
    return told, {row[0]: row[1] for row in await session.execute(last)}


async def _for_whom(
    session: AsyncSession, rules: Rulebook, raised: Iterable[Raised]
) -> Sequence[tuple[Agent, Sequence[Raised]]]:
    """What each should hear: of a queue whoever leads its team, of everything else all leads; admins when none can."""
    able = select(Agent).where(Agent.is_active, Agent.email.is_not(None), Agent.role.in_([Role.LEAD, Role.ADMIN]))
    people = {agent.agent_id: agent for agent in await session.scalars(able.order_by(Agent.agent_id))}
    leads = [agent for agent in people.values() if agent.role is Role.LEAD] or list(people.values())
    of_team = {team.team_id: team.lead_id for team in await session.scalars(select(Team))}
    found: defaultdict[UUID, list[Raised]] = defaultdict(list)
    for each in raised:
        queue = rules.queues.get(each.queue_id or "")
        lead_id = of_team.get(queue.team_id) if queue else None
        lead = people.get(lead_id) if lead_id else None
        for agent in [lead] if lead else leads:
            found[agent.agent_id].append(each)
    return [(people[agent_id], theirs) for agent_id, theirs in found.items()]


def _tell(session: AsyncSession, agent: Agent, new: Sequence[Raised], at: datetime) -> None:
    session.add_all(ToldAlarm(alarm=each.key, agent_id=agent.agent_id, told_at=at) for each in new)
    emit(
        session,
        AlarmsRaised(
            notice_id=uuid7(),
            agent_id=agent.agent_id,
            name=agent.name,
            email=agent.email or "",
            language=agent.language,
            alarms=tuple(_in_words(each.alarm, agent.language) for each in new),
            raised_at=at,
        ),
    )


def _in_words(alarm: Alarm, language: Language) -> Alarm:
    """The alarm with its queue as the reader calls it."""
    if alarm.queue is None:
        return alarm
    named = words("routing", language).gettext(alarm.queue.replace("-", " ").capitalize())
    return alarm.model_copy(update={"queue": named})
