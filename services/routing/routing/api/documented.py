"""The refusals a route may answer with, for its OpenAPI description."""

from typing import Any

from pydantic import BaseModel

from routing.api.shapes import Problem

MEANINGS = {
    400: "The body could not be read.",
    401: "Nobody is logged in.",
    403: "Not for this role, or without its form token.",
    404: "There is no such thing, or not for this viewer.",
    409: "The version is old, or the state does not allow it.",
    413: "More bytes than are taken.",
    422: "Something that was sent does not fit.",
    423: "Somebody else holds the ticket.",
    429: "Too many wrong passwords.",
    503: "Not now; nothing was done.",
}
_SCHEMA = {"application/problem+json": {"schema": Problem.model_json_schema()}}


def refuses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These refusals, and those that every route can give."""
    every = (400, 401, 403, 413, 422, 503)
    return {status: {"description": MEANINGS[status], "content": _SCHEMA} for status in sorted({*statuses, *every})}


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """What a lean route is sent, and that somebody must be logged in to send it."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}, "security": [{"HTTPBearer": []}]}
