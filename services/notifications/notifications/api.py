"""The staff API over deliveries: what became of each notice, and bringing one again."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from common.clock import now
from common.db import Reading, Transaction
from common.problem import SENTENCES
from common.vocabulary import Channel
from notifications import deliveries, overview, queries
from notifications.access import AnyStaff, Lead
from notifications.notices import NoticeKind
from notifications.queries import Shown
from notifications.retries import DeliveryState

SAID = {404: "There is no such delivery.", 409: "It is still being sent, or has nowhere to go."}
MOST_STUCK = 100

router = APIRouter(prefix="/api/deliveries", tags=["Deliveries"])


class Problem(BaseModel):
    """Why something was refused (RFC 9457)."""

    type: str
    status: int
    detail: str
    id: str
    errors: list[dict[str, Any]] | None = None


class ShownDelivery(BaseModel):
    """One delivery, without the address or the words."""

    id: UUID
    ticket_id: UUID
    reference: str | None
    notice: NoticeKind
    channel: Channel
    state: DeliveryState
    attempts: int
    detail: str | None
    planned_at: datetime
    due_at: datetime
    recorded_at: datetime | None
    resend_of: UUID | None
    instead_of: UUID | None
    released_by: str | None

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The delivery as staff may see it."""
        row = shown.delivery
        return cls(
            id=row.delivery_id,
            ticket_id=row.ticket_id,
            reference=shown.reference,
            notice=shown.kind,
            channel=row.channel,
            state=row.state,
            attempts=row.attempts,
            detail=row.detail,
            planned_at=row.planned_at,
            due_at=row.due_at,
            recorded_at=row.recorded_at,
            resend_of=row.resend_of,
            instead_of=row.instead_of,
            released_by=row.released_by,
        )


class DeliveryPage(BaseModel):
    """Some deliveries; `after` asks for the next ones, and is null when there are none."""

    deliveries: list[ShownDelivery]
    after: UUID | None


class StuckDelivery(BaseModel):
    """One delivery that needs a look."""

    delivery_id: UUID
    ticket_id: UUID
    reference: str | None
    kind: NoticeKind
    channel: Channel
    state: DeliveryState
    attempts: int
    detail: str | None
    planned_at: datetime
    due_at: datetime


class StuckPage(BaseModel):
    """What needs a look, the longest planned first."""

    deliveries: list[StuckDelivery]


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": SAID.get(status, SENTENCES.get(status)), "content": content, "model": Problem}
        for status in statuses
    }


@router.get("", operation_id="list_deliveries", responses=_problems(401, 403, 422, 503))
async def listed(
    session: Reading,
    _staff: AnyStaff,
    ticket_id: UUID | None = None,
    state: DeliveryState | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryPage:
    """Deliveries in the order they were planned, of one ticket or in one state if asked."""
    found = await queries.deliveries_shown(session, ticket_id=ticket_id, state=state, after=after, limit=limit)
    last = found[-1].delivery.delivery_id if len(found) == limit else None
    return DeliveryPage(deliveries=[ShownDelivery.of(each) for each in found], after=last)


@router.post(
    "/{delivery_id}/resend",
    status_code=201,
    operation_id="resend_delivery",
    responses=_problems(401, 403, 404, 409, 422, 503),
)
async def resend(session: Transaction, _lead: Lead, delivery_id: UUID) -> ShownDelivery:
    """Bring the notice again, as a new delivery; refused while the old one is still being sent."""
    return ShownDelivery.of(await deliveries.resend(session, delivery_id, now()))


@router.post(
    "/{delivery_id}/release",
    operation_id="release_delivery",
    responses=_problems(401, 403, 404, 409, 422, 503),
)
async def release(session: Transaction, lead: Lead, delivery_id: UUID) -> ShownDelivery:
    """Let go a delivery that was held; it leaves at once."""
    return ShownDelivery.of(await deliveries.release(session, delivery_id, lead.username, now()))


@router.get("/stuck", operation_id="stuck_deliveries", responses=_problems(401, 403, 503))
async def stuck(session: Reading, _staff: AnyStaff) -> StuckPage:
    """Deliveries that are late by a quarter of an hour, being tried again, or held; the oldest hundred."""
    found = await overview.stuck(session, now(), MOST_STUCK)
    return StuckPage(deliveries=[StuckDelivery.model_validate(each, from_attributes=True) for each in found])
