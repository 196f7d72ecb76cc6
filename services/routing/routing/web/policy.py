"""The policy page: the document as text, what is wrong with it, what it would change, and every version before."""

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database, Reading
from common.errors import BadInput, NotFound, Refusal
from common.texts import words
from routing import publishing
from routing.identity import leading
from routing.policy import Read, compiled
from routing.publishing import Author, NotAPolicy, Wording
from routing.rehearsal import Rehearsal, past_decisions, rehearse
from routing.revising import rehearse_open
from routing.rulebook import rulebook
from routing.tables import PublishedPolicy
from routing.viewer import Viewer
from routing.web.browser import OwnForm, Visitor, language_for, see, show

router = APIRouter(prefix="/admin/policy", include_in_schema=False)

DAYS = (1, 7, 14, 30, 90)
USUAL_DAYS = 14
LONGEST_EXCERPT = 120
Numbered = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@dataclass(frozen=True)
class Complaint:
    """Something that is wrong, in the viewer's language, beside the line it is about."""

    line: int | None
    excerpt: str
    said: str
    is_warning: bool


@dataclass(frozen=True)
class Edited:
    """The text in the editor and what is known about it."""

    text: str
    seen_version: int
    days: int = USUAL_DAYS
    previewed: str = ""  # the mark of the text that was last shown with what it would change


def _lead(viewer: Visitor) -> Viewer:
    return leading(viewer)


Lead = Annotated[Viewer, Depends(_lead)]


@router.get("")
async def show_policy(request: Request, viewer: Lead, session: Reading, version: Numbered = None) -> Response:
    """The policy in force in the editor, or an earlier version of it."""
    newest = await publishing.in_force(session)
    shown = newest if version is None else await session.get(PublishedPolicy, version)
    if shown is None:
        raise NotFound("There is no version %(version)s of the policy.", version=version or 0)
    edited = Edited(publishing.text_of(shown), newest.version)
    return await _page(request, viewer, session, edited, {"opened": shown.version})


@router.post("")
async def submit(request: Request, viewer: Lead, fields: OwnForm) -> Response:
    """The text checked, tried on past tickets, or published; what was typed is always kept."""
    edited = _edited(fields)
    if fields.get("act") == "publish" and edited.previewed == mark_of(edited):
        return await _publish(request, viewer, edited)
    database: Database = request.app.state.database
    async with database.reading() as session:
        read = await publishing.examine(session, edited.text)
        told = await _result(request, viewer, session, edited, read)
        is_changed = fields.get("act") == "publish"
        status = 422 if read.errors else 409 if is_changed else 200
        return await _page(request, viewer, session, edited, {**told, "is_changed": is_changed}, status)


@router.post("/restore")
async def restore(request: Request, viewer: Lead, fields: OwnForm) -> Response:
    """An earlier version in force again, or the one before when none is named."""
    seen, wanted = _number(fields.get("version")), fields.get("restores")
    database: Database = request.app.state.database
    try:
        async with database.transaction() as session:
            if wanted:
                await publishing.restore(session, _number(wanted), seen, _author(viewer), now())
            else:
                await publishing.step_back(session, seen, _author(viewer), now())
    except Refusal as refusal:
        async with database.reading() as session:
            newest = await publishing.in_force(session)
            edited = Edited(publishing.text_of(newest), newest.version)
            told = _refused(request, viewer, edited, refusal)
            return await _page(request, viewer, session, edited, told, refusal.status)
    return see("/admin/policy?done=restored")


def mark_of(edited: Edited) -> str:
    """What tells this text apart from any other, for this version."""
    return sha256(f"{edited.seen_version}\n{edited.text}".encode()).hexdigest()[:32]


async def _publish(request: Request, viewer: Viewer, edited: Edited) -> Response:
    database: Database = request.app.state.database
    wording = Wording(edited.text, edited.seen_version)
    try:
        async with database.transaction() as session:
            await publishing.publish(session, wording, _author(viewer), now())
    except Refusal as refusal:
        async with database.reading() as session:
            told = _refused(request, viewer, edited, refusal)
            return await _page(request, viewer, session, edited, told, refusal.status)
    return see("/admin/policy?done=published")


async def _result(
    request: Request, viewer: Viewer, session: AsyncSession, edited: Edited, read: Read
) -> Mapping[str, object]:
    """What is wrong with the text; when nothing is, what it would have changed."""
    complaints = _complaints(request, viewer, read)
    if read.policy is None or read.errors:
        return {"complaints": complaints}
    rules = await rulebook(session)
    past, has_more = await past_decisions(session, now() - timedelta(days=edited.days))
    policy = compiled(read.policy)
    found: Rehearsal = await to_thread(rehearse, rules.policy, policy, rules.queues, past)
    opened = await rehearse_open(session, rules, policy, now())
    told = {"rehearsal": found, "has_more": has_more, "open_tickets": opened}
    return {"complaints": complaints, "previewed": mark_of(edited), **told}


def _complaints(request: Request, viewer: Viewer, read: Read) -> list[Complaint]:
    said, lines = words("routing", language_for(request, viewer)), read.source.split("\n")
    return [
        Complaint(
            each.line,
            lines[each.line - 1].strip()[:LONGEST_EXCERPT] if each.line else "",
            each.said(said),
            each.is_warning,
        )
        for each in read.findings
    ]


def _refused(request: Request, viewer: Viewer, edited: Edited, refusal: Refusal) -> Mapping[str, object]:
    if isinstance(refusal, NotAPolicy):
        return {"complaints": _complaints(request, viewer, Read(edited.text, None, tuple(refusal.findings)))}
    said = words("routing", language_for(request, viewer))
    return {"refused": said.gettext(refusal.sentence, **refusal.values)}


async def _page(  # noqa: PLR0913, PLR0917 - what every answer of this page needs
    request: Request,
    viewer: Viewer,
    session: AsyncSession,
    edited: Edited,
    told: Mapping[str, object],
    status_code: int = 200,
) -> Response:
    versions = await publishing.history(session)
    rules = await rulebook(session)
    around = {
        "edited": edited,
        "versions": versions,
        "newest": versions[0],
        "broken": rules.broken,
        "day_options": DAYS,
        "queue_names": {queue.queue_id: queue.name for queue in rules.queues.values()},
        "done": request.query_params.get("done", ""),
    }
    absent = {"opened": versions[0].version, "complaints": (), "rehearsal": None, "has_more": False, "previewed": ""}
    quiet = {"refused": "", "is_changed": False}
    return show(request, viewer, "policy.html", {**absent, **quiet, **around, **told}, status_code=status_code)


def _edited(fields: Mapping[str, str]) -> Edited:
    days = _number(fields.get("days", str(USUAL_DAYS)))
    return Edited(
        text=fields.get("text", ""),
        seen_version=_number(fields.get("version")),
        days=days if days in DAYS else USUAL_DAYS,
        previewed=fields.get("previewed", ""),
    )


def _number(text: str | None) -> int:
    """A number of a hidden field. Raises BadInput when somebody changed it into something else."""
    if not (text and text.isascii() and text.isdecimal() and int(text[:12]) < 2**31):
        raise BadInput("Something in the form is not right; look at it again.")
    return int(text)


def _author(viewer: Viewer) -> Author:
    return Author(viewer.name, viewer.agent_id)
