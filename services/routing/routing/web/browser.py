"""What every staff page needs: who is there, in which language, and proof that a form is ours."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from common.clock import now
from common.db import Reading
from common.errors import BadInput, Forbidden, Unauthorised
from common.menu import menu
from common.pages import LANGUAGE_COOKIE, Pages, language_of
from common.texts import words
from common.vocabulary import Language
from routing import offering, unstaffed
from routing.entrance import Admitted
from routing.hearing import Hearing
from routing.identity import entrance_of, in_this_browser, session_cookie
from routing.inputs import storable
from routing.presence import presence_of
from routing.rulebook import rulebook
from routing.viewer import Viewer
from routing.web.choices import DECLINE_REASONS, alarm

SEE_OTHER = 303
MOST_FIELDS = 200
LOOK = "x-loket-look"  # a page that looks again by itself says whether it is used meanwhile, or only open
USED = "used"


async def _visitor(request: Request, session: Reading) -> Viewer:
    viewer = await in_this_browser(request, session)
    if viewer is None:
        raise Unauthorised("Please log in first.")
    request.state.broken = (await rulebook(session)).broken
    request.state.unstaffed = await unstaffed.seen_by(session, viewer)
    request.state.presence = await presence_of(session, viewer.agent_id)
    request.state.offers = await offering.offers_to(session, viewer, now())
    if request.headers.get(LOOK, USED) == USED:
        hearing: Hearing = request.app.state.hearing
        await hearing.heard(viewer.agent_id, now())
    return viewer


Visitor = Annotated[Viewer, Depends(_visitor)]


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a form that was sent from a page of ours; empty ones are left out. Raises Forbidden, BadInput."""
    _check_origin(request)
    sent: FormData = await request.form(max_files=0, max_fields=MOST_FIELDS)
    fields = {name: value.strip() for name, value in sent.items() if isinstance(value, str) and value.strip()}
    try:
        return {name: storable(value.replace("\r\n", "\n")) for name, value in fields.items()}
    except ValueError as error:
        raise BadInput("Your text holds characters that cannot be stored.") from error


Form = Annotated[Mapping[str, str], Depends(_form)]


async def _own_form(request: Request, viewer: Visitor, fields: Form) -> Mapping[str, str]:
    if not entrance_of(request).is_form_token(viewer, fields.get("csrf_token", "")):
        raise Forbidden("This page has expired. Reload it and try again.")
    return {name: value for name, value in fields.items() if name != "csrf_token"}


OwnForm = Annotated[Mapping[str, str], Depends(_own_form)]  # of the viewer who is logged in


def show(
    request: Request, viewer: Viewer, name: str, context: Mapping[str, object], *, status_code: int = 200
) -> Response:
    """A page of the staff, in their language."""
    pages: Pages = request.app.state.pages
    around = surroundings(request, viewer)
    return pages.render(request, name, {**around, **context}, language=around["language"], status_code=status_code)


def surroundings(request: Request, viewer: Viewer) -> dict[str, Any]:
    """What stands around the content of every page: the menu, whether the viewer is there, offers and alarms."""
    language = language_for(request, viewer)
    said = words("routing", language)
    return {
        "language": language,
        "here": _here(request),
        "presence": request.state.presence if viewer.queue_ids else None,
        "offers": request.state.offers,
        "decline_reasons": DECLINE_REASONS,
        "viewer": viewer,
        "viewer_name": viewer.name,
        "csrf_token": entrance_of(request).form_token(viewer),
        **menu(viewer.role, request.url.path, language),
        "alarms": [
            said.gettext("The rule “%(rule)s” of the policy cannot be followed and is passed over.", rule=rule)
            for rule in request.state.broken
        ]
        + [alarm(row, said) for row in request.state.unstaffed],
    }


def _here(request: Request) -> str:
    """The address of the page without what was just done there: to come back to."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "done"]
    path = request.url.path if request.method == "GET" else "/desk"
    return f"{path}?{urlencode(kept)}" if kept else path


def language_for(request: Request, viewer: Viewer) -> Language:
    """The language somebody chose in this browser, or else the one of their account."""
    has_chosen = LANGUAGE_COOKIE in request.cookies or "lang" in request.query_params
    return language_of(request) if has_chosen else viewer.language


def see(address: str) -> RedirectResponse:
    """Go and see there what came of it."""
    return RedirectResponse(address, SEE_OTHER)


def let_in(request: Request, admitted: Admitted, address: str) -> Response:
    """On to the page they wanted, with the session in a cookie."""
    response = see(own_address(address))
    response.set_cookie(
        session_cookie(request),
        admitted.token,
        max_age=int((admitted.expires_at - now()).total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.public_url.startswith("https://"),
        path="/",
    )
    return response


def own_address(address: str) -> str:
    """The address when it is one of our pages for staff, else the desk: nobody is sent elsewhere after logging in."""
    is_ours = address.startswith(("/desk", "/admin", "/insight", "/field", "/mail", "/dev/")) and "\\" not in address
    return address if is_ours and not urlsplit(address).netloc else "/desk"


def way_in(request: Request) -> Response:
    """To the page where they log in, and back from there."""
    wanted = request.url.path if request.method == "GET" else "/desk"
    return see(f"/login?next={quote(wanted)}")


def _check_origin(request: Request) -> None:
    """Browsers say where a form came from; another site's form is refused."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    ours = {request.headers.get("host", ""), urlsplit(request.app.state.public_url).netloc}
    if (origin is not None and urlsplit(origin).netloc not in ours) or site not in {"same-origin", "none"}:
        raise Forbidden("This did not come from a page of ours.")
