"""Mail that waits for a person: a list for staff, each mail with its reason, its bytes, and what to do with it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from common.auth import Staff, cookie_name
from common.clock import now
from common.db import Reading, Transaction
from common.errors import Forbidden, Unauthorised
from common.pages import LANGUAGE_COOKIE, Link, language_of
from common.texts import words
from common.vocabulary import Language, Role
from intake import held
from intake.context import Parts, Using
from intake.reasons import reason_of
from intake.web.files import SAFE
from intake.web.guard import ForeignForm, is_from_here

router = APIRouter(prefix="/mail", include_in_schema=False)

COOKIE = "session"
MAY = frozenset({Role.AGENT, Role.LEAD, Role.ADMIN})  # partners and technicians do not read what nobody placed yet


@dataclass(frozen=True, slots=True)
class Sorter:
    """A member of staff at the pile of mail."""

    request: Request
    parts: Parts
    staff: Staff

    @property
    def form_token(self) -> str:
        """The token that forms on their pages carry."""
        return self.parts.seal.form_token(str(self.staff.session_id))

    @property
    def language(self) -> Language:
        """The language asked for, else their own."""
        has_asked = {self.request.query_params.get("lang"), self.request.cookies.get(LANGUAGE_COOKIE)} & set(Language)
        return language_of(self.request) if has_asked else Language(self.staff.language)


async def _sorter(request: Request, parts: Using, session: Reading) -> Sorter:
    """Who looks, by the cookie of the desk. Raises Unauthorised, Forbidden."""
    staff = parts.seal.open_session(request.cookies.get(cookie_name(COOKIE, parts.base_url), ""))
    if staff is None or await held.is_ended(session, staff.session_id):
        raise Unauthorised("Please log in first.")
    if staff.role not in MAY:
        raise Forbidden("You may not do this.")
    return Sorter(request, parts, staff)


AtThePile = Annotated[Sorter, Depends(_sorter)]


async def _with_form(sorter: AtThePile) -> Sorter:
    """Who acts, with a form of our own page. Raises ForeignForm."""
    fields = await sorter.request.form(max_files=0, max_fields=5)
    token = str(fields.get("csrf_token", ""))
    is_ours = sorter.parts.seal.is_form_token(str(sorter.staff.session_id), token)
    if not is_from_here(sorter.request, sorter.parts) or not is_ours:
        raise ForeignForm("This form is no longer valid. Reload the page and send it again.")
    return sorter


Acting = Annotated[Sorter, Depends(_with_form)]


@router.get("")
async def pile(sorter: AtThePile, session: Reading, before: Annotated[UUID | None, Query()] = None) -> Response:
    """The mails that wait, newest first."""
    mails = await held.waiting(session, before)
    number = await held.number_waiting(session)
    last = mails[-1].mail.mail_id if len(mails) == held.PAGE else None
    return _page(sorter, "mail_pile.html", {"mails": mails, "number": number, "last": last, "before": before})


@router.get("/{mail_id}")
async def one(sorter: AtThePile, mail_id: UUID, session: Reading) -> Response:
    """One mail, with its reason."""
    return _page(sorter, "mail_one.html", {"held": await held.one(session, mail_id), "waiting": held.WAITING})


@router.get("/{mail_id}/raw")
async def raw(sorter: AtThePile, mail_id: UUID, session: Reading) -> Response:  # noqa: ARG001 - who may look is asked
    """The mail as it came, to keep and look at; no browser shows it."""
    headers = {**SAFE, "content-disposition": f'attachment; filename="{mail_id}.eml"'}
    return Response(await held.raw(session, mail_id), headers=headers, media_type="application/octet-stream")


@router.post("/{mail_id}/release")
async def release(sorter: Acting, mail_id: UUID, session: Transaction) -> Response:
    """Takes the mail all the same."""
    await held.release(session, mail_id, sorter.staff.agent_id, now())
    return RedirectResponse("/mail", 303)


@router.post("/{mail_id}/spam")
async def spam(sorter: Acting, mail_id: UUID, session: Transaction) -> Response:
    """Throws the mail away."""
    await held.discard(session, mail_id, sorter.staff.agent_id, now())
    return RedirectResponse("/mail", 303)


def _page(sorter: Sorter, name: str, context: dict[str, object]) -> Response:
    said = words("intake", sorter.language)
    around = {
        "viewer_name": sorter.staff.username,
        "csrf_token": sorter.form_token,
        "navigation": [
            Link(said.gettext("Desk"), "/desk"),
            Link(said.gettext("Mail that waits"), "/mail", is_current=True),
        ],
        "why": lambda mail: said.gettext(reason_of(mail.reason)),
    }
    return sorter.parts.pages.render(sorter.request, name, {**around, **context}, language=sorter.language)
