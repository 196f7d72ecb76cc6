"""Text messages that wait for a person: a list for staff, each with its words, its reason and what to do with it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from common.db import Reading, Transaction
from common.texts import words
from intake import texted
from intake.reasons import REASONS, TEXT_REASONS
from intake.texting import Texting
from intake.web.mail import Acting, AtThePile, around

router = APIRouter(prefix="/mail/texts", include_in_schema=False)


@router.get("")
async def pile(sorter: AtThePile, session: Reading) -> Response:
    """The texts that wait, newest first."""
    said = words("intake", sorter.language)
    context = {
        "texts": await texted.waiting(session),
        "number": await texted.number_waiting(session),
        "why": lambda reason: said.gettext(TEXT_REASONS.get(reason, REASONS["failed"])),
    }
    return sorter.parts.pages.render(
        sorter.request, "text_pile.html", {**around(sorter), **context}, language=sorter.language
    )


@router.post("/{text_message_id}/release")
async def release(request: Request, sorter: Acting, text_message_id: UUID) -> Response:
    """Takes the text all the same."""
    texting: Texting = request.app.state.texting
    await texting.release(text_message_id, sorter.staff.agent_id)
    return RedirectResponse("/mail/texts", 303)


@router.post("/{text_message_id}/spam")
async def spam(sorter: Acting, text_message_id: UUID, session: Transaction) -> Response:
    """Throws the text away."""
    await texted.discard(session, text_message_id, sorter.staff.agent_id)
    return RedirectResponse("/mail/texts", 303)
