"""The page of the frame around mails: colours, width and logo, with a preview and every version."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from common import clock
from common.brand import Brand
from common.db import Reading, Transaction
from common.errors import BadInput
from common.texts import words
from common.vocabulary import Language
from notifications import framing
from notifications.frames import COLOUR_NAMES, BadFrame, Frame
from notifications.framing import Author
from notifications.notices import NoticeKind
from notifications.web.staff import Administering, Fields, OwnForm, Visitor, language_for, one, see, show
from notifications.web.words import PREVIEW, SAID, example, plain
from notifications.wording import Templates

PAGE = "/admin/messages/frame"
# As for words, and the logo may be shown.
LOGO = {
    "content-security-policy": "sandbox; default-src 'none'; img-src https:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
}

router = APIRouter(prefix=PAGE, include_in_schema=False)


def _templates(request: Request) -> Templates:
    templates: Templates = request.app.state.templates
    return templates


def _brand(request: Request) -> Brand:
    brand: Brand = request.app.state.brand
    return brand


Using = Annotated[Templates, Depends(_templates)]
Branded = Annotated[Brand, Depends(_brand)]


@router.get("")
async def opened(request: Request, session: Reading, staff: Visitor, brand: Branded) -> Response:
    """The frame in use in a form, how it looks, and what it was."""
    version, document = await framing.in_use(session)
    context = {
        "version": version,
        "frame": _kept(document, brand),
        "colours": COLOUR_NAMES,
        "brand_settings": brand,
        "history": await framing.history(session),
        "here": PAGE,
    }
    return show(request, staff, "frame.html", context)


@router.post("")
async def save(session: Transaction, staff: Administering, form: OwnForm, brand: Branded) -> Response:
    """Use this frame from now on."""
    await framing.save(session, _author(form, staff.username), _typed(form, brand))
    return see(f"{PAGE}?done=saved")


@router.post("/back")
async def take_back(session: Transaction, staff: Administering, form: OwnForm) -> Response:
    """Use an earlier frame again."""
    version = one(form, "version")
    if not version.isascii() or not version.isdigit():
        raise BadInput("There is no such version.")
    await framing.take_back(session, _author(form, staff.username), int(version))
    return see(f"{PAGE}?done=taken_back")


@router.get("/preview")
async def preview(request: Request, session: Reading, templates: Using, brand: Branded, staff: Visitor) -> Response:
    """How the frame in use looks."""
    _, document = await framing.in_use(session)
    return _drawn(request, templates, _kept(document, brand), language_for(request, staff))


@router.post("/preview")
async def try_out(request: Request, templates: Using, brand: Branded, staff: Visitor, form: OwnForm) -> Response:
    """How this frame would look, or why it cannot be used."""
    language = language_for(request, staff)
    try:
        return _drawn(request, templates, Frame.typed(_flat(form), brand), language)
    except BadFrame as error:
        said = words("notifications", language).gettext(error.sentence, **error.values)
        return HTMLResponse(plain(said), headers=PREVIEW)


def _kept(document: Mapping[str, object] | None, brand: Brand) -> Frame:
    try:
        return Frame.stored(document or {}, brand)
    except BadFrame:  # the brand has another colour since
        return Frame.of(brand)


def _typed(form: Fields, brand: Brand) -> Frame:
    try:
        return Frame.typed(_flat(form), brand)
    except BadFrame as error:
        raise BadInput(error.sentence, **error.values) from error


def _flat(form: Fields) -> dict[str, str]:
    return {name: one(form, name) for name in form}


def _author(form: Fields, name: str) -> Author:
    seen = one(form, "seen")
    return Author(name, int(seen) if seen.isascii() and seen.isdigit() else 0, clock.now())


def _drawn(request: Request, templates: Templates, frame: Frame, language: Language) -> Response:
    kind, values = NoticeKind.REPLY, example(request, language)
    letter = templates.letter(kind, language, values, SAID[language], frame=frame)
    return HTMLResponse(letter.html, headers=PREVIEW | LOGO)
