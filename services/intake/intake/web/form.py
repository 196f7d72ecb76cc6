"""The form at the counter: the problem first, in the customer's own words, and nothing typed is ever lost."""

from collections.abc import Mapping
from functools import partial
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from common.errors import BadInput, TooLarge, Unavailable
from common.pages import NAMES, language_of
from common.texts import mark, words
from common.vocabulary import Language
from intake.context import Parts, Using
from intake.drafts import SAID_FILE_BYTES
from intake.posted import read_upload
from intake.repeats import OtherContent
from intake.turns import TooOften, later, take_turn
from intake.visitors import Visitor
from intake.web import guard
from intake.web.typed import Sentence, TypedTicket

router = APIRouter(include_in_schema=False)

STALE = mark("This form was open for a long time. Look it over and send it once more.")
CHANGED = mark("You have sent us this form already. Send it once more if you want to tell us this as well.")
FILES_AGAIN = mark("Choose your files once more, please.")


@router.get("/")
async def show(request: Request, parts: Using) -> Response:
    """The empty form."""
    return _page(request, parts, TypedTicket(), {})


@router.post("/")
async def submit(request: Request, parts: Using) -> Response:
    """A new ticket and on to what we make of it, or the form again with what is not right."""
    async with read_upload(request) as upload:
        typed, form_id = TypedTicket.of(upload.fields), upload.fields.get("form_id", "")
        again = partial(_page, request, parts, typed)
        if not guard.is_from_here(request, parts) or not _is_ours(parts, form_id, upload.fields.get("csrf_token", "")):
            return again({"": (STALE, {})}, 403)
        if problems := typed.problems():
            had_files = any(file.size for file in upload.files)
            return again(problems | ({"attachments": (FILES_AGAIN, {})} if had_files else {}), 422)
        try:
            take_turn(request, parts)
            receipt = await parts.reception.take(typed.draft(form_id, await parts.store.keep(upload.files)))
        except OtherContent:
            return again({"": (CHANGED, {})}, 409)
        except (BadInput, TooLarge) as refused:
            return again({"attachments": (refused.sentence, dict(refused.values))}, refused.status)
        except (TooOften, Unavailable) as refused:
            return later(again({"": (refused.sentence, dict(refused.values))}, refused.status), refused)
    response = RedirectResponse(f"/t/{receipt.reference}/received", 303)
    guard.remember(response, parts, Visitor(receipt.reference))
    return response


def _is_ours(parts: Parts, form_id: str, token: str) -> bool:
    return bool(form_id) and parts.seal.is_form_token(form_id, token)


def _page(
    request: Request, parts: Parts, typed: TypedTicket, problems: Mapping[str, Sentence], status_code: int = 200
) -> Response:
    language = language_of(request)
    _ = words("intake", language).gettext
    form_id = uuid4().hex
    context = {
        "typed": typed,
        "errors": {name: _(message, **values) for name, (message, values) in problems.items()},
        "form_id": form_id,
        "csrf_token": parts.seal.form_token(form_id),
        "answer_language": typed.language if typed.language in set(Language) else language.value,
        "answer_languages": [(each.value, name) for each, name in NAMES.items()],
        "limit_bytes": SAID_FILE_BYTES,
    }
    return parts.pages.render(request, "form.html", context, status_code=status_code)
