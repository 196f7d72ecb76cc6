"""Insight: promises kept and broken per queue, forecasts held against the outcome, departments that answer late."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from common.clock import now
from common.db import Reading, Transaction
from routing import alerts, attainment
from routing.rulebook import rulebook
from routing.web.browser import OwnForm, see, show
from routing.web.staff_page import Lead

router = APIRouter(prefix="/insight", include_in_schema=False)

WINDOWS = (7, 30, 90, 365)
USUAL_DAYS = 30
Days = Annotated[int, Query(ge=1, le=730)]
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for one at the start of a cell
PROMISES = (
    *("queue", "kind", "promised_share", "kept", "broken", "late_now", "attained", "attained_as_lived"),
    *("median_open_minutes", "median_lived_minutes", "gap_minutes"),
)
DEPARTMENTS = ("queue", "asked", "answered", "late", "median_minutes", "held_minutes", "breaches_caused")


@router.get("/promises")
async def show_promises(request: Request, viewer: Lead, session: Reading, days: Days = USUAL_DAYS) -> Response:
    """What became of promises, what leads should look at now, and how good the forecasts were."""
    at = now()
    since = at - timedelta(days=days)
    buckets = await attainment.calibration(session, since, at)
    context = {
        "days": days,
        "windows": WINDOWS,
        "attained": await attainment.attainment(session, since, at),
        "buckets": buckets,
        "brier": attainment.brier(buckets),
        "dates": await attainment.new_dates(session, since, at),
        "alerts": await alerts.unseen(session, viewer),
        "queue_names": {q.queue_id: q.name for q in (await rulebook(session)).queues.values()},
    }
    return show(request, viewer, "insight_promises.html", context)


@router.post("/promises/seen")
async def see_alerts(viewer: Lead, fields: OwnForm, session: Transaction) -> Response:
    """These need nobody's look any more."""
    await alerts.seen(session, viewer, _ids(fields.get("alerts", "")), now())
    return see("/insight/promises")


@router.get("/promises.csv")
async def promises_csv(viewer: Lead, session: Reading, days: Days = USUAL_DAYS) -> Response:  # noqa: ARG001
    """What became of promises, for a spreadsheet."""
    at = now()
    rows = [
        (
            *(e.queue_id, e.kind, e.share, e.kept, e.broken, e.late, round(e.attained, 4), round(e.lived_share, 4)),
            *(_minutes(e.half_open), _minutes(e.half_lived), _minutes(e.gap)),
        )
        for e in await attainment.attainment(session, at - timedelta(days=days), at)
    ]
    return _file("promises", PROMISES, rows, at)


@router.get("/departments")
async def show_departments(request: Request, viewer: Lead, session: Reading, days: Days = USUAL_DAYS) -> Response:
    """How departments answer each other, and the promises that late answers broke."""
    at = now()
    context = {
        "days": days,
        "windows": WINDOWS,
        "departments": await attainment.departments(session, at - timedelta(days=days), at),
        "queue_names": {q.queue_id: q.name for q in (await rulebook(session)).queues.values()},
    }
    return show(request, viewer, "insight_departments.html", context)


@router.get("/departments.csv")
async def departments_csv(viewer: Lead, session: Reading, days: Days = USUAL_DAYS) -> Response:  # noqa: ARG001
    """The same for a spreadsheet."""
    at = now()
    rows = [
        (e.queue_id, e.asked, e.answered, e.late, _minutes(e.half), _minutes(e.held), e.breaches)
        for e in await attainment.departments(session, at - timedelta(days=days), at)
    ]
    return _file("departments", DEPARTMENTS, rows, at)


def _file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]], at: datetime) -> Response:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    kept = {"content-disposition": f'attachment; filename="{name}-{at:%Y-%m-%d}.csv"', "cache-control": "no-store"}
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=kept)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).removeprefix("-").isdecimal()


def _minutes(span: timedelta | None) -> float | None:
    return round(span.total_seconds() / 60, 1) if span is not None else None


def _ids(text: str) -> list[UUID]:
    found = []
    for word in text.split()[:200]:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
