"""One honest word in time: when a promise will probably be broken, the customer hears a new date before it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import DelayExpected
from common.outbox import emit
from routing.calendars import Calendar, between, later
from routing.clocks import Kind
from routing.forecasts import Forecast, forecast
from routing.paces import MOST_AHEAD, Paces, answers_due, paces, places, solves
from routing.promises import sayable
from routing.tables import Delay
from routing.timetables import Timetable


@dataclass(frozen=True)
class Sight:
    """A running clock, as far as a forecast must know it."""

    clock_id: UUID
    ticket_id: UUID
    kind: Kind
    queue_id: str
    calendar: Calendar
    left: timedelta
    due_at: datetime
    promised_at: datetime
    waits: bool  # in its queue, in nobody's hands


@dataclass(frozen=True)
class Seen:
    """What is to be expected of a clock."""

    sight: Sight
    forecast: Forecast
    expected_at: datetime
    new_date: datetime  # that nine of ten keep


async def look_ahead(
    session: AsyncSession, sights: Sequence[Sight], times: Timetable, now: datetime
) -> Mapping[UUID, Seen]:
    """What is to be expected of each clock, by id."""
    if not sights:
        return {}
    known = await paces(session, {each.queue_id for each in sights}, times, now)
    ahead = await places(session, {each.queue_id for each in sights if each.waits})
    answers = await answers_due(session, {each.ticket_id for each in sights if not each.waits})
    outlooks = _Outlooks(known, now)
    return {
        each.clock_id: outlooks.of(each, ahead.get(each.ticket_id, MOST_AHEAD), answers.get(each.ticket_id))
        for each in sights
    }


async def tell(session: AsyncSession, seen: Mapping[UUID, Seen], now: datetime) -> None:
    """Tell the customers whose promise will probably be broken; never twice about one promise, never afterwards."""
    worse: dict[tuple[UUID, datetime], Seen] = {}
    for each in seen.values():
        if _is_news(each, now):
            worse.setdefault((each.sight.ticket_id, each.sight.promised_at), each)
    if not worse:
        return
    rows = [
        {
            "ticket_id": each.sight.ticket_id,
            "promised_at": each.sight.promised_at,
            "clock_id": each.sight.clock_id,
            "promised_by": each.sight.due_at,
            "expected_by": each.new_date,
            "told_at": now,
        }
        for each in worse.values()
    ]
    once = insert(Delay).values(rows).on_conflict_do_nothing().returning(Delay.ticket_id, Delay.promised_at)
    for row in await session.execute(once):
        each = worse[row.ticket_id, row.promised_at]
        emit(
            session,
            DelayExpected(
                ticket_id=each.sight.ticket_id,
                about="solution" if solves(each.sight.kind) else "answer",
                promised_by=each.sight.due_at,
                expected_by=each.new_date,
                told_at=now,
                promised_at=row.promised_at,
            ),
        )


def _is_news(each: Seen, now: datetime) -> bool:
    return each.forecast.breaks and now < each.sight.due_at < each.new_date


class _Outlooks:
    """Forecasts of a moment; the dates in them are worked out once for all clocks that share them."""

    def __init__(self, known: Paces, now: datetime) -> None:
        self._known = known
        self._now = now
        self._dates: dict[tuple[str, timedelta, timedelta], tuple[datetime, datetime]] = {}

    def of(self, sight: Sight, ahead: int, answer_due: datetime | None) -> Seen:
        held_up = between(sight.calendar, self._now, answer_due) if answer_due else timedelta()
        pace = self._known[sight.queue_id, solves(sight.kind)]
        found = forecast(pace, ahead if sight.waits else None, held_up, sight.left)
        return Seen(sight, found, *self._in_dates(sight.calendar, found))

    def _in_dates(self, calendar: Calendar, found: Forecast) -> tuple[datetime, datetime]:
        """When it is expected, and the date that can be said."""
        key = calendar.name, found.expected, found.safely
        if key not in self._dates:
            safely = sayable(calendar, self._now, later(calendar, self._now, found.safely))
            self._dates[key] = later(calendar, self._now, found.expected), safely
        return self._dates[key]
