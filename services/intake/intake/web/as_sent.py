"""A mail as it was sent, for the frame in which staff look at it: nothing in it runs, nothing is fetched."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from common.clock import now
from common.db import Reading
from intake import held
from intake.context import Using
from intake.mail.inbound import Unreadable
from intake.showing.layout import AsSent
from intake.visitors import NoSuchTicket
from intake.web.files import LONGEST_STAMP, SAFE
from intake.web.mail import AtThePile
from intake.web.staff import Colleague, colleague_of

router = APIRouter(include_in_schema=False)

# The frame has no origin, runs nothing, and may load pictures only out of its own text.
FRAMED: Mapping[str, str] = {
    **SAFE,
    "content-security-policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
}


@router.get("/mail/sent/{message_id}")
async def of_message(  # noqa: PLR0913, PLR0917 - a link's parts
    request: Request, parts: Using, session: Reading, message_id: UUID, until: str = "", proof: str = ""
) -> Response:
    """The mail behind a message, by a link that the desk made for this member of staff a moment ago."""
    colleague = await colleague_of(request, parts, session)
    stamp = int(until) if until.isdecimal() and len(until) <= LONGEST_STAMP else 0
    if not parts.seal.opens_mail(message_id, colleague.staff.agent_id, stamp, proof, now()):
        raise NoSuchTicket("There is nothing here.")
    return await _framed(colleague, await held.raw_of_message(session, message_id))


@router.get("/mail/{mail_id}/sent")
async def of_the_pile(sorter: AtThePile, session: Reading, mail_id: UUID) -> Response:
    """A mail that waits."""
    return await _framed(sorter, await held.raw(session, mail_id))


async def _framed(colleague: Colleague, raw: bytes | None) -> Response:
    shown, problem = AsSent(html=""), ""
    try:
        if raw is None:
            problem = "gone"
        else:
            shown = await colleague.parts.viewers.show(raw)
    except Unreadable:
        problem = "unreadable"
    # The one place where markup of strangers is taken for safe: it was cleaned, and the frame's own policy holds too.
    context = {"shown": shown, "html": Markup(shown.html), "problem": problem}  # noqa: S704
    return colleague.parts.pages.render(
        colleague.request, "mail_as_sent.html", context, language=colleague.language, headers=FRAMED
    )
