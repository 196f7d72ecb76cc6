"""Mail that waits for a person: a list for staff, each mail with its reason, its bytes, and what to do with it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from common.clock import now
from common.db import Reading, Transaction
from common.errors import Forbidden
from common.menu import menu
from common.texts import words
from common.vocabulary import Role
from intake import held, texted
from intake.context import Using
from intake.reasons import reason_of
from intake.web.files import SAFE
from intake.web.staff import Colleague, check_form, colleague_of

router = APIRouter(prefix="/mail", include_in_schema=False)

MAY = frozenset({Role.AGENT, Role.LEAD, Role.ADMIN})  # partners and technicians do not read what nobody placed yet


async def _sorter(request: Request, parts: Using, session: Reading) -> Colleague:
    """Who places mail. Raises Unauthorised, Forbidden."""
    colleague = await colleague_of(request, parts, session)
    if colleague.staff.role not in MAY:
        raise Forbidden("You may not do this.")
    return colleague


AtThePile = Annotated[Colleague, Depends(_sorter)]


async def _with_form(sorter: AtThePile) -> Colleague:
    """Who acts, with a form of our own page. Raises ForeignForm."""
    await check_form(sorter)
    return sorter


Acting = Annotated[Colleague, Depends(_with_form)]


@router.get("")
async def pile(sorter: AtThePile, session: Reading, before: Annotated[UUID | None, Query()] = None) -> Response:
    """The mails that wait, newest first."""
    mails = await held.waiting(session, before)
    number = await held.number_waiting(session)
    last = mails[-1].mail.mail_id if len(mails) == held.PAGE else None
    shown = {"mails": mails, "number": number, "last": last, "before": before}
    return _page(sorter, "mail_pile.html", shown | {"texts": await texted.number_waiting(session)})


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


def _page(sorter: Colleague, name: str, context: dict[str, object]) -> Response:
    said = words("intake", sorter.language)
    context["why"] = lambda mail: said.gettext(reason_of(mail.reason))
    return sorter.parts.pages.render(sorter.request, name, {**around(sorter), **context}, language=sorter.language)


def around(sorter: Colleague) -> dict[str, object]:
    """What every page here needs: the menu, and a token for its forms."""
    return {
        "viewer_name": sorter.staff.username,
        "csrf_token": sorter.form_token,
        **menu(sorter.staff.role, sorter.request.url.path, sorter.language),
    }
