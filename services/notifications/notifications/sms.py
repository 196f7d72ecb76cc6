"""Text messages by a provider that takes them over HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlencode

from notifications.answers import answer_of
from notifications.channels import Parcel
from notifications.outside import Outside, Unreachable
from notifications.retries import Answer, Verdict

FIELDS = {"id": "id", "from": "from", "to": "to", "text": "text"}


@dataclass(frozen=True, slots=True)
class Provider:
    """Where text messages go, and what the provider calls the fields."""

    url: str
    token: str = ""  # sent as a bearer token
    form: Literal["json", "form"] = "json"
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)


class Sms:
    """Posts each text to the provider with our delivery id, by which it may drop a repetition and call us back."""

    at_once = 16
    a_domain = 16

    def __init__(self, provider: Provider, outside: Outside) -> None:
        self._provider = provider
        self._outside = outside

    async def send(self, parcel: Parcel) -> Answer:
        """Accepted after a 2xx; refused after 400 or 422; anything else is the provider's trouble and passes."""
        provider = self._provider
        values = {
            "id": str(parcel.delivery_id),
            "from": parcel.sender,
            "to": parcel.recipient,
            "text": parcel.content.decode(),
        }
        named = {provider.fields.get(name, name): value for name, value in values.items()}
        body = json.dumps(named) if provider.form == "json" else urlencode(named)
        kind = "application/json" if provider.form == "json" else "application/x-www-form-urlencoded"
        headers = {"content-type": kind, "idempotency-key": str(parcel.delivery_id)}
        if provider.token:
            headers["authorization"] = f"Bearer {provider.token}"
        try:
            reply = await self._outside.post(provider.url, body.encode(), headers)
        except Unreachable as error:
            return Answer(Verdict.AWAY, f"the provider cannot be reached: {error}")
        if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Answer(Verdict.AWAY, f"the provider does not accept our token: {reply.status}")
        return answer_of(reply, refused=(HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY))

    async def close(self) -> None:
        """Nothing is kept here: the way out is shared."""
