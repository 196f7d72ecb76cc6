"""The page of notices: what became of each, figures a channel, what is stuck, and sending again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator

from common.clock import now
from common.db import Reading, Transaction
from common.vocabulary import Channel
from notifications import bad_addresses, deliveries, overview, queries
from notifications.retries import DeliveryState
from notifications.web.staff import Leading, OwnForm, Visitor, one, see, show

MOST = 50


def _chosen(value: str | None) -> str | None:
    """Nothing, when a field of the form was left empty."""
    return value or None


router = APIRouter(prefix="/admin/messages", include_in_schema=False)


@router.get("")
async def listed(  # noqa: PLR0913, PLR0917 - the filters of a list
    request: Request,
    session: Reading,
    staff: Visitor,
    channel: Annotated[Channel | None, BeforeValidator(_chosen)] = None,
    state: Annotated[DeliveryState | None, BeforeValidator(_chosen)] = None,
    q: Annotated[str, Query(max_length=40)] = "",
    before: UUID | None = None,
) -> Response:
    """Figures a channel, what is stuck, and the newest notices."""
    wanted = overview.Wanted(channel=channel, state=state, reference=q.strip() or None, before=before)
    found = await overview.newest(session, wanted, MOST)
    context = {
        "figures": await overview.figures(session, now()),
        "stuck": await overview.stuck(session, now(), 10),
        "found": found,
        "wanted": wanted,
        "older": found[-1].delivery_id if len(found) == MOST else None,
        "channels": overview.CHANNELS,
        "states": list(DeliveryState),
    }
    return show(request, staff, "notices.html", context)


@router.post("/{delivery_id}/resend")
async def resend(session: Transaction, _lead: Leading, _form: OwnForm, delivery_id: UUID) -> Response:
    """Bring the notice again."""
    shown = await deliveries.resend(session, delivery_id, now())
    return see(f"/admin/messages?q={shown.reference or ''}&done=resent")


@router.post("/{delivery_id}/release")
async def release(session: Transaction, lead: Leading, _form: OwnForm, delivery_id: UUID) -> Response:
    """Let go what was held."""
    shown = await deliveries.release(session, delivery_id, lead.username, now())
    return see(f"/admin/messages?q={shown.reference or ''}&done=released")


@router.post("/{delivery_id}/address")
async def clear(session: Transaction, _lead: Leading, form: OwnForm, delivery_id: UUID) -> Response:
    """Try the customer's addresses again."""
    _, _, ticket = await queries.delivery_for(session, delivery_id)
    if ticket:
        await bad_addresses.clear(session, ticket.reference)
    return see(f"/admin/messages?q={one(form, 'q')}&done=cleared")
