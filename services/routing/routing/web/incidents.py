"""Incidents for leads: what goes on, whom it concerns, what they are told; declared, and closed with a word."""

import re
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading
from common.errors import BadInput, Refusal
from common.pages import NAMES
from common.texts import words
from common.texts.labels import label
from common.vocabulary import Language, Topic
from routing import concerns, incidents
from routing.concerns import Plan
from routing.reaches import NoArea, Reach, areas_of
from routing.rulebook import rulebook
from routing.viewer import Viewer
from routing.web.browser import OwnForm, language_for, see, show
from routing.web.staff_page import Lead, tried

router = APIRouter(prefix="/admin/incidents", include_in_schema=False)

USUAL_PACE = 600  # a minute


@router.get("")
async def show_incidents(
    request: Request, viewer: Lead, session: Reading, references: Annotated[str, Query(max_length=5000)] = ""
) -> Response:
    """What goes on and went on, and a form for the next; `references` begin it with these tickets."""
    return await _page(request, viewer, session, {"fields": {"references": references}})


@router.post("/preview")
async def preview(request: Request, viewer: Lead, session: Reading, fields: OwnForm) -> Response:
    """The form again, with whom it would concern and what they would read. Nothing is told yet."""
    try:
        plan = plan_of(fields)
        incidents.check_words(plan.words)
        found = await concerns.extent(session, plan)
    except Refusal as refusal:
        return await _page(request, viewer, session, {"fields": fields, "refusal": refusal})
    return await _page(request, viewer, session, {"fields": fields, "extent": found, "plan": plan})


@router.post("")
async def declare(request: Request, viewer: Lead, session: Reading, fields: OwnForm) -> Response:
    """Tells everybody it concerns, or shows the form again with what does not fit."""
    try:
        plan = plan_of(fields)
    except Refusal as problem:
        return await _page(request, viewer, session, {"fields": fields, "refusal": problem})
    refusal = await tried(request, lambda writing: incidents.declare(writing, plan, viewer, now()))
    if refusal:
        return await _page(request, viewer, session, {"fields": fields, "refusal": refusal})
    return see("/admin/incidents?done=declared")


@router.post("/{incident_id}/tickets")
async def link(request: Request, viewer: Lead, session: Reading, fields: OwnForm, incident_id: UUID) -> Response:
    """Tells the customers of these tickets too."""
    named = _references(fields)
    refusal = await tried(request, lambda writing: incidents.link(writing, incident_id, named, viewer, now()))
    if refusal:
        return await _page(request, viewer, session, {"fields": {}, "refusal": refusal})
    return see("/admin/incidents?done=linked")


@router.post("/{incident_id}/close")
async def close(request: Request, viewer: Lead, session: Reading, fields: OwnForm, incident_id: UUID) -> Response:
    """Tells everybody it concerned that it is over."""
    said = _words(fields)
    refusal = await tried(request, lambda writing: incidents.close(writing, incident_id, said, viewer, now()))
    if refusal:
        context = {"fields": {}, "closing": (incident_id, fields), "refusal": refusal}
        return await _page(request, viewer, session, context)
    return see("/admin/incidents?done=closed")


def plan_of(fields: Mapping[str, str]) -> Plan:
    """The plan in a form. Raises BadInput."""
    pace = fields.get("per_minute", "")
    try:
        areas = areas_of(re.split(r"[,;\n]+", fields.get("areas", "")))
    except NoArea as error:
        raise BadInput("“%(area)s” is no beginning of a postcode.", area=str(error)) from error
    return Plan(
        title=fields.get("title", ""),
        reach=Reach(
            topics=[fields["topic"]] if fields.get("topic") else [],
            queue_ids=[fields["queue_id"]] if fields.get("queue_id") else [],
            areas=areas,
        ),
        references=_references(fields),
        words=_words(fields),
        per_minute=int(pace) if pace.isascii() and pace.isdecimal() and len(pace) < 9 else USUAL_PACE,  # noqa: PLR2004
    )


def _words(fields: Mapping[str, str]) -> Mapping[str, str]:
    return {language.value: fields.get(f"words_{language}", "") for language in Language}


def _references(fields: Mapping[str, str]) -> list[str]:
    return [each for each in re.split(r"[\s,;]+", fields.get("references", "")) if each]


async def _page(request: Request, viewer: Viewer, session: AsyncSession, told: Mapping[str, object]) -> Response:
    refusal = told.get("refusal")
    language = language_for(request, viewer)
    said, queues = words("routing", language), (await rulebook(session)).queues.values()
    refused = said.gettext(refusal.sentence, **refusal.values) if isinstance(refusal, Refusal) else ""
    context = {
        "found": await incidents.newest(session),
        "names": NAMES,
        "topic_names": {topic.value: label(topic, language) for topic in Topic},
        "queue_names": {queue.queue_id: said.gettext(queue.name) for queue in queues},
        "usual_pace": USUAL_PACE,
        "longest": incidents.LONGEST_WORDS,
        "extent": None,
        "closing": (None, {}),
        "refused": refused,
        "done": request.query_params.get("done", ""),
    }
    status = refusal.status if isinstance(refusal, Refusal) else 200
    return show(request, viewer, "incidents.html", {**context, **told}, status_code=status)
