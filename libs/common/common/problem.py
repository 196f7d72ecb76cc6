"""problem+json: how the API says no (RFC 9457)."""

import json
from collections.abc import Sequence
from uuid import uuid4

from fastapi import Response

RETRY_AFTER_SECONDS = 5

SENTENCES = {
    400: "That could not be read.",
    401: "Please log in first.",
    403: "You may not do this.",
    404: "There is nothing here.",
    405: "That cannot be done here.",
    413: "That is too large.",
    422: "Something in what you sent is not right.",
    429: "That was too often; please try again later.",
    500: "Something went wrong on our side. Nothing you sent was half stored; please try again.",
    503: "We cannot do this right now. Nothing was lost; please try again in a moment.",
}


def problem(status: int, detail: str, *, errors: Sequence[object] = ()) -> Response:
    """An application/problem+json answer (RFC 9457) with an id to quote."""
    body: dict[str, object] = {"type": "about:blank", "status": status, "detail": detail, "id": str(uuid4())}
    if errors:
        body["errors"] = errors
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status in {429, 503} else None
    return Response(json.dumps(body), status, headers=headers, media_type="application/problem+json")
