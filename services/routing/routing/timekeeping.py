"""How an organisation keeps time: calendars made, changed and brought back, and what a queue does about lateness."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from common.texts import mark
from routing.alarm import CHANNEL
from routing.almanac import YEARS_AHEAD, Almanac, NotACalendar
from routing.calendars import ALWAYS
from routing.editions import forget
from routing.tables import Audit, CalendarVersion, Queue, QueueTime
from routing.timetables import OFFICE, timetable
from routing.viewer import Viewer

MOST_PERCENT = 99
TOP_UP_YEARS = 2  # holidays are written down at least so far ahead


_TO_CALENDAR = text("""
UPDATE clock SET calendar = :to WHERE stopped_at IS NULL AND queue_id = :queue AND calendar <> :always
""")


class NoSuchCalendar(NotFound):
    """There is no such calendar."""


@dataclass(frozen=True)
class Edit:
    """Who changes a calendar, of which they saw this version (0: there was none), and when."""

    viewer: Viewer
    seen: int
    now: datetime


async def calendars(session: AsyncSession) -> list[CalendarVersion]:
    """The version in force of every calendar, by id."""
    wanted = select(CalendarVersion).ext(distinct_on(CalendarVersion.calendar_id))
    newest = wanted.order_by(CalendarVersion.calendar_id, CalendarVersion.version.desc())
    return list(await session.scalars(newest))


async def history(session: AsyncSession, calendar_id: str, most: int = 20) -> list[CalendarVersion]:
    """The versions of a calendar, the newest first. Raises NoSuchCalendar."""
    wanted = select(CalendarVersion).where(CalendarVersion.calendar_id == calendar_id)
    found = list(await session.scalars(wanted.order_by(CalendarVersion.version.desc()).limit(most)))
    if not found:
        raise NoSuchCalendar("There is no such calendar.")
    return found


async def save(session: AsyncSession, edit: Edit, calendar_id: str, almanac: Almanac) -> CalendarVersion:
    """The calendar in its new version; clocks that run by it are made up anew. Raises NotACalendar, Conflict."""
    if calendar_id == ALWAYS.name:
        raise NotACalendar("The calendar that is always open cannot be changed.")
    almanac.calendar(calendar_id)
    newest = select(func.max(CalendarVersion.version)).where(CalendarVersion.calendar_id == calendar_id)
    version = await session.scalar(newest) or 0
    if version != edit.seen:
        raise Conflict("Somebody changed this calendar since you opened it; look at it again first.")
    row = CalendarVersion(
        calendar_id=calendar_id,
        version=version + 1,
        document=almanac.as_stored(),
        changed_at=edit.now,
        changed_by=edit.viewer.name,
    )
    session.add(row)
    _audit(session, edit, "save_calendar", calendar_id, before={"version": version}, after={"version": row.version})
    await session.flush()
    forget(session)
    await _recount(session, "calendar = :which", calendar_id, edit.now)
    return row


async def bring_back(session: AsyncSession, edit: Edit, calendar_id: str, version: int) -> CalendarVersion:
    """The calendar as it was in an earlier version, as a new one."""
    earlier = await session.get(CalendarVersion, (calendar_id, version))
    if earlier is None:
        raise NoSuchCalendar("There is no such calendar.")
    return await save(session, edit, calendar_id, Almanac.model_validate(earlier.document))


async def set_manners(session: AsyncSession, edit: Edit, wanted: QueueTime) -> None:
    """Let a queue keep time so from now on; its clocks are made up anew. Raises BadInput with a sentence."""
    queues = set(await session.scalars(select(Queue.queue_id)))
    for queue_id in filter(None, (wanted.queue_id, wanted.breach_moves_to)):
        if queue_id not in queues:
            raise BadInput("There is no queue %(queue)s.", queue=queue_id)
    if not 1 <= wanted.warn_percent <= MOST_PERCENT:
        raise BadInput("A warning comes after 1 to 99 per cent of the time.")
    if wanted.breach_moves_to == wanted.queue_id:
        raise BadInput("Late tickets cannot move to the queue they are in already.")
    if wanted.calendar_id != ALWAYS.name and wanted.calendar_id not in (await timetable(session)).calendars:
        raise BadInput("There is no calendar %(calendar)s.", calendar=wanted.calendar_id)
    before = (await timetable(session)).of(wanted.queue_id)
    _audit(session, edit, "set_queue_time", wanted.queue_id, before=_manners(before), after=_manners(wanted))
    await session.merge(wanted)
    await session.flush()
    forget(session)
    await session.execute(_TO_CALENDAR, {"to": wanted.calendar_id, "queue": wanted.queue_id, "always": ALWAYS.name})
    await _recount(session, "queue_id = :which", wanted.queue_id, edit.now)


async def ensure_calendars(session: AsyncSession, zone: str, now: datetime) -> None:
    """The office's calendar that every Loket begins with, and holidays some years ahead in all of them."""
    there = await calendars(session)
    if OFFICE not in {row.calendar_id for row in there}:
        office = Almanac(name=mark("Office"), zone=zone, week="mo-fr 08:00-18:00", country="NL")
        years = range(now.year, now.year + YEARS_AHEAD + 1)
        session.add(_by_itself(OFFICE, 1, office.with_holidays(years), now))
    for row in there:
        almanac = Almanac.model_validate(row.document)
        if almanac.country and almanac.last_year < now.year + TOP_UP_YEARS:
            years = range(max(almanac.last_year + 1, now.year), now.year + YEARS_AHEAD + 1)
            session.add(_by_itself(row.calendar_id, row.version + 1, almanac.with_holidays(years), now))


async def _recount(session: AsyncSession, which: str, value: str, now: datetime) -> None:
    """Every clock concerned is due at once for its account to be made up, by the timer loop."""
    marked = f"UPDATE clock SET next_stage = 'recount', next_at = :now WHERE stopped_at IS NULL AND {which}"  # noqa: S608
    await session.execute(text(marked), {"which": value, "now": now})
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def _by_itself(calendar_id: str, version: int, almanac: Almanac, now: datetime) -> CalendarVersion:
    return CalendarVersion(
        calendar_id=calendar_id, version=version, document=almanac.as_stored(), changed_at=now, changed_by="Loket"
    )


def _manners(row: QueueTime) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def _audit(session: AsyncSession, edit: Edit, act: str, subject: str, **told: dict[str, object]) -> None:
    session.add(
        Audit(
            actor_id=edit.viewer.agent_id,
            actor_name=edit.viewer.name,
            act=act,
            cause=subject,
            before=told["before"],
            after=told["after"],
            acted_at=edit.now,
        )
    )
