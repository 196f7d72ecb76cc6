"""Where the provider of text messages brings what customers answer."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from common.clock import now
from common.errors import BadInput, NotFound, TooLarge, Unauthorised
from common.signed_calls import is_signed
from common.wording import clean_text
from intake.drafts import LONGEST_BODY
from intake.texting import Texting

MOST_BYTES = 64 * 1024

# For the provider of texts, not for programs of the public: docs/notices.md describes it.
router = APIRouter(prefix="/api/callbacks/sms/message", tags=["Callbacks"], include_in_schema=False)


class ComingText(BaseModel):
    """A text message from a customer."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    sender: Annotated[str, Field(alias="from", max_length=40)]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_BODY), AfterValidator(clean_text)]


@router.post("", status_code=204, operation_id="receive_text")
async def receive(request: Request) -> Response:
    """Take a text in: a ticket or a message. Signed as Standard Webhooks says; 204 after the commit."""
    texting: Texting = request.app.state.texting
    coming = await _believed(request)
    await texting.take(coming.id, coming.sender, coming.text)
    return Response(status_code=204)


async def _believed(request: Request) -> ComingText:
    """The text, when the provider signed it. Raises NotFound, TooLarge, Unauthorised, BadInput."""
    secret: str = request.app.state.sms_secret
    if not secret:
        raise NotFound("There is nothing here.")
    if len(body := await request.body()) > MOST_BYTES:
        raise TooLarge("This is too long.")
    if not is_signed(secret, request.headers, body, now()):
        raise Unauthorised("The signature is not right.")
    try:
        return ComingText.model_validate_json(body)
    except ValidationError as error:
        raise BadInput("This is not a text message.") from error
