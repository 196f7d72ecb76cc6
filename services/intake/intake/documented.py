"""The OpenAPI document, where it says more than FastAPI finds out by itself: bodies in two forms, and refusals."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from common.problem import SENTENCES
from intake.drafts import LONGEST_KEY
from intake.posted import PostedAddress, PostedMessage, PostedTicket

REF = "#/components/schemas/{model}"
SENTENCES_HERE = {**SENTENCES, 401: "The ticket's key is missing.", 415: "The body is neither JSON nor a form."}


Answers = dict[int | str, dict[str, Any]]


class Problem(BaseModel):
    """Why something was refused (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    status: int
    detail: str
    id: str


def problems(*statuses: int, again: type[BaseModel] | None = None) -> Answers:
    """The refusals an operation may answer with; `again` is what a second sending under one key gets."""
    schema = {"schema": {"$ref": REF.format(model="Problem")}}
    answers: Answers = {200: {"model": again, "description": "Sent before under this key"}} if again else {}
    for status in statuses:
        answers[status] = {"description": SENTENCES_HERE[status], "content": {"application/problem+json": schema}}
        if status in {429, 503}:
            answers[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
    return answers


KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body is the same thing, however often it is sent.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}


def _two_forms(model: type[BaseModel]) -> dict[str, Any]:
    """A body that may come as JSON, or as a form with files."""
    form = f"{model.__name__}Form"
    return {
        "parameters": [KEY],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": REF.format(model=model.__name__)}},
                "multipart/form-data": {"schema": {"$ref": REF.format(model=form)}},
            },
        },
    }


TICKET_BODY = _two_forms(PostedTicket)
MESSAGE_BODY = _two_forms(PostedMessage)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the app, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(
        title="Loket: tickets",
        version=app.version,
        routes=app.routes,
        description="Bring tickets, see how they stand, say more. Errors are problem+json with a sentence.",
    )
    inputs = [(model, "validation") for model in (PostedTicket, PostedMessage, Problem)]
    _, schemas = models_json_schema(inputs, ref_template=REF)  # type: ignore[arg-type]
    components = made.setdefault("components", {}).setdefault("schemas", {})
    components |= schemas["$defs"]
    components["PostedTicketForm"] = _as_form(components["PostedTicket"], components)
    components["PostedMessageForm"] = _as_form(components["PostedMessage"], components)
    app.openapi_schema = made
    return made


def _as_form(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The same fields in one row, texts only, with files beside them."""
    fields = dict(schema["properties"])
    if fields.pop("address", None):
        fields |= components[PostedAddress.__name__]["properties"]
    files = {"type": "array", "maxItems": 10, "items": {"type": "string", "format": "binary"}}
    properties = {name: _text(field) for name, field in fields.items()} | {"attachments": files}
    return {**schema, "title": schema["title"] + "Form", "properties": properties}


def _text(field: dict[str, Any]) -> dict[str, Any]:
    """A form has no null: what may be left out is left out."""
    [*choices] = [choice for choice in field.get("anyOf", []) if choice.get("type") != "null"]
    return {
        **{name: value for name, value in field.items() if name not in {"anyOf", "default"}},
        **(choices[0] if choices else {}),
    }
