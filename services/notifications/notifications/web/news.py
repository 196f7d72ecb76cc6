"""The page of news to many: what is told, to whom, how far it is, and stopping it."""

import re
from uuid import UUID

from fastapi import APIRouter, Request, Response

from common.clock import now
from common.db import Reading, Transaction
from common.pages import NAMES
from common.vocabulary import Language
from notifications import broadcasts
from notifications.broadcasts import News
from notifications.web.staff import Leading, OwnForm, one, see, show

MOST = 20
USUAL_PACE = 600  # a minute

router = APIRouter(prefix="/admin/messages/news", include_in_schema=False)


@router.get("")
async def listed(request: Request, session: Reading, staff: Leading) -> Response:
    """The last broadcasts, and a form for the next."""
    context = {"found": await broadcasts.newest(session, MOST), "names": NAMES, "usual_pace": USUAL_PACE}
    return show(request, staff, "news.html", context)


@router.post("")
async def tell(session: Transaction, lead: Leading, form: OwnForm) -> Response:
    """Tell it to everybody who wrote the tickets of these references."""
    pace = one(form, "per_minute")
    news = News(
        title=one(form, "title")[:200],
        words={language: one(form, f"words_{language}") for language in Language},
        references=[_canonical(each) for each in re.split(r"[\s,;]+", one(form, "references")) if each],
        per_minute=int(pace) if pace.isascii() and pace.isdigit() else USUAL_PACE,
    )
    await broadcasts.tell(session, news, lead.username, now())
    return see("/admin/messages/news?done=told")


@router.post("/{broadcast_id}/stop")
async def stop(session: Transaction, _lead: Leading, _form: OwnForm, broadcast_id: UUID) -> Response:
    """Tell nobody any more who was not told yet."""
    await broadcasts.stop(session, broadcast_id, now())
    return see("/admin/messages/news?done=stopped")


def _canonical(reference: str) -> str:
    return reference.upper()
