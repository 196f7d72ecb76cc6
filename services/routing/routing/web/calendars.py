"""Admin: calendars as people write them, with a history that can be brought back; and how each queue keeps time."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading
from common.errors import BadInput, Refusal
from common.texts import words
from routing import timekeeping
from routing.almanac import YEARS_AHEAD, ZONES, Almanac, almanac_of, days_text, read_days
from routing.calendars import ALWAYS
from routing.public_holidays import REGIONS
from routing.rulebook import rulebook
from routing.tables import CalendarVersion, QueueTime
from routing.timekeeping import Edit
from routing.timetables import timetable
from routing.viewer import Viewer
from routing.web.browser import OwnForm, language_for, see, show
from routing.web.staff_page import Lead, tried

router = APIRouter(prefix="/admin/calendars", include_in_schema=False)

NEW = "new"
Slug = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Numbered = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
PLACES = [f"{country} {region}".strip() for country, regions in REGIONS.items() for region in regions]
TICKS = ("warn_raises", "warn_tells", "breach_raises", "breach_tells")


@router.get("")
async def show_calendars(request: Request, viewer: Lead, session: Reading) -> Response:
    """The calendars, and which queue works by which."""
    return await _page(request, viewer, session, None)


@router.get("/{calendar_id}")
async def show_calendar(
    request: Request, viewer: Lead, session: Reading, calendar_id: Slug, version: Numbered = None
) -> Response:
    """One calendar in a form, as it is or as it was in an earlier version."""
    if calendar_id == NEW:
        return await _page(request, viewer, session, NEW)
    return await _page(request, viewer, session, calendar_id, {"version": version})


@router.post("/queues/{queue_id}")
async def set_manners(request: Request, viewer: Lead, session: Reading, fields: OwnForm, queue_id: Slug) -> Response:
    """How a queue keeps time from now on."""
    percent = fields.get("warn_percent", "")
    wanted = QueueTime(
        queue_id=queue_id,
        calendar_id=fields.get("calendar_id", ""),
        warn_percent=int(percent) if percent.isdecimal() and len(percent) <= len("99") else 0,
        breach_moves_to=fields.get("breach_moves_to"),
        **{tick: tick in fields for tick in TICKS},
    )
    refusal = await tried(request, lambda writing: timekeeping.set_manners(writing, Edit(viewer, 0, now()), wanted))
    if refusal:
        return await _page(request, viewer, session, None, {"refusal": refusal})
    return see("/admin/calendars?done=queue")


@router.post("/{calendar_id}")
async def save(request: Request, viewer: Lead, session: Reading, fields: OwnForm, calendar_id: Slug) -> Response:
    """The calendar in a new version, or the form again with what does not fit."""
    name = fields.get("calendar_id", "") if calendar_id == NEW else calendar_id
    edit = Edit(viewer, _number(fields.get("version")), now())
    refusal: Refusal | None
    try:
        almanac = _almanac(fields)
    except Refusal as problem:
        refusal = problem
    else:
        refusal = await tried(request, lambda writing: timekeeping.save(writing, edit, slug_of(name), almanac))
    if refusal:
        return await _page(request, viewer, session, calendar_id, {"refusal": refusal, "typed": fields})
    return see(f"/admin/calendars/{name}?done=saved")


@router.post("/{calendar_id}/restore")
async def bring_back(request: Request, viewer: Lead, session: Reading, fields: OwnForm, calendar_id: Slug) -> Response:
    """The calendar as it was in an earlier version."""
    edit, wanted = Edit(viewer, _number(fields.get("version")), now()), _number(fields.get("restores"))
    refusal = await tried(request, lambda writing: timekeeping.bring_back(writing, edit, calendar_id, wanted))
    if refusal:
        return await _page(request, viewer, session, calendar_id, {"refusal": refusal})
    return see(f"/admin/calendars/{calendar_id}?done=saved")


def _almanac(fields: Mapping[str, str]) -> Almanac:
    """The calendar in a form, with the public holidays of the coming years when they were asked for."""
    country, _, region = fields.get("place", "").partition(" ")
    almanac = almanac_of(
        {
            "name": fields.get("name", ""),
            "zone": fields.get("zone", ""),
            "week": fields.get("week", ""),
            "country": country,
            "region": region,
            "days": read_days(fields.get("days", "")),
        }
    )
    almanac.calendar("checked")
    this_year = now().year
    return almanac.with_holidays(range(this_year, this_year + YEARS_AHEAD + 1)) if "fill" in fields else almanac


async def _page(
    request: Request,
    viewer: Viewer,
    session: AsyncSession,
    calendar_id: str | None,
    told: Mapping[str, object] | None = None,
) -> Response:
    told = told or {}
    versions = await timekeeping.history(session, calendar_id) if calendar_id and calendar_id != NEW else []
    opened = _opened(versions, told.get("version"))
    refusal, typed = told.get("refusal"), told.get("typed")
    queues = list((await rulebook(session)).queues.values())
    times = await timetable(session)
    context = {
        "calendars": [(row, Almanac.model_validate(row.document)) for row in await timekeeping.calendars(session)],
        "calendar_id": calendar_id,
        "versions": versions,
        "opened": opened,
        "form": typed or _fields(opened),
        "zones": sorted(ZONES),
        "places": PLACES,
        "queues": [(queue, times.of(queue.queue_id)) for queue in queues],
        "calendar_options": [ALWAYS.name, *sorted(times.calendars)],
        "refused": _said(request, viewer, refusal) if isinstance(refusal, Refusal) else "",
        "done": request.query_params.get("done", ""),
    }
    status = refusal.status if isinstance(refusal, Refusal) else 200
    return show(request, viewer, "calendars.html", context, status_code=status)


def _opened(versions: Sequence[CalendarVersion], number: object) -> CalendarVersion | None:
    return next((row for row in versions if row.version == number), versions[0] if versions else None)


def _fields(row: CalendarVersion | None) -> Mapping[str, str]:
    """A stored calendar as the fields of its form; an ordinary office for a new one."""
    if row is None:
        return {"zone": "Europe/Amsterdam", "week": "mo-fr 08:30-12:30 13:00-17:00", "place": "NL"}
    almanac = Almanac.model_validate(row.document)
    return {
        "name": almanac.name,
        "zone": almanac.zone,
        "week": almanac.week,
        "place": f"{almanac.country} {almanac.region}".strip(),
        "days": days_text(almanac.days),
    }


def slug_of(name: str) -> str:
    """The short name itself. Raises BadInput when it is none."""
    if not name or not all(part.isalnum() and part == part.lower() and part.isascii() for part in name.split("-")):
        raise BadInput("A short name has small letters, digits and hyphens only, such as office-south.")
    return name


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < len("2147483647") else 0


def _said(request: Request, viewer: Viewer, refusal: Refusal) -> str:
    return words("routing", language_for(request, viewer)).gettext(refusal.sentence, **refusal.values)
