"""What the provider of text messages tells us afterwards: that a text arrived, or that it did not."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.clock import now
from common.db import Transaction
from common.errors import BadInput, NotFound, Unauthorised
from common.signed_calls import is_signed
from common.vocabulary import Channel
from notifications import bounces
from notifications.bounces import Return

LARGEST_BYTES = 16 * 1024

router = APIRouter(prefix="/api/callbacks", tags=["Callbacks"])


class TextStatus(BaseModel):
    """What became of one text."""

    model_config = ConfigDict(extra="ignore")

    id: UUID  # the one we sent it with
    status: Literal["delivered", "failed"]
    reason: Annotated[str, Field(max_length=200)] = ""


async def signed_body(request: Request, secret: str) -> bytes:
    """The body, when whoever knows the secret signed it a moment ago. Raises NotFound, BadInput, Unauthorised."""
    if not secret:
        raise NotFound("There is nothing here.")
    body = await request.body()
    if len(body) > LARGEST_BYTES:
        raise BadInput("This is too long.")
    if not is_signed(secret, request.headers, body, now()):
        raise Unauthorised("The signature is not right.")
    return body


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "This is not a status of a text message."},
    401: {"description": "The signature is not right."},
    404: {"description": "No provider of text messages is set up here."},
}


@router.post("/sms/status", status_code=204, operation_id="text_status", responses=REFUSALS)
async def text_status(request: Request, session: Transaction) -> Response:
    """Keep what became of a text; the same word twice changes nothing. Signed as Standard Webhooks says."""
    body = await signed_body(request, request.app.state.sms_secret)
    try:
        told = TextStatus.model_validate_json(body)
    except ValidationError as error:
        raise BadInput("This is not a status of a text message.") from error
    reason = re.sub(r"\+?\d[\d\s]{5,}", "<number>", " ".join(told.reason.split()))
    detail = f"{told.status}: {reason}" if reason else told.status
    if told.status == "failed":
        await bounces.take_back(session, Return(told.id, Channel.SMS, detail), now())
    else:
        await bounces.confirm(session, told.id, Channel.SMS, detail)
    return Response(status_code=204)
