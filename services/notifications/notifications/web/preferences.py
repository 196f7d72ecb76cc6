"""The page on which a customer says how they want to be reached; opened by the link in every mail."""

import hmac
from datetime import time
from importlib.resources import files
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from common.auth import Seal
from common.clock import now
from common.db import Reading, Transaction
from common.errors import BadInput, Forbidden, NotFound
from common.pages import NAMES, Pages
from common.vocabulary import Channel, Language
from notifications import preferences
from notifications.preferences import Choice, Reach
from notifications.tables import Device
from notifications.web.staff import Fields, filled_in, one, see

WORKER = files("notifications").joinpath("static", "push_worker.js").read_text("utf-8")

router = APIRouter(prefix="/preferences", include_in_schema=False)


def _key(request: Request, person_id: UUID, key: Annotated[str, Query(max_length=100)] = "") -> str:
    """The key of the link, when it belongs to this person. Raises NotFound."""
    seal: Seal = request.app.state.seal
    if not seal.opens_preferences(person_id, key):
        raise NotFound("This link is not right. Use the link from our latest message.")
    return key


Key = Annotated[str, Depends(_key)]


async def _own_form(request: Request, key: Key) -> Fields:
    """What the person with this key filled in. Raises Forbidden."""
    fields = await filled_in(request)
    seal: Seal = request.app.state.seal
    if not hmac.compare_digest(seal.form_token(key), one(fields, "csrf_token")):
        raise Forbidden("This page has expired. Reload it and try again.")
    return fields


OwnForm = Annotated[Fields, Depends(_own_form)]


@router.get("/worker.js")
async def worker() -> Response:
    """The program by which a browser shows our notices while the page is closed; its address is its reach."""
    return Response(WORKER, media_type="text/javascript", headers={"cache-control": "no-cache"})


@router.get("/{person_id}")
async def opened(request: Request, session: Reading, person_id: UUID, key: Key, done: str = "") -> Response:
    """What they chose, and what they can choose."""
    reach = await preferences.reach(session, person_id)
    if reach is None:
        raise NotFound("This link is not right. Use the link from our latest message.")
    seal: Seal = request.app.state.seal
    context = {
        "reach": reach,
        "here": f"/preferences/{person_id}",
        "key": key,
        "csrf_token": seal.form_token(key),
        "public_key": request.app.state.vapid_key,
        "names": NAMES,
        "hours": [time(hour) for hour in range(24)],
        "done": done,
    }
    pages: Pages = request.app.state.pages
    return pages.render(request, "preferences.html", context, language=_language(request, reach))


def _language(request: Request, reach: Reach) -> Language | None:
    return None if "lang" in request.query_params else reach.choice.language or reach.language


@router.post("/{person_id}")
async def choose(session: Transaction, person_id: UUID, key: Key, form: OwnForm) -> Response:
    """Keep what they chose."""
    await preferences.choose(session, person_id, _choice(form), now())
    return see(f"/preferences/{person_id}?key={key}&done=saved")


@router.get("/{person_id}/stop")
async def ask_to_stop(person_id: UUID, key: Key) -> Response:
    """A link that is followed changes nothing: programs that check mail follow links too."""
    return see(f"/preferences/{person_id}?key={key}#stop")


@router.post("/{person_id}/stop")
async def stop(session: Transaction, person_id: UUID, _key: Key) -> Response:
    """The one click of a mail program (RFC 8058): it holds no token of a page, and the key in the address is proof."""
    await preferences.stop(session, person_id, now())
    return PlainTextResponse("OK")


class Subscription(BaseModel):
    """What a browser gives out when it may be sent notices."""

    model_config = ConfigDict(extra="forbid")

    endpoint: str = Field(max_length=1000)
    p256dh: str = Field(max_length=120, pattern=r"^[A-Za-z0-9_-]+$")
    auth: str = Field(max_length=60, pattern=r"^[A-Za-z0-9_-]+$")


@router.post("/{person_id}/device", status_code=204)
async def add_device(session: Transaction, person_id: UUID, _key: Key, subscription: Subscription) -> Response:
    """Send notices to this browser too. Another site cannot post here: it does not know the key."""
    device = Device(
        endpoint=subscription.endpoint,
        person_id=person_id,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        added_at=now(),
    )
    await preferences.add_device(session, person_id, device, now())
    return Response(status_code=204)


def _choice(form: Fields) -> Choice:
    try:
        channel = Channel(one(form, "channel")) if one(form, "channel") else None
        language = Language(one(form, "language")) if one(form, "language") else None
        start, end = one(form, "quiet_from"), one(form, "quiet_until")
        quiet = (time.fromisoformat(start), time.fromisoformat(end)) if start and end else None
    except ValueError as error:
        raise BadInput("Choose something from the list.") from error
    if quiet and quiet[0] == quiet[1]:
        raise BadInput("Let the quiet begin and end at different times.")
    return Choice(channel=channel, language=language, quiet=quiet, has_stopped=bool(one(form, "stop")))
