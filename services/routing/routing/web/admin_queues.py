"""Admin: whether the work of a queue is taken or offered, how long an offer stands, and what became of offers."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading
from common.errors import BadInput, Refusal
from common.texts import words
from routing import attendance, queries
from routing.accounts import history_of
from routing.answers import Answers, answers_since
from routing.attendance import Mode
from routing.rulebook import rulebook
from routing.viewer import Viewer
from routing.web.browser import OwnForm, language_for, see, show
from routing.web.staff_page import Lead, tried

router = APIRouter(prefix="/admin/queues", include_in_schema=False)
Slug = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
COUNTED = timedelta(days=7)
MOST = 8  # changes shown of each queue
LONGEST_NUMBER = 5  # digits


@router.get("")
async def show_queues(request: Request, viewer: Lead, session: Reading) -> Response:
    """The queues, and how each hands out its work."""
    return await _page(request, viewer, session)


@router.post("/{queue_id}")
async def set_mode(request: Request, viewer: Lead, session: Reading, fields: OwnForm, queue_id: Slug) -> Response:
    """Another way to hand out the queue's work, from now on; taking back an earlier change is the same."""
    try:
        mode = _mode(fields.get("mode", ""), fields.get("offer_seconds", ""))
    except BadInput as problem:
        return await _page(request, viewer, session, problem)
    refusal = await tried(request, lambda writing: attendance.set_mode(writing, viewer, queue_id, mode, now()))
    return await _page(request, viewer, session, refusal) if refusal else see(f"/admin/queues?done=saved#{queue_id}")


def _mode(mode: str, seconds: str) -> Mode:
    if mode not in {"pull", "push"}:
        raise BadInput("Choose whether work is taken or offered.")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= LONGEST_NUMBER):
        raise BadInput("An offer stands between 5 seconds and an hour.")
    return Mode("push" if mode == "push" else "pull", int(seconds))


async def _page(request: Request, viewer: Viewer, session: AsyncSession, refusal: Refusal | None = None) -> Response:
    said = words("routing", language_for(request, viewer))
    rows = (await rulebook(session)).queues
    seen = await queries.queues_seen_by(session, viewer, now(), most=1000)
    context = {
        "queues": [(rows[each.queue_id], each) for each in seen],
        "answers": await answers_since(session, now() - COUNTED),
        "nothing": Answers(),
        "history": {queue_id: await history_of(session, f"queue/{queue_id}", most=MOST) for queue_id in rows},
        "refused": said.gettext(refusal.sentence, **refusal.values) if refusal else "",
        "done": request.query_params.get("done", ""),
    }
    return show(request, viewer, "admin_queues.html", context, status_code=refusal.status if refusal else 200)
