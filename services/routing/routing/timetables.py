"""The calendars in force and which queue works by which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from common.bulk import plain
from routing.almanac import Almanac
from routing.calendars import ALWAYS, Calendar, office
from routing.editions import Kept, edition
from routing.tables import CalendarVersion, QueueTime

OFFICE = "office"
USUAL = office()
Edition = tuple[str, int, datetime]
_built: dict[Edition, Calendar] = {}  # editions never change; working out a year takes milliseconds
MOST_BUILT = 200


@dataclass(frozen=True)
class Timetable:
    """When which queue works, and what it does about promises in danger."""

    calendars: Mapping[str, Calendar] = field(default_factory=lambda: {OFFICE: USUAL})
    queues: Mapping[str, QueueTime] = field(default_factory=dict)

    def calendar(self, calendar_id: str) -> Calendar:
        """The calendar with this id; the office's when there is none."""
        return ALWAYS if calendar_id == ALWAYS.name else self.calendars.get(calendar_id) or self.calendars[OFFICE]

    def of(self, queue_id: str) -> QueueTime:
        """How a queue keeps time; as every queue does until somebody says otherwise."""
        return self.queues.get(queue_id) or plain(QueueTime)(queue_id=queue_id, calendar_id=OFFICE)

    def of_queue(self, queue_id: str) -> Calendar:
        """The calendar a queue works by."""
        return self.calendar(self.of(queue_id).calendar_id)


async def timetable(session: AsyncSession) -> Timetable:
    """The calendars in force and the queues' manners, kept as long as nobody changes them."""
    now = await edition(session)
    made_from = (now.manners, now.calendars)
    return _KEPT.get(session, made_from) or _KEPT.keep(session, made_from, await _read(session))


async def _read(session: AsyncSession) -> Timetable:
    rows = await session.execute(select(*QueueTime.__table__.c))
    queues = {row.queue_id: plain(QueueTime)(**row._mapping) for row in rows}  # noqa: SLF001 - documented
    return Timetable({OFFICE: USUAL} | await _calendars(session), queues)


_KEPT = Kept[Timetable]()


async def _calendars(session: AsyncSession) -> dict[str, Calendar]:
    newest = (
        select(CalendarVersion.calendar_id, CalendarVersion.version, CalendarVersion.changed_at)
        .ext(distinct_on(CalendarVersion.calendar_id))
        .order_by(CalendarVersion.calendar_id, CalendarVersion.version.desc())
    )
    editions: list[Edition] = [tuple(row) for row in await session.execute(newest)]  # type: ignore[misc]
    missing = [edition[:2] for edition in editions if edition not in _built]
    if missing:
        if len(_built) + len(missing) > MOST_BUILT:
            _built.clear()
        key = tuple_(CalendarVersion.calendar_id, CalendarVersion.version)
        for row in await session.scalars(select(CalendarVersion).where(key.in_(missing))):
            almanac = Almanac.model_validate(row.document)
            _built[row.calendar_id, row.version, row.changed_at] = almanac.calendar(row.calendar_id)
    return {edition[0]: _built[edition] for edition in editions if edition in _built}
