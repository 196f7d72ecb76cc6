"""Being there, said by hand: available, busy, or away with the work in hand given back after seeing what that is."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading, Transaction
from common.errors import BadInput
from common.pages import Pages
from routing import attendance
from routing.matching import Presence
from routing.viewer import Viewer
from routing.web.browser import OwnForm, Visitor, own_address, see, show, surroundings

router = APIRouter(prefix="/desk/presence", include_in_schema=False)
Back = Annotated[str, Query(max_length=500)]
SAID = {each.value: each for each in (Presence.AVAILABLE, Presence.BUSY, Presence.AWAY)}


@router.get("")
async def show_presence(request: Request, viewer: Visitor, session: Reading, back: Back = "/desk") -> Response:
    """Whether the viewer takes work, and what goes back to its queue when they leave."""
    return await _page(request, viewer, session, own_address(back))


@router.get("/control")
async def show_control(request: Request, viewer: Visitor, session: Reading) -> Response:  # noqa: ARG001 - read before
    """The control alone, for the header of pages of other services."""
    pages: Pages = request.app.state.pages
    asked_from = urlsplit(request.headers.get("referer", ""))
    around = surroundings(request, viewer) | {"here": own_address(asked_from.path)}
    return pages.render(request, "presence.html", around, language=around["language"])


@router.post("")
async def say(request: Request, viewer: Visitor, fields: OwnForm, session: Transaction) -> Response:
    """The viewer takes work from now on or no longer; who leaves has seen what they give back."""
    state, back = SAID.get(fields.get("state", "")), own_address(fields.get("back", "/desk"))
    if state is None:
        raise BadInput("Say whether you are available, busy or away.")
    if state is not Presence.AWAY:
        await attendance.say(session, viewer, state, now())
        return see(back)
    held = await attendance.in_hand(session, viewer)
    if fields.get("returns", "0") != str(len(held)):
        return await _page(request, viewer, session, back, is_changed="returns" in fields)
    await attendance.say(session, viewer, state, now(), reassign=True)
    return see("/desk?done=away" if held else back)


async def _page(
    request: Request, viewer: Viewer, session: AsyncSession, back: str, *, is_changed: bool = False
) -> Response:
    context = {
        "held": await attendance.in_hand(session, viewer),
        "waiting": await attendance.waiting_with(session, viewer),
        "back": back,
        "is_changed": is_changed,
    }
    return show(request, viewer, "presence_page.html", context)
