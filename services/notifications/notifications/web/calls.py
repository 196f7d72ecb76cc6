"""The page of other programs: who is called for which facts, each call with its answer, and making one again."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from common.clock import now
from common.db import Reading, Transaction
from notifications import calls, subscribers
from notifications.facts import TYPES
from notifications.tables import Call, Subscriber
from notifications.web.staff import Administering, OwnForm, one, see, show

MOST = 50

router = APIRouter(prefix="/admin/messages/calls", include_in_schema=False)


@router.get("")
async def listed(
    request: Request,
    session: Reading,
    staff: Administering,
    before: UUID | None = None,
    only: Literal["failed"] | None = None,
) -> Response:
    """Who is called, and the newest calls."""
    wanted = select(Call, Subscriber.url).join(Subscriber, Subscriber.subscriber_id == Call.subscriber_id)
    if before:
        wanted = wanted.where(Call.call_id < before)
    if only:
        wanted = wanted.where(Call.state.in_(["failed", "retrying"]))
    found = (await session.execute(wanted.order_by(Call.call_id.desc()).limit(MOST))).all()
    everyone = await session.scalars(select(Subscriber).order_by(Subscriber.created_at))
    context = {
        "subscribers": everyone.all(),
        "found": found,
        "older": found[-1][0].call_id if len(found) == MOST else None,
        "failed": only,
        "types": TYPES,
    }
    return show(request, staff, "calls.html", context)


@router.post("")
async def subscribe(session: Transaction, staff: Administering, form: OwnForm) -> Response:
    """Call one more program."""
    await subscribers.subscribe(session, one(form, "url"), form.get("types", []), staff.username, now())
    return see("/admin/messages/calls?done=subscribed")


@router.post("/{call_id}/replay")
async def replay(session: Transaction, _staff: Administering, _form: OwnForm, call_id: UUID) -> Response:
    """Make the call again."""
    await calls.replay(session, call_id, now())
    return see("/admin/messages/calls?done=replayed")


@router.post("/of/{subscriber_id}/stop")
async def stop(session: Transaction, staff: Administering, _form: OwnForm, subscriber_id: UUID) -> Response:
    """Call this program no more."""
    await subscribers.stop(session, subscriber_id, staff.username, now())
    return see("/admin/messages/calls?done=stopped")


@router.post("/of/{subscriber_id}/start")
async def start(session: Transaction, _staff: Administering, _form: OwnForm, subscriber_id: UUID) -> Response:
    """Call this program again."""
    await subscribers.start(session, subscriber_id)
    return see("/admin/messages/calls?done=started")
