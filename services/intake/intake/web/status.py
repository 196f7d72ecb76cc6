"""The status page behind a signed link: how it stands, what was said, a place to say more."""

from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import sha256
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from common.clock import now
from common.db import Database, Reading
from common.errors import BadInput, TooLarge
from common.pages import LANGUAGE_COOKIE, language_of
from common.texts import mark, words
from common.vocabulary import Channel, Language, Topic
from common.wording import clean_text
from intake import messages, queries, visitors
from intake.context import Using
from intake.drafts import SAID_FILE_BYTES, Repeatable, Said, StoredFile
from intake.messages import Opinion
from intake.posted import read_upload
from intake.queries import Story
from intake.repeats import OtherContent
from intake.tables import Attachment
from intake.turns import TooOften, later, take_turn
from intake.visitors import Visitor
from intake.web import guard
from intake.web.guard import Visit, Visiting
from intake.web.timeline import headline, timeline
from intake.web.typed import Sentence, body_problem

router = APIRouter(prefix="/t/{reference}", include_in_schema=False)

CHANGED = mark("You have sent us this already. Send it once more if you want to tell us this as well.")
CHOOSE = mark("Choose one of the five.")
LOOKS = 9  # times the page looks for the promise by itself
NOTHING_TYPED: Mapping[str, object] = {"body": "", "comment": "", "errors": {}}
SOLVED = {"yes": True, "no": False}
SCORES = {"1", "2", "3", "4", "5"}
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


@router.get("")
async def show(request: Request, reference: str, parts: Using, session: Reading, key: str | None = None) -> Response:
    """The page; with a key in the address, a cookie and the address without it."""
    if key is None:
        visit = await guard.recognise(request, parts, reference)
        return _page(visit, await queries.story(session, visit.visitor), "status.html", NOTHING_TYPED)
    visitor = visitors.admit(parts.seal, reference, key)
    response = RedirectResponse(f"/t/{visitor.reference}", 303, headers=PRIVATE)
    guard.remember(response, parts, visitor)
    return response


@router.get("/received")
async def received(visit: Visiting, session: Reading, look: int = 0) -> Response:
    """What we make of what was just sent; looks again by itself until the promise is known."""
    story = await queries.story(session, visit.visitor)
    return _page(visit, story, "received.html", {"look": max(0, min(look, LOOKS))})


@router.post("/messages")
async def add(visit: Visiting) -> Response:
    """Puts more words on the ticket and shows them, or the page again with what is not right."""
    async with read_upload(visit.request) as upload:
        visit.check_form(upload.fields.get("csrf_token", ""))
        body = clean_text(upload.fields.get("body", ""))
        if problem := body_problem(body):
            return await _again(visit, {"body": problem}, 422, body=body)
        try:
            take_turn(visit.request, visit.parts)
            files = await visit.parts.store.keep(upload.files)
            said = Said(body, Channel.WEB, files, _repeatable(upload.fields.get("form_id", ""), body, files))
            added = await _add(visit, said)
        except OtherContent:
            return await _again(visit, {"body": (CHANGED, {})}, 409, body=body)
        except (BadInput, TooLarge) as refused:
            problem = refused.sentence, dict(refused.values)
            return await _again(visit, {"attachments": problem}, refused.status, body=body)
        except TooOften as refused:
            problem = refused.sentence, dict(refused.values)
            return later(await _again(visit, {"body": problem}, refused.status, body=body), refused)
    return _back(visit, f"said-{added.message_id}")


async def _add(visit: Visit, said: Said) -> messages.Added:
    database: Database = visit.request.app.state.database
    async with database.transaction() as session:
        return await messages.add(session, visit.visitor, said, now())


@router.post("/feedback")
async def give_feedback(visit: Visiting) -> Response:
    """Keeps what the customer thought of it, or shows the page again with what is not right."""
    async with read_upload(visit.request) as upload:
        fields = upload.fields
    visit.check_form(fields.get("csrf_token", ""))
    comment = clean_text(fields.get("comment", ""))
    problems: dict[str, Sentence] = {} if fields.get("score") in SCORES else {"score": (CHOOSE, {})}
    if comment and (problem := body_problem(comment)):
        problems["comment"] = problem
    if problems:
        return await _again(visit, problems, 422, comment=comment)
    opinion = Opinion(int(fields["score"]), comment or None, SOLVED.get(fields.get("is_solved", "")))
    database: Database = visit.request.app.state.database
    async with database.transaction() as session:
        await messages.give_feedback(session, visit.visitor, opinion, now())
    return _back(visit, "feedback")


def _back(visit: Visit, place: str) -> Response:
    return RedirectResponse(f"/t/{visit.visitor.reference}#{place}", 303, headers=PRIVATE)


def _repeatable(form_id: str, body: str, files: tuple[StoredFile, ...]) -> Repeatable | None:
    content = sha256("\0".join([body, *(f"{file.name}\0{file.sha256}" for file in files)]).encode())
    return Repeatable("message", form_id[:64], content.digest()) if form_id else None


async def _again(visit: Visit, problems: Mapping[str, Sentence], status_code: int, **typed: str) -> Response:
    """The page with what was typed and what is not right about it."""
    database: Database = visit.request.app.state.database
    async with database.reading() as session:
        story = await queries.story(session, visit.visitor)
    _ = words("intake", _language(visit.request, story)).gettext
    errors = {name: _(message, **values) for name, (message, values) in problems.items()}
    return _page(visit, story, "status.html", {**NOTHING_TYPED, **typed, "errors": errors}, status_code)


def _page(visit: Visit, story: Story, name: str, more: Mapping[str, object], status_code: int = 200) -> Response:
    language = _language(visit.request, story)
    context = {
        "story": story,
        "standing": story.standing,
        "headline": headline(story, language),
        "timeline": timeline(story, language),
        "topic": Topic(story.ticket.topic) if story.ticket.topic else None,
        "links": partial(_links, visit.visitor),
        "csrf_token": visit.form_token,
        "form_id": uuid4().hex,
        "limit_bytes": SAID_FILE_BYTES,
        **more,
    }
    pages = visit.parts.pages
    return pages.render(visit.request, name, context, language=language, status_code=status_code, headers=PRIVATE)


def _links(visitor: Visitor, files: Iterable[Attachment]) -> list[dict[str, object]]:
    """The files as the page lists them."""
    folder = f"/t/{visitor.reference}/files"
    return [
        {"name": file.name, "size_bytes": file.size_bytes, "href": f"{folder}/{file.attachment_id}"} for file in files
    ]


def _language(request: Request, story: Story) -> Language:
    """The language asked for, else the one the customer writes in."""
    has_asked = {request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)} & set(Language)
    return language_of(request) if has_asked else story.language
