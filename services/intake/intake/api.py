"""The public API: bring a ticket, see how it stands, say more."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from common.clock import now
from common.db import Database, Reading
from common.errors import BadInput, Refusal
from common.shortcut import LeanRoute
from intake import messages, queries, visitors
from intake.answers import Answer, MessageReceipt, TicketReceipt, TicketStatus
from intake.context import Parts, Using
from intake.documented import MESSAGE_BODY, TICKET_BODY, problems
from intake.drafts import LONGEST_KEY
from intake.posted import PostedMessage, PostedTicket, read
from intake.turns import take_turn
from intake.visitors import Visitor

busiest = APIRouter(prefix="/api/tickets", tags=["Tickets"], route_class=LeanRoute)
router = APIRouter(prefix="/api/tickets", tags=["Tickets"])

_bearer = HTTPBearer(auto_error=False, description="The key from `status_url`.", scheme_name="ticketKey")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class OddKey(BadInput):
    """An Idempotency-Key that is none."""


class NoKey(Refusal):
    """The ticket's key is missing."""

    status = 401


def _visitor(parts: Parts, reference: str, bearer: HTTPAuthorizationCredentials | None) -> Visitor:
    if bearer is None:
        raise NoKey("Send the key from status_url as a bearer token.")
    return visitors.admit(parts.seal, reference, bearer.credentials.strip())


def _key(request: Request) -> str | None:
    """The Idempotency-Key, which must be of a sensible length."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise OddKey("An Idempotency-Key has between 1 and %(most)s characters.", most=LONGEST_KEY)
    return key


@busiest.post(
    "",
    status_code=201,
    response_model=TicketReceipt,
    responses=problems(413, 415, 422, 429, 503, again=TicketReceipt),
    openapi_extra=TICKET_BODY,
    operation_id="submit_ticket",
    summary="Bring a ticket",
    response_description="It is stored",
)
async def submit(request: Request) -> Response:
    """Store a customer's words as a ticket. It is safe once this answers."""
    parts: Parts = request.app.state.parts
    take_turn(request, parts)
    key = _key(request)
    async with read(request, PostedTicket) as (posted, uploads):
        draft = posted.draft(await parts.store.keep(uploads), key)
    receipt = await parts.reception.take(draft)
    answer = TicketReceipt.of(receipt, parts.seal.status_url(parts.base_url, receipt.reference))
    status = 200 if receipt.is_repeat else 201
    return _json(answer, status)


@router.get(
    "/{reference}",
    response_model=TicketStatus,
    responses=problems(401, 404, 422, 503),
    operation_id="ticket_status",
    summary="See how a ticket stands",
    response_description="How it stands",
)
async def status(reference: str, parts: Using, session: Reading, bearer: Bearer = None) -> Response:
    """Where the ticket is, what was promised and what was said. Needs the ticket's key."""
    story = await queries.story(session, _visitor(parts, reference, bearer))
    return _json(TicketStatus.of(story, parts.seal, parts.base_url, now()), 200)


@router.post(
    "/{reference}/messages",
    status_code=201,
    response_model=MessageReceipt,
    responses=problems(401, 404, 413, 415, 422, 429, 503, again=MessageReceipt),
    openapi_extra=MESSAGE_BODY,
    operation_id="add_message",
    summary="Say more on a ticket",
    response_description="It is stored",
)
async def add_message(request: Request, reference: str, parts: Using, bearer: Bearer = None) -> Response:
    """Put more of a customer's words on the ticket. Needs the ticket's key."""
    visitor, key = _visitor(parts, reference, bearer), _key(request)
    take_turn(request, parts)
    async with read(request, PostedMessage) as (posted, uploads):
        said = posted.said(await parts.store.keep(uploads), key)
    database: Database = request.app.state.database
    async with database.transaction() as session:
        added = await messages.add(session, visitor, said, now())
    return _json(MessageReceipt(id=added.message_id), 200 if added.is_repeat else 201)


def _json(answer: Answer, status: int) -> Response:
    return Response(answer.model_dump_json(by_alias=True), status, media_type="application/json")
