"""The policy in force and the queues it names: made ready once a version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import Gauge
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import plain
from common.log import logger
from common.vocabulary import Tier
from routing.calendars import Calendar, office
from routing.editions import Edition, Kept, edition
from routing.policy import Compiled, readable
from routing.tables import PublishedPolicy, Queue
from routing.timetables import Timetable, timetable

log = logger(__name__)

OFFICE = office()
BROKEN_RULES = Gauge("loket_policy_broken_rules", "Rules of the policy in force that cannot be followed as things are")
MOST_KEPT = 8


@dataclass(frozen=True)
class Rulebook:
    """Everything a decision needs beside the ticket."""

    version: int
    policy: Compiled
    queues: Mapping[str, Queue]
    office: Calendar
    broken: tuple[str, ...] = field(default=())  # rules that cannot be followed as things are
    times: Timetable = field(default_factory=Timetable)  # when which queue works

    def first_of(self, tier: Tier, *, but: str = "") -> Queue | None:
        """The first own queue of a tier: where work for that tier goes when no rule says more."""
        return next((q for q in self.queues.values() if q.tier is tier and not q.partner and q.queue_id != but), None)


async def rulebook(session: AsyncSession) -> Rulebook:
    """The policy in force and the queues, kept as long as nobody changes them."""
    now = await edition(session)
    return _KEPT.get(session, now) or _KEPT.keep(session, now, await _read(session, now))


async def _read(session: AsyncSession, now: Edition) -> Rulebook:
    rows = await session.execute(select(*Queue.__table__.c).order_by(Queue.position))
    queues = {row.queue_id: plain(Queue)(**row._mapping) for row in rows}  # noqa: SLF001 - documented
    policy = await _ready(session, now.policy_version, now.published_at)
    broken = policy.broken(queues)
    BROKEN_RULES.set(len(broken))
    times = await timetable(session)
    return Rulebook(now.policy_version, policy, queues, times.calendar("office"), broken, times)


_KEPT = Kept[Rulebook]()


async def _ready(session: AsyncSession, version: int, published_at: datetime) -> Compiled:
    """The policy of this version, from memory when it was in force before in this process."""
    known = _READY.get((version, published_at))
    if known is None:
        stored = (await session.scalars(select(PublishedPolicy).where(PublishedPolicy.version == version))).one()
        known = readable(stored.document)
        for rule in known.unreadable:
            log.error("policy rule cannot be read", rule=rule, policy_version=version)
        while len(_READY) >= MOST_KEPT:
            del _READY[next(iter(_READY))]
        _READY[version, published_at] = known
    return known


_READY: dict[tuple[int, datetime], Compiled] = {}  # with the moment: a version number alone differs per database
