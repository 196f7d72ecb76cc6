"""Being there, and what is offered to who is."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from common.clock import now
from common.db import Reading, Transaction
from routing import attendance, offering
from routing.api.documented import refuses
from routing.api.queues import QueuePath
from routing.api.shapes import Shape, TicketShown
from routing.api.work import shown
from routing.identity import Actor, Reader
from routing.inputs import Line
from routing.matching import Presence
from routing.presence import presence_of, still_there

router = APIRouter(tags=["offers"], responses=refuses())


class Coming(BaseModel):
    """What somebody says of themselves; `reassign` gives their work in hand back when they leave."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Presence
    reassign: Annotated[bool, Field(strict=True)] = False


class Handing(BaseModel):
    """How a queue's work is handed out: `pull`, or `push` with the seconds an offer stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["pull", "push"]
    offer_seconds: Annotated[int, Field(ge=attendance.SHORTEST_OFFER, le=attendance.LONGEST_OFFER, strict=True)] = 60


class Declined(BaseModel):
    """Why somebody does not take what is offered to them, in their own words; kept for leads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Line | None = None


class Here(Shape):
    """Whether somebody takes work, and how many tickets went back to their queues just now."""

    state: Presence
    returned: int = 0


class OfferShown(Shape):
    """A ticket that waits for an answer: accept or decline it before it goes to the next."""

    id: UUID
    ticket: TicketShown
    expires_at: AwareDatetime


@router.get("/api/session/presence")
async def show_presence(viewer: Reader, session: Reading) -> Here:
    """Whether the caller takes work."""
    return Here(state=await presence_of(session, viewer.agent_id))


@router.post("/api/session/presence")
async def say_presence(said: Coming, viewer: Actor, session: Transaction) -> Here:
    """The caller takes work from now on, or no longer."""
    returned = await attendance.say(session, viewer, said.state, now(), reassign=said.reassign)
    return Here(state=said.state, returned=returned)


@router.post("/api/session/presence/heard", status_code=204)
async def hear(viewer: Actor, session: Transaction) -> None:
    """Something was heard of the caller: they are still there if they were."""
    await still_there(session, viewer.agent_id, now())


@router.post("/api/queues/{queue_id}/mode", responses=refuses(404))
async def set_mode(queue_id: QueuePath, sent: Handing, viewer: Actor, session: Transaction) -> Handing:
    """The queue is pulled or pushed from now on; for leads."""
    mode = attendance.Mode(sent.mode, sent.offer_seconds)
    queue = await attendance.set_mode(session, viewer, queue_id, mode, now())
    return Handing.model_validate({"mode": queue.mode, "offer_seconds": queue.offer_seconds})


@router.get("/api/work/offers")
async def list_offers(viewer: Reader, session: Reading) -> list[OfferShown]:
    """What is offered to the caller at this moment."""
    found = await offering.offers_to(session, viewer, now())
    tickets = await shown(session, [ticket for _, ticket in found])
    return [
        OfferShown(id=offer.offer_id, ticket=ticket, expires_at=offer.expires_at)
        for (offer, _), ticket in zip(found, tickets, strict=True)
    ]


@router.post("/api/work/offers/{offer_id}/accept", responses=refuses(404, 409))
async def accept_offer(offer_id: UUID, viewer: Actor, session: Transaction) -> TicketShown:
    """The offered ticket, now leased to the caller."""
    return (await shown(session, [await offering.accept(session, viewer, offer_id, now())]))[0]


@router.post("/api/work/offers/{offer_id}/decline", status_code=204, responses=refuses(404))
async def decline_offer(offer_id: UUID, viewer: Actor, session: Transaction, said: Declined | None = None) -> None:
    """The ticket goes to the next."""
    await offering.decline(session, viewer, offer_id, now(), (said and said.reason) or "")
