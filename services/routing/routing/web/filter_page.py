"""What leads learn of the front office: what it settled, what it sent on, and how often either was wrong."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading
from common.texts import Words, words
from common.texts.labels import label
from common.vocabulary import Topic
from routing import filtering
from routing.api.filtering import as_sheet
from routing.filtering import Cell, Dimension, Period, Share
from routing.glass import opened_since
from routing.rulebook import rulebook
from routing.web.browser import language_for, show
from routing.web.policy import Lead

router = APIRouter(prefix="/insight", include_in_schema=False)

DAYS = (7, 30, 90, 365)
Days = Annotated[int, Query(ge=1, le=400)]


@router.get("/filter")
async def show_filter(request: Request, viewer: Lead, session: Reading, days: Days = 30) -> Response:
    """How the front office did as a filter."""
    rules = await rulebook(session)
    period = _last(days)
    cells = await filtering.outcomes(session, period, rules.times.of_queue)
    said = words("routing", language_for(request, viewer))
    context = {
        "days": days,
        "day_options": DAYS,
        "whole": filtering.total(cells),
        "tables": [(by, await _named(session, filtering.added_up(cells, by), by, said)) for by in Dimension],
        "opened": await opened_since(session, period.since),
        "partner_queues": [queue for queue in rules.queues.values() if queue.partner],
        "since": period.since.isoformat(timespec="seconds"),
    }
    return show(request, viewer, "filter.html", context)


@router.get("/filter.csv")
async def download_filter(viewer: Lead, session: Reading, days: Days = 30) -> Response:  # noqa: ARG001 - only leads
    """The same by topic, team and partner, for a spreadsheet."""
    rules = await rulebook(session)
    return as_sheet("filter", Cell, await filtering.outcomes(session, _last(days), rules.times.of_queue))


async def _named(session: AsyncSession, shares: list[Share], by: Dimension, said: Words) -> list[tuple[str, Share]]:
    """Each share with what people call it."""
    if by is Dimension.TOPIC:
        return [(label(Topic(s.name), said.language) if s.name else said.gettext("No topic"), s) for s in shares]
    if by is Dimension.PARTNER:
        return [(s.name or said.gettext("Our own people"), s) for s in shares]
    teams = await filtering.team_names(session)
    return [(said.gettext(teams.get(s.name, s.name)), s) for s in shares]


def _last(days: int) -> Period:
    until = now()
    return Period(until - timedelta(days=days), until)
