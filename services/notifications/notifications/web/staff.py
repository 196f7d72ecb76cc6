"""What every staff page here needs: who is there, forms that are ours, and the menu."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from common.auth import Seal, Staff, cookie_name
from common.db import Reading
from common.errors import BadInput, Forbidden
from common.menu import menu
from common.pages import LANGUAGE_COOKIE, Pages, language_of
from common.vocabulary import Language, Role
from notifications.access import COOKIE, admitted

SEE_OTHER = 303
MOST_FIELDS = 60


async def _visitor(request: Request, session: Reading) -> Staff:
    """The member of staff behind the cookie; not a partner. Raises Unauthorised, Forbidden."""
    return await admitted(request, session, request.cookies.get(cookie_name(COOKIE, request.app.state.base_url)))


Visitor = Annotated[Staff, Depends(_visitor)]


def _leading(staff: Visitor) -> Staff:
    if not staff.is_lead:
        raise Forbidden("Only team leads may do this.")
    return staff


def _administering(staff: Visitor) -> Staff:
    if staff.role is not Role.ADMIN:
        raise Forbidden("Only administrators may do this.")
    return staff


Leading = Annotated[Staff, Depends(_leading)]
Administering = Annotated[Staff, Depends(_administering)]
Fields = Mapping[str, list[str]]


async def _own_form(request: Request, staff: Visitor) -> Fields:
    """What was filled in on a page of ours, by this visitor. Raises Forbidden, BadInput."""
    seal: Seal = request.app.state.seal
    fields = await filled_in(request)
    if not seal.is_form_token(str(staff.session_id), one(fields, "csrf_token")):
        raise Forbidden("This page has expired. Reload it and try again.")
    return fields


OwnForm = Annotated[Fields, Depends(_own_form)]


async def filled_in(request: Request) -> Fields:
    """The fields of a form that came from a page of this site. Raises Forbidden, BadInput."""
    origin = urlsplit(request.headers.get("origin", request.app.state.base_url)).netloc
    if origin not in {request.headers.get("host"), urlsplit(request.app.state.base_url).netloc}:
        raise Forbidden("This did not come from a page of ours.")
    fields: dict[str, list[str]] = {}
    for name, value in (await request.form(max_files=0, max_fields=MOST_FIELDS)).multi_items():
        if not isinstance(value, str) or "\0" in value or not _is_storable(value):
            raise BadInput("Your text holds characters that cannot be stored.")
        fields.setdefault(name, []).append(value.replace("\r\n", "\n").strip())
    return fields


def _is_storable(text: str) -> bool:
    return text == text.encode("utf-8", "replace").decode()


def one(fields: Fields, name: str) -> str:
    """The only value of this field; empty when it was left out."""
    return fields.get(name, [""])[0]


def show(request: Request, staff: Staff, name: str, context: Mapping[str, object]) -> Response:
    """A page of the staff, in their language."""
    language = language_for(request, staff)
    seal: Seal = request.app.state.seal
    pages: Pages = request.app.state.pages
    around = {
        "staff": staff,
        "viewer_name": staff.username,
        "csrf_token": seal.form_token(str(staff.session_id)),
        **menu(staff.role, request.url.path, language),
        "done": request.query_params.get("done", ""),
    }
    return pages.render(request, name, {**around, **context}, language=language)


def language_for(request: Request, staff: Staff) -> Language:
    """The language somebody chose in this browser, or else the one of their account."""
    has_chosen = LANGUAGE_COOKIE in request.cookies or "lang" in request.query_params
    return language_of(request) if has_chosen else Language(staff.language)


def see(address: str) -> RedirectResponse:
    """Go and see there what came of it."""
    return RedirectResponse(address, SEE_OTHER)
