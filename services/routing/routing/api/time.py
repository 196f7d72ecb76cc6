"""Time as the API tells it: a ticket's life explained, promises kept and broken, departments that answer, calendars."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from common.clock import now
from common.db import Reading, Transaction
from routing import attainment, queries, timekeeping
from routing.almanac import Almanac, almanac_of
from routing.api.documented import refuses
from routing.conversation import clocks_of
from routing.identity import ActingLead, LeadsOnly, Reader
from routing.lifetimes import lifetime

router = APIRouter(tags=["time"])
Days = Annotated[int, Query(ge=1, le=730)]
Slug = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class PartShown(BaseModel):
    """How long one holder had the ticket: as the customer lived it, and in open time."""

    holder: str
    queue: str
    elapsed_seconds: float
    open_seconds: float


class RunShown(BaseModel):
    """One clock: what ran of what was promised in open time, what stood still, and all of it for the customer."""

    kind: str
    state: str
    due_at: datetime
    allowed_seconds: float
    ran_seconds: float
    paused_seconds: float
    elapsed_seconds: float


class LifetimeShown(BaseModel):
    """A ticket's time; the parts add up to the whole."""

    since: datetime
    until: datetime
    parts: list[PartShown]
    clocks: list[RunShown]


class AttainedShown(BaseModel):
    """One kind of promise in one queue."""

    queue: str
    kind: str
    promised_share: float
    kept: int
    broken: int
    late: int
    attained: float
    is_attained: bool
    attained_as_lived: float
    median_open_seconds: float | None
    median_lived_seconds: float | None
    gap_seconds: float | None


class CalibratedShown(BaseModel):
    """Forecasts that said about the same."""

    forecasts: int
    said: float
    broken: float


class PromisesShown(BaseModel):
    """What became of promises over a window, and of forecasts and new dates."""

    attainment: list[AttainedShown]
    calibration: list[CalibratedShown]
    brier: float | None
    new_dates: dict[str, int]


class DepartmentShown(BaseModel):
    """How one department answers the others."""

    queue: str
    asked: int
    answered: int
    late: int
    median_seconds: float | None
    held_seconds: float
    breaches_caused: int


class CalendarSent(BaseModel):
    """A calendar and the version that was seen; 0 when there was none."""

    seen: int
    calendar: dict[str, Any]


class CalendarShown(BaseModel):
    """A calendar in force."""

    id: str
    version: int
    calendar: Almanac


@router.get("/api/work/{ticket_id}/time", responses=refuses(404))
async def show_time(ticket_id: UUID, viewer: Reader, session: Reading) -> LifetimeShown:
    """Who held the ticket how long, and what its clocks made of it."""
    ticket = await queries.ticket_for(session, ticket_id, viewer)
    told = await lifetime(session, ticket, await clocks_of(session, ticket_id), now())
    parts = [
        PartShown(
            holder=part.holder.kind,
            queue=part.holder.queue_id,
            elapsed_seconds=part.elapsed.total_seconds(),
            open_seconds=part.opened.total_seconds(),
        )
        for part in told.parts
    ]
    runs = [
        RunShown(
            kind=run.kind,
            state=run.state,
            due_at=run.due_at,
            allowed_seconds=run.allowed.total_seconds(),
            ran_seconds=run.ran.total_seconds(),
            paused_seconds=run.paused.total_seconds(),
            elapsed_seconds=run.elapsed.total_seconds(),
        )
        for run in told.runs
    ]
    return LifetimeShown(since=told.since, until=told.until, parts=parts, clocks=runs)


@router.get("/api/insight/promises", responses=refuses(), dependencies=[LeadsOnly])
async def show_promises(session: Reading, days: Days = 30) -> PromisesShown:
    """What became of promises per queue, and how good the forecasts were."""
    at = now()
    since = at - timedelta(days=days)
    buckets = await attainment.calibration(session, since, at)
    return PromisesShown(
        attainment=[_attained(each) for each in await attainment.attainment(session, since, at)],
        calibration=[CalibratedShown(forecasts=b.forecasts, said=b.said, broken=b.broken) for b in buckets],
        brier=attainment.brier(buckets),
        new_dates=vars(await attainment.new_dates(session, since, at)),
    )


@router.get("/api/insight/departments", responses=refuses(), dependencies=[LeadsOnly])
async def show_departments(session: Reading, days: Days = 30) -> list[DepartmentShown]:
    """How departments answer each other, and the promises that late answers broke."""
    at = now()
    return [
        DepartmentShown(
            queue=each.queue_id,
            asked=each.asked,
            answered=each.answered,
            late=each.late,
            median_seconds=_seconds(each.half),
            held_seconds=_seconds(each.held) or 0.0,
            breaches_caused=each.breaches,
        )
        for each in await attainment.departments(session, at - timedelta(days=days), at)
    ]


@router.get("/api/calendars", responses=refuses(), dependencies=[LeadsOnly])
async def list_calendars(session: Reading) -> list[CalendarShown]:
    """The calendars in force."""
    return [
        CalendarShown(id=row.calendar_id, version=row.version, calendar=Almanac.model_validate(row.document))
        for row in await timekeeping.calendars(session)
    ]


@router.put("/api/calendars/{calendar_id}", responses=refuses(404, 409))
async def put_calendar(
    calendar_id: Annotated[str, Path(pattern=Slug, max_length=60)],
    sent: CalendarSent,
    viewer: ActingLead,
    session: Transaction,
) -> CalendarShown:
    """The calendar in a new version; clocks that run by it are made up anew."""
    edit = timekeeping.Edit(viewer, sent.seen, now())
    row = await timekeeping.save(session, edit, calendar_id, almanac_of(sent.calendar))
    return CalendarShown(id=calendar_id, version=row.version, calendar=Almanac.model_validate(row.document))


def _attained(each: attainment.Attained) -> AttainedShown:
    return AttainedShown(
        queue=each.queue_id,
        kind=each.kind,
        promised_share=each.share,
        kept=each.kept,
        broken=each.broken,
        late=each.late,
        attained=each.attained,
        is_attained=each.is_attained,
        attained_as_lived=each.lived_share,
        median_open_seconds=_seconds(each.half_open),
        median_lived_seconds=_seconds(each.half_lived),
        gap_seconds=_seconds(each.gap),
    )


def _seconds(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None
