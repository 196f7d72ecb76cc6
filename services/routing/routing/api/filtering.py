"""The front office as a measured filter, and what a queue handled, over the API: as JSON or as CSV."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime

from common.clock import now
from common.db import Reading
from common.errors import BadInput
from common.vocabulary import HandlingClass, Topic
from routing.api.documented import refuses
from routing.api.shapes import Shape
from routing.filtering import Cell, Period, outcomes
from routing.handled import HandledLine, handled_in
from routing.identity import LeadsOnly, Reader
from routing.rulebook import rulebook
from routing.sheets import sheet

router = APIRouter(tags=["insight"])

USUAL = timedelta(days=30)
LONGEST = timedelta(days=400)
CSV = "text/csv; charset=utf-8"
QueuePath = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Moment = Annotated[AwareDatetime | None, Query()]


class Format(StrEnum):
    """How a table is sent."""

    JSON = "json"
    CSV = "csv"


class CellShown(Shape):
    """What the front office settled and sent on, of one topic in one team, and how often that was wrong."""

    topic: Topic | None
    team: str
    partner: str | None
    kept: int
    wrongly_kept: int
    escalated: int
    wrongly_escalated: int


class HandledShown(Shape):
    """A ticket in somebody's hands, from taking it to how it ended."""

    assignment_id: UUID
    reference: str
    queue_id: str
    partner: str | None
    agent: str
    handling_class: HandlingClass | None
    topic: Topic | None
    began_at: datetime
    ended_at: datetime
    minutes: float
    outcome: str
    replies: int
    is_in_time: bool | None


@router.get("/api/insight/filter", responses=refuses(), response_model=list[CellShown], dependencies=[LeadsOnly])
async def show_filter(
    session: Reading,
    since: Moment = None,
    until: Moment = None,
    form: Annotated[Format, Query(alias="format")] = Format.JSON,
) -> Any:  # noqa: ANN401 - a list, or its file
    """How often the front office was wrong, by topic, team and partner; of the last thirty days when not said."""
    rules = await rulebook(session)
    cells = await outcomes(session, period(since, until), rules.times.of_queue)
    return as_sheet("filter", Cell, cells) if form is Format.CSV else cells


@router.get("/api/queues/{queue_id}/handled", responses=refuses(404), response_model=list[HandledShown])
async def show_handled(  # noqa: PLR0913, PLR0917 - each is a part of the address
    queue_id: QueuePath,
    viewer: Reader,
    session: Reading,
    since: Moment = None,
    until: Moment = None,
    form: Annotated[Format, Query(alias="format")] = Format.JSON,
) -> Any:  # noqa: ANN401 - a list, or its file
    """What a queue handled, to be billed or paid; for leads, and for partners in their own queues."""
    lines = await handled_in(session, queue_id, viewer, period(since, until))
    return as_sheet(f"handled-{queue_id}", HandledLine, lines) if form is Format.CSV else lines


def period(since: datetime | None, until: datetime | None) -> Period:
    """The stretch of time meant: thirty days to now when nothing is said. Raises BadInput."""
    end = until or now()
    begin = since or end - USUAL
    if not timedelta() < end - begin <= LONGEST:
        raise BadInput("A period begins before it ends, and lasts 400 days at most.")
    return Period(begin, end)


def as_sheet(name: str, kind: type[Any], rows: Iterable[Any]) -> Response:
    """These rows as a file to keep."""
    heading: Sequence[str] = [field.name for field in fields(kind)]
    kept = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    return Response(sheet(heading, (astuple(row) for row in rows)), media_type=CSV, headers=kept)
