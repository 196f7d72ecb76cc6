"""Texting us from a page of the laptop, where no provider brings texts; it exists only with the demo on."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from common.errors import BadInput
from common.telephone import can_be_dialled
from common.wording import clean_text
from intake.context import Using
from intake.drafts import LONGEST_BODY
from intake.texting import Texting
from intake.web import guard
from intake.web.guard import ForeignForm

FORM = "dev/texts"  # what the form's token is made for; notifications, which shows the texts, makes the same

router = APIRouter(prefix="/dev/texts", include_in_schema=False)


class Typed(BaseModel):
    """What was typed in the form."""

    number: str = Field(max_length=40)
    text: str
    csrf_token: str


@router.post("/write")
async def write(request: Request, parts: Using, typed: Annotated[Typed, Form()]) -> Response:
    """The text as if a provider had brought it. Raises ForeignForm, BadInput."""
    if not guard.is_from_here(request, parts) or not parts.seal.is_form_token(FORM, typed.csrf_token):
        raise ForeignForm("This form is no longer valid. Reload the page and send it again.")
    words = clean_text(typed.text)
    if not can_be_dialled(typed.number) or not words or len(words) > LONGEST_BODY:
        raise BadInput("Give a phone number and some words.")
    texting: Texting = request.app.state.texting
    await texting.take(f"dev-{uuid4()}", typed.number, words)
    return RedirectResponse("/dev/texts", 303)
